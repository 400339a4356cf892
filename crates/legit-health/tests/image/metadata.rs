//! Metadata: what is removed wherever it is, and what is kept.

use crate::build::{ByteOrder, Rng, colour_profile, exif, survivor};
use crate::formats::{jpeg, png, webp};
use crate::images::{JPEGS, PNGS, WEBPS, decode, fixture, random_jpeg, random_png, random_webp};
use legit_health::Image;

mod webp_files;

fn image(bytes: &[u8]) -> Image {
    Image::from_bytes(bytes).expect("a whole image")
}

fn sent(bytes: &[u8]) -> Vec<u8> {
    image(bytes).read().expect("in memory")
}

mod jpeg_files {
    use super::*;

    fn plain() -> Vec<u8> {
        random_jpeg(&mut Rng::new(1), 40)
    }

    #[test]
    fn every_kind_of_metadata_segment_is_removed_at_every_position() {
        for base in [plain(), JPEGS[1].bytes.to_vec()] {
            let clean = sent(&base);
            for (name, plant) in jpeg::metadata() {
                for at in jpeg::gaps(&base) {
                    let dirty = jpeg::insert(&base, at, &plant);
                    assert!(survivor(&dirty).is_some(), "{name} was not planted");
                    let cleaned = sent(&dirty);
                    assert_eq!(survivor(&cleaned), None, "{name} at byte {at}");
                    assert!(decode(&cleaned) == decode(&clean), "{name} at byte {at} changed the pixels");
                }
            }
        }
    }

    #[test]
    fn a_file_without_metadata_is_sent_unchanged() {
        for base in [plain(), sent(JPEGS[0].bytes), sent(JPEGS[5].bytes)] {
            assert_eq!(sent(&base), base);
        }
    }

    #[test]
    fn everything_after_the_end_marker_is_removed() {
        let base = plain();
        for trailer in [&b"<NEEDLE trailer>"[..], &base, &[0], b"\xFF\xD9"] {
            assert_eq!(sent(&[&base, trailer].concat()), base);
        }
        let two_images = fixture("two-images.jpg");
        assert_eq!(sent(two_images).windows(3).filter(|window| window == b"\xFF\xD8\xFF").count(), 1);
    }

    #[test]
    fn fill_bytes_and_stray_markers_are_removed() {
        let base = plain();
        for at in jpeg::gaps(&base) {
            for stray in [&b"\xFF"[..], b"\xFF\xFF\xFF", b"\xFF\x01"] {
                assert_eq!(sent(&jpeg::insert(&base, at, stray)), base, "{stray:?} at byte {at}");
            }
        }
    }

    #[test]
    fn jfif_keeps_its_density_and_loses_its_thumbnail() {
        let base = plain();
        let jfif = jpeg::find(&base, 0xE0);
        let without = [&base[..jfif], &base[jfif + 18..]].concat();
        let thumbnail = [&b"JFIF\0\x01\x02\x01\x01\x2C\0\x96\x02\x01"[..], b"NEEDLE"].concat();
        let dirty = jpeg::insert(&without, 2, &jpeg::segment(0xE0, &thumbnail));
        let expected = jpeg::segment(0xE0, b"JFIF\0\x01\x02\x01\x01\x2C\0\x96\0\0");
        assert_eq!(sent(&dirty), jpeg::insert(&without, 2, &expected));
    }

    #[test]
    fn a_jfif_or_adobe_segment_that_is_too_short_is_removed() {
        let base = plain();
        let jfif = jpeg::find(&base, 0xE0);
        let without = [&base[..jfif], &base[jfif + 18..]].concat();
        for (marker, payload) in
            [(0xE0, &b"JFIF\0\x01\x02\x01\0\x48\0\x48\0"[..]), (0xEE, b"Adobe\0\x64\0\0\0\0")]
        {
            assert_eq!(sent(&jpeg::insert(&without, 2, &jpeg::segment(marker, payload))), without);
        }
    }

