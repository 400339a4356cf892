//! Metadata of WebP files.

use super::*;

/// The fixture in the extended format with nothing around it.
fn extended(bytes: &[u8], flags: u8) -> Vec<webp::Chunk> {
    let (width, height) = (image(bytes).width(), image(bytes).height());
    webp::extended(bytes, flags, width, height)
}

#[test]
fn every_kind_of_metadata_chunk_is_removed_at_every_position() {
    for base in WEBPS {
        let chunks = extended(base.bytes, webp::EXIF | webp::XMP);
        let clean = webp::file(&extended(base.bytes, 0));
        for (name, plant) in webp::metadata() {
            for at in 1..=chunks.len() {
                let mut dirty = chunks.clone();
                dirty.insert(at, plant.clone());
                let dirty = webp::file(&dirty);
                assert!(survivor(&dirty).is_some(), "{name} was not planted");
                assert_eq!(sent(&dirty), clean, "{name} before chunk {at} of {}", base.name);
            }
        }
    }
}

#[test]
fn a_simple_file_keeps_its_image_chunk_only() {
    let base = fixture("lossy.webp");
    for (name, plant) in webp::metadata() {
        let dirty = [webp::chunks(base), vec![plant]].concat();
        assert_eq!(sent(&webp::file(&dirty)), base, "{name}");
    }
}

#[test]
fn a_file_without_metadata_is_sent_unchanged() {
    for name in ["lossy.webp", "lossy-alpha.webp", "lossless-alpha.webp", "narrow-lossy.webp"] {
        assert_eq!(sent(fixture(name)), fixture(name), "{name}");
    }
}

#[test]
fn everything_after_the_container_is_removed() {
    for base in [fixture("lossy.webp"), fixture("lossy-alpha.webp")] {
        for trailer in [&b"<NEEDLE trailer>"[..], base, &[0]] {
            assert_eq!(sent(&[base, trailer].concat()), base);
        }
    }
}

#[test]
fn a_colour_profile_of_odd_length_is_kept() {
    for (name, length) in [("lossy.webp", 500), ("lossless-alpha.webp", 501), ("lossy-alpha.webp", 133)] {
        let profile = colour_profile(length);
        let mut chunks = extended(fixture(name), webp::PROFILE);
        chunks.insert(1, (*b"ICCP", profile.clone()));
        let file = webp::file(&chunks);
        assert_eq!(sent(&file), file, "{name}");
        assert_eq!(decode(&file).colour_profile, Some(profile));
    }
}

#[test]
fn what_follows_a_colour_profile_or_is_none_is_removed() {
    let with = |profile: &[u8]| {
        let mut chunks = extended(fixture("lossy.webp"), webp::PROFILE);
        chunks.insert(1, (*b"ICCP", profile.to_vec()));
        webp::file(&chunks)
    };
    let bare = webp::file(&extended(fixture("lossy.webp"), 0));
    for length in [500, 501] {
        let profile = colour_profile(length);
        for tail in [&b"<NEEDLE tail>"[..], b"<NEEDLE  tail>", b"N"] {
            assert_eq!(sent(&with(&[&profile[..], tail].concat())), with(&profile));
        }
        assert_eq!(sent(&with(&profile[..length - 1])), bare);
    }
    assert_eq!(sent(&with(b"<NEEDLE text>")), bare);
    assert_eq!(sent(&with(&b"<NEEDLE text>".repeat(99))), bare);
}

#[test]
fn what_follows_a_stored_alpha_channel_is_removed() {
    let with = |alpha: &[u8]| {
        let mut chunks = extended(fixture("lossy.webp"), webp::ALPHA);
        chunks.insert(1, (*b"ALPH", alpha.to_vec()));
        webp::file(&chunks)
    };
    let stored = [&[0][..], &[0x80; 40 * 28]].concat();
    assert_eq!(sent(&with(&stored)), with(&stored));
    let dirty = with(&[&stored[..], b"<NEEDLE alpha>"].concat());
    assert_eq!(sent(&dirty), with(&stored));
    assert!(decode(&dirty) == decode(&with(&stored)));
}

#[test]
fn profile_and_exif_that_the_header_does_not_announce_are_ignored() {
    let mut chunks = extended(fixture("lossy.webp"), 0);
    let bare = webp::file(&chunks);
    chunks.insert(1, (*b"ICCP", colour_profile(128)));
    chunks.push((*b"EXIF", b"MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec()));
    assert_eq!(sent(&webp::file(&chunks)), bare);
    assert_eq!(image(&webp::file(&chunks)).orientation(), 1);
}

#[test]
fn reserved_bits_and_padding_are_set_to_zero() {
    let mut chunks = extended(fixture("lossy-alpha.webp"), 0);
    let clean = webp::file(&chunks);
    chunks[0].1[0] |= 0xC1;
    chunks[0].1[1..4].fill(0x77);
    assert_eq!(sent(&webp::file(&chunks)), clean);

    chunks = extended(fixture("lossy.webp"), webp::PROFILE);
    chunks.insert(1, (*b"ICCP", colour_profile(129)));
    let clean = webp::file(&chunks);
    let mut padded = clean.clone();
    padded[12 + 18 + 8 + 129] = 0x77;
    assert_eq!(sent(&padded), clean);
}

#[test]
fn missing_padding_is_added() {
    let mut rng = Rng::new(4);
    let odd = |file: &Vec<u8>| webp::chunks(file)[0].1.len() % 2 == 1;
    let padded = std::iter::repeat_with(|| random_webp(&mut rng, 20)).find(odd).expect("comes soon");
    let mut bare = padded[..padded.len() - 1].to_vec();
    let size = u32::try_from(bare.len() - 8).expect("small");
    bare[4..8].copy_from_slice(&size.to_le_bytes());
    assert_eq!(sent(&bare), padded);
}

#[test]
fn an_alpha_chunk_of_a_lossless_image_is_removed() {
    let mut chunks = extended(fixture("lossless-alpha.webp"), webp::ALPHA);
    let clean = webp::file(&chunks);
    chunks.insert(1, (*b"ALPH", b"<NEEDLE alpha>".to_vec()));
    assert_eq!(sent(&webp::file(&chunks)), clean);
}

#[test]
fn a_file_with_all_kinds_of_chunks_keeps_the_image() {
    let file = fixture("lossy-alpha-metadata.webp");
    assert!(file.windows(6).any(|window| window == b"NEEDLE"));
    let cleaned = sent(file);
    assert!(!cleaned.windows(6).any(|window| window == b"NEEDLE"));
    assert_eq!(webp::names(&cleaned), ["VP8X", "ICCP", "ALPH", "VP8 ", "EXIF"]);
    assert_eq!(image(file).orientation(), 6);
    assert!(decode(&cleaned) == decode(file));
}