    #[test]
    fn an_adobe_segment_keeps_its_twelve_bytes_and_loses_the_rest() {
        let base = plain();
        let adobe = jpeg::segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01");
        let early = *jpeg::early_gaps(&base).last().expect("a scan");
        let expected = jpeg::insert(&base, jpeg::gaps(&base)[1], &adobe);
        let dirty = jpeg::insert(&base, early, &jpeg::segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01<NEEDLE tail>"));
        assert_eq!(sent(&dirty), expected);
    }

    #[test]
    fn metadata_after_the_first_scan_is_ignored() {
        let base = JPEGS[0].bytes;
        let late = *jpeg::gaps(base).last().expect("an end marker");
        for segment in [
            jpeg::segment(0xEE, b"Adobe\0\x64\0\0\0\0\0"),
            jpeg::colour_profile(&colour_profile(128), 1),
            jpeg::exif(&exif(ByteOrder::Little, Some(6))),
            jpeg::segment(0xE0, b"JFIF\0\x01\x02\x01\0\x01\0\x01\0\0"),
        ] {
            assert_eq!(sent(&jpeg::insert(base, late, &segment)), sent(base));
        }
    }

    #[test]
    fn a_line_count_is_removed() {
        let base = plain();
        let end = *jpeg::gaps(&base).last().expect("an end marker");
        for count in [&[0, 9][..], &[0x7F, 0xFF], b"<NEEDLE line count>"] {
            assert_eq!(sent(&jpeg::insert(&base, end, &jpeg::segment(0xDC, count))), base);
        }
    }

    #[test]
    fn sequential_frames_in_all_codings_are_accepted() {
        let base = plain();
        let frame = jpeg::find(&base, 0xC0);
        for kind in [0xC0, 0xC1] {
            let mut variant = base.clone();
            variant[frame + 1] = kind;
            assert_eq!(sent(&variant), variant);
        }
        // An arithmetic-coded frame uses no Huffman tables.
        let mut arithmetic = base.clone();
        arithmetic[frame + 1] = 0xC9;
        let kept = sent(&arithmetic);
        assert!(!jpeg::gaps(&kept).iter().any(|at| kept[at + 1] == 0xC4));
        assert_eq!(sent(fixture("arithmetic.jpg")), sent(&sent(fixture("arithmetic.jpg"))));
    }

    #[test]
    fn a_lossless_image_is_accepted() {
        // 4 × 1 samples without differences: the code 0 in each, and padding.
        let table = jpeg::segment(0xC4, &[&[0x00, 1][..], &[0; 15], &[0]].concat());
        let frame = jpeg::segment(0xC3, &[8, 0, 1, 0, 4, 1, 1, 0x11, 0]);
        let scan = jpeg::segment(0xDA, &[1, 1, 0, 1, 0, 0]);
        let file = [b"\xFF\xD8", &table[..], &frame, &scan, b"\x0F\xFF\xD9"].concat();
        assert_eq!(sent(&file), file);
    }

    /// Decoders skip what a segment with a wrong length or marker leaves over.
    #[test]
    fn bytes_between_segments_are_removed_before_the_first_scan() {
        for base in [plain(), sent(JPEGS[0].bytes), sent(JPEGS[2].bytes)] {
            for at in jpeg::early_gaps(&base) {
                for stray in jpeg::strays() {
                    let dirty = jpeg::insert(&base, at, &stray);
                    assert_eq!(sent(&dirty), base, "{} at byte {at}", stray.escape_ascii());
                }
            }
        }
    }

    #[test]
    fn a_restart_marker_after_the_last_interval_is_removed() {
        for base in [plain(), sent(JPEGS[1].bytes), sent(JPEGS[2].bytes)] {
            let end = base.len() - 2;
            for stray in [&b"\xFF\xD0"[..], b"\xFF\xD3\xFF\xFF\xD7"] {
                assert_eq!(sent(&jpeg::insert(&base, end, stray)), base);
            }
        }
    }

    /// Any text could stand in them.
    #[test]
    fn tables_that_no_scan_uses_are_removed() {
        let base = plain();
        let needle = b"<NEEDLE table> ".repeat(9);
        let quantization = [&[0x03][..], &needle[..64]].concat();
        let huffman = [&[0x13][..], &[0; 15], &[100], &needle[..100]].concat();
        let conditioning = [0x00, b'<', 0x11, b'N'];
        for (marker, payload) in
            [(0xDB, &quantization[..]), (0xC4, &huffman), (0xCC, &conditioning), (0xC4, b""), (0xDB, b"")]
        {
            for at in jpeg::gaps(&base) {
                let dirty = jpeg::insert(&base, at, &jpeg::segment(marker, payload));
                assert_eq!(sent(&dirty), base, "{marker:X} at byte {at}");
            }
        }
        // Defined again before any scan, and in a segment with others.
        let table = jpeg::find(&base, 0xDB);
        for at in jpeg::early_gaps(&base).into_iter().filter(|at| *at <= table) {
            let first = [&[0x00][..], &needle[..64]].concat();
            assert_eq!(sent(&jpeg::insert(&base, at, &jpeg::segment(0xDB, &first))), base);
        }
        let (used, after) = base[table + 4..].split_at(65);
        assert_eq!(base[table + 2..table + 4], [0, 67], "a segment of one table");
        let together = jpeg::segment(0xDB, &[used, &quantization].concat());
        assert_eq!(sent(&[&base[..table], &together, after].concat()), base);
    }
}

mod png_files {
    use super::*;

    fn plain() -> Vec<u8> {
        random_png(&mut Rng::new(2), 40)
    }

    #[test]
    fn every_kind_of_metadata_chunk_is_removed_at_every_position() {
        for base in [plain(), PNGS[1].bytes.to_vec()] {
            let clean = sent(&base);
            for (name, plant) in png::metadata() {
                for at in png::gaps(&base) {
                    let dirty = png::insert(&base, at, &plant);
                    assert!(survivor(&dirty).is_some(), "{name} was not planted");
                    assert_eq!(sent(&dirty), clean, "{name} at byte {at}");
                }
            }
        }
    }

    #[test]
    fn a_file_without_metadata_is_sent_unchanged() {
        let base = plain();
        assert_eq!(sent(&base), base);
    }

    #[test]
    fn image_data_in_many_chunks_are_kept() {
        let base = plain();
        for length in [1, 7, 100] {
            let split = png::split(&base, length);
            assert_eq!(sent(&split), split);
            assert!(decode(&split) == decode(&base));
        }
    }

    #[test]
    fn everything_after_the_end_chunk_is_removed() {
        let base = plain();
        for trailer in [&b"<NEEDLE trailer>"[..], &base, &[0], &png::chunk(b"tEXt", b"Comment\0<NEEDLE>")] {
            assert_eq!(sent(&[&base, trailer].concat()), base);
        }
    }

    #[test]
    fn colour_and_density_chunks_are_kept_once_and_only_with_their_exact_length() {
        let base = plain();
        let bits = match base[25] {
            0 => 1,
            2 => 3,
            4 => 2,
            _ => 4,
        };
        for (kind, length) in [
            (b"gAMA", 4),
            (b"cHRM", 32),
            (b"sRGB", 1),
            (b"cICP", 4),
            (b"mDCV", 24),
            (b"mDCv", 24),
            (b"cLLI", 8),
            (b"cLLi", 8),
            (b"sBIT", bits),
            (b"pHYs", 9),
        ] {
            let kept = png::after_header(&base, &png::chunk(kind, &vec![1; length]));
            assert_eq!(sent(&kept), kept);
            assert_eq!(sent(&png::after_header(&kept, &png::chunk(kind, &vec![1; length]))), kept, "twice");
            for wrong in [length - 1, length + 1] {
                assert_eq!(
                    sent(&png::after_header(&base, &png::chunk(kind, &vec![1; wrong]))),
                    base,
                    "{wrong}"
                );
            }
            let late = base.len() - 12;
            assert_eq!(sent(&png::insert(&base, late, &png::chunk(kind, &vec![1; length]))), base, "late");
            let damaged = png::with_wrong_checksum(png::chunk(kind, &vec![2; length]));
            assert_eq!(sent(&png::after_header(&kept, &damaged)), kept, "damaged");
        }
    }

    #[test]
    fn the_colour_profile_is_kept_and_its_name_is_not() {
        let base = plain();
        let profile = colour_profile(70_000);
        let cleaned =
            sent(&png::after_header(&base, &png::colour_profile(b"<NEEDLE Jane's screen>", &profile)));
        assert_eq!(survivor(&cleaned), None);
        assert_eq!(cleaned, png::after_header(&base, &png::colour_profile(b"ICC profile", &profile)));
        assert_eq!(decode(&cleaned).colour_profile, Some(profile));
    }

    #[test]
    fn what_follows_a_colour_profile_is_removed() {
        let base = plain();
        let profile = colour_profile(5000);
        let chunk = |stream: &[u8]| {
            png::after_header(&base, &png::chunk(b"iCCP", &[b"ICC profile\0\0", stream].concat()))
        };
        let clean = chunk(&png::zlib(&profile));
        assert_eq!(sent(&clean), clean);
        assert_eq!(sent(&chunk(&[&png::zlib(&profile)[..], b"<NEEDLE behind the stream>"].concat())), clean);
        let padded = chunk(&png::zlib(&[&profile[..], b"<NEEDLE behind the profile>"].concat()));
        let cleaned = sent(&padded);
        assert_eq!(survivor(&cleaned), None);
        assert_eq!(decode(&cleaned).colour_profile, Some(profile.clone()));
        assert_eq!(sent(&cleaned), cleaned);
    }

    #[test]
    fn what_is_no_colour_profile_is_removed() {
        let base = plain();
        let mut longer_than_it_is = colour_profile(500);
        longer_than_it_is[2] += 1;
        let whole = png::zlib(&colour_profile(500));
        for stream in [
            png::zlib(b"<NEEDLE text>"),
            png::zlib(&[&b"<NEEDLE text>"[..], &[0; 500]].concat()),
            png::zlib(&longer_than_it_is),
            whole[..whole.len() - 1].to_vec(),
            b"<NEEDLE no stream>".to_vec(),
        ] {
            let file = png::after_header(&base, &png::chunk(b"iCCP", &[b"name\0\0", &stream[..]].concat()));
            assert_eq!(sent(&file), base);
            // A second one is ignored, as in decoders, so that many cost no more than one.
            let profile = png::colour_profile(b"name", &colour_profile(200));
            assert_eq!(sent(&png::insert(&file, file.len() - base.len() + 33, &profile)), base);
        }
    }

    #[test]
    fn colours_that_no_pixel_can_choose_are_removed() {
        let file = fixture("palette-transparent.png");
        let chunks = png::chunks(file);
        assert_eq!(png::names(file), ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
        let depth = file[24];
        assert!(depth < 8);
        let mut colours = chunks[1].1[8..chunks[1].1.len() - 4].to_vec();
        colours.resize(3 << depth, 0);
        let with = |colours: &[u8]| {
            [&file[..33], &png::chunk(b"PLTE", colours), &file[33 + chunks[1].1.len()..]].concat()
        };
        let clean = with(&colours);
        assert_eq!(sent(&clean), clean);
        assert_eq!(sent(&with(&[&colours[..], b"<NEEDLE colours>  "].concat())), clean);
    }

    #[test]
    fn palette_and_transparency_are_kept() {
        for (name, kept) in [
            ("palette-transparent.png", &["IHDR", "PLTE", "tRNS", "IDAT", "IEND"][..]),
            ("grey-transparent.png", &["IHDR", "tRNS", "IDAT", "IEND"]),
            ("rgb-transparent.png", &["IHDR", "tRNS", "IDAT", "IEND"]),
        ] {
            assert_eq!(png::names(&sent(fixture(name))), kept, "{name}");
        }
    }

    #[test]
    fn a_palette_or_transparency_that_decoders_ignore_is_removed() {
        let mut rng = Rng::new(3);
        let (mut grey, mut with_alpha) = (plain(), plain());
        while grey[25] != 0 {
            grey = random_png(&mut rng, 8);
        }
        while with_alpha[25] != 6 {
            with_alpha = random_png(&mut rng, 8);
        }
        assert_eq!(sent(&png::after_header(&grey, &png::chunk(b"PLTE", b"<NEEDLE PLTE>  "))), grey);
        assert_eq!(sent(&png::after_header(&with_alpha, &png::chunk(b"tRNS", b"<NEEDLE tRNS>"))), with_alpha);
        assert_eq!(
            sent(&png::after_header(&with_alpha, &png::chunk(b"PLTE", b"<NEEDLE PLTE>  "))),
            with_alpha
        );
    }
}
