//! Structural mutants of whole files, for `cargo xtask campaign images`, which shows them to other decoders.

use crate::build::Rng;
use crate::formats::{jpeg, png, webp};
use crate::images::{Fixture, JPEGS, PNGS, WEBPS, random_jpeg, random_png, random_webp};
use legit_health::Image;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

const PLANTED: &[u8] = b"Jane Doe, 1 April 1970";

/// Writes each mutant, what is sent of it, and a line for it in `outcomes.tsv`: number, format, mutation, the refusals
/// without and with the full check, and where planted text is sent.
#[test]
#[ignore = "run by `cargo xtask campaign images`"]
fn write_mutants() {
    let folder = PathBuf::from(env::var_os("LEGIT_HEALTH_MUTANTS").expect("the folder to write to"));
    let mut outcomes = String::new();
    for number in 0..1_000 {
        let rng = &mut Rng::new(0xCA_0000 + number);
        let (format, (mutation, mutant)) = match number % 3 {
            0 => ("jpg", mutated_jpeg(rng)),
            1 => ("png", mutated_png(rng)),
            _ => ("webp", mutated_webp(rng)),
        };
        let path = |kind: &str| folder.join(format!("{number}-{kind}.{format}"));
        fs::write(path("mutant"), &mutant).unwrap();
        let opened = Image::from_bytes(mutant);
        let by_default = opened.as_ref().map(|image| image.read().unwrap()).map_err(ToString::to_string);
        let checked = opened
            .and_then(Image::verify)
            .map(|image| image.read().unwrap())
            .map_err(|error| error.to_string());
        write!(outcomes, "{number}\t{format}\t{mutation}").unwrap();
        for (kind, outcome) in [("default", by_default), ("verified", checked)] {
            let (refusal, is_planted) = match &outcome {
                Ok(sent) => {
                    fs::write(path(kind), sent).unwrap();
                    (String::new(), sent.windows(PLANTED.len()).any(|window| window == PLANTED))
                }
                Err(refusal) => (refusal.clone(), false),
            };
            write!(outcomes, "\t{refusal}\t{is_planted}").unwrap();
        }
        outcomes.push('\n');
    }
    fs::write(folder.join("outcomes.tsv"), outcomes).unwrap();
}

type Mutant = (&'static str, Vec<u8>);

fn base(rng: &mut Rng, fixtures: &'static [Fixture], random: fn(&mut Rng, usize) -> Vec<u8>) -> Vec<u8> {
    let bytes = if rng.one_in(2) { random(rng, 48) } else { rng.pick(fixtures).bytes.to_vec() };
    Image::from_bytes(bytes).and_then(|image| image.read()).expect("a whole image")
}

fn somewhere(rng: &mut Rng, bytes: &[u8]) -> usize {
    1 + rng.below(bytes.len() - 1)
}

fn flip(rng: &mut Rng, bytes: &mut [u8]) {
    for _ in 0..=rng.below(3) {
        let at = rng.below(bytes.len());
        bytes[at] ^= 1 << rng.below(8);
    }
}

/// Removes a part, repeats it, moves it, or cuts it.
fn rearrange(rng: &mut Rng, parts: &mut Vec<Vec<u8>>) -> &'static str {
    let (from, to) = (rng.below(parts.len()), rng.below(parts.len()));
    match rng.below(4) {
        0 => {
            parts.remove(from);
            "part removed"
        }
        1 => {
            parts.insert(to, parts[from].clone());
            "part repeated"
        }
        2 => {
            let part = parts.remove(from);
            parts.insert(to, part);
            "part moved"
        }
        _ => {
            let length = somewhere(rng, &parts[from]);
            parts[from].truncate(length);
            "part cut"
        }
    }
}

fn mutated_jpeg(rng: &mut Rng) -> Mutant {
    let bytes = base(rng, JPEGS, random_jpeg);
    let mut bounds = jpeg::gaps(&bytes);
    bounds.push(bytes.len());
    let mut parts: Vec<Vec<u8>> = bounds.windows(2).map(|pair| bytes[pair[0]..pair[1]].to_vec()).collect();
    let whole = |parts: Vec<Vec<u8>>| [vec![0xFF, 0xD8], parts.concat()].concat();
    let kind = |part: &[u8]| part[1];
    let scan = parts.iter().position(|part| kind(part) == 0xDA).expect("a scan");
    let frame =
        parts.iter().position(|part| matches!(kind(part), 0xC0..=0xC2 | 0xC9..=0xCA)).expect("a frame");
    let header = 2 + usize::from(u16::from_be_bytes([parts[scan][2], parts[scan][3]]));
    let mutation = match rng.below(12) {
        0 => {
            let mut cut = whole(parts);
            cut.truncate(somewhere(rng, &bytes));
            if rng.one_in(2) {
                cut.extend([0xFF, 0xD9]);
            }
            return ("file cut", cut);
        }
        1 | 2 => rearrange(rng, &mut parts),
        3 => {
            let part = rng.below(parts.len() - 1);
            let length = &mut parts[part][2..4];
            let value =
                u16::from_be_bytes([length[0], length[1]]).wrapping_add_signed(*rng.pick(&[-2, -1, 1, 2, 9]));
            length.copy_from_slice(&value.to_be_bytes());
            "length changed"
        }
        4 => {
            let data = &mut parts[scan];
            let restarts: Vec<usize> = (header..data.len() - 1)
                .filter(|at| data[*at] == 0xFF && matches!(data[at + 1], 0xD0..=0xD7))
                .collect();
            match restarts[..] {
                [] => data.extend([0xFF, 0xD0 + rng.below(8) as u8]),
                _ if rng.one_in(2) => data[rng.pick(&restarts) + 1] = 0xD0 + rng.below(8) as u8,
                _ => {
                    let at = *rng.pick(&restarts);
                    data.drain(at..at + 2);
                }
            }
            "restart marker changed"
        }
        5 => {
            let part = rng.below(parts.len() - 1);
            if matches!(kind(&parts[part]), 0xC4 | 0xDB) {
                parts[part][4] ^= 1 << rng.below(5);
            } else {
                let at = 5 + rng.below(header - 5);
                parts[scan][at] ^= 1 << rng.below(5);
            }
            "table or component number changed"
        }
        6 => {
            let at = 6 + 2 * rng.below(2);
            parts[frame][at] = parts[frame][at].wrapping_add(*rng.pick(&[1, 7, 16, 200]));
            "dimensions changed"
        }
        7 => {
            let at = 11 + 3 * rng.below(1 + usize::from(parts[frame].len() > 14));
            parts[frame][at] = *rng.pick(&[0x11, 0x12, 0x21, 0x22, 0x41, 0x33]);
            "sampling changed"
        }
        8 => {
            let at = rng.below(parts.len());
            let stray = if rng.one_in(2) { PLANTED.to_vec() } else { rng.bytes(3) };
            parts.insert(at, stray);
            "stray bytes between segments"
        }
        9 => {
            parts[scan].extend(PLANTED);
            "text behind a scan"
        }
        10 => {
            let at = header + rng.below(parts[scan].len() - header);
            parts[scan].splice(at..at, PLANTED.iter().copied());
            "text inside a scan"
        }
        _ => {
            flip(rng, &mut parts[scan][header..]);
            "bits of a scan flipped"
        }
    };
    (mutation, whole(parts))
}

fn mutated_png(rng: &mut Rng) -> Mutant {
    let bytes = base(rng, PNGS, random_png);
    let mut parts: Vec<Vec<u8>> = png::chunks(&bytes).into_iter().map(|(_, chunk)| chunk.to_vec()).collect();
    let whole = |parts: Vec<Vec<u8>>| [png::SIGNATURE.to_vec(), parts.concat()].concat();
    let data = parts.iter().position(|part| &part[4..8] == b"IDAT").expect("image data");
    let stream = |parts: &[Vec<u8>]| parts[data][8..parts[data].len() - 4].to_vec();
    let part = rng.below(parts.len());
    let mutation = match rng.below(11) {
        0 => {
            let mut cut = whole(parts);
            cut.truncate(somewhere(rng, &bytes));
            return ("file cut", cut);
        }
        1 | 2 => rearrange(rng, &mut parts),
        3 => {
            parts[part][3] = parts[part][3].wrapping_add(*rng.pick(&[1, 4, 255]));
            "length changed"
        }
        4 => {
            let last = parts[part].len() - 1;
            parts[part][last] ^= 1;
            "checksum wrong"
        }
        5 => {
            parts[part][4 + rng.below(4)] ^= *rng.pick(&[0x20, 1, 0x80]);
            "type changed"
        }
        6 => {
            let mut header = parts[0][8..21].to_vec();
            let at = *rng.pick(&[3, 7, 8, 9, 12]);
            header[at] = header[at].wrapping_add(*rng.pick(&[1, 255, 8]));
            parts[0] = png::chunk(b"IHDR", &header);
            "header changed"
        }
        7 => {
            let at = 1 + rng.below(parts.len());
            parts.insert(
                at,
                if rng.one_in(2) {
                    PLANTED.to_vec()
                } else {
                    png::chunk(b"tEXt", &[b"a\0", PLANTED].concat())
                },
            );
            "text between or in chunks"
        }
        8 => {
            parts[data] = png::chunk(b"IDAT", &[&stream(&parts), PLANTED].concat());
            "text behind the stream"
        }
        9 => {
            let mut stream = stream(&parts);
            let length = somewhere(rng, &stream);
            stream.truncate(length);
            parts[data] = png::chunk(b"IDAT", &stream);
            "stream cut"
        }
        _ => {
            let mut stream = stream(&parts);
            flip(rng, &mut stream);
            parts[data] = png::chunk(b"IDAT", &stream);
            "bits of the stream flipped"
        }
    };
    (mutation, whole(parts))
}

fn mutated_webp(rng: &mut Rng) -> Mutant {
    let bytes = base(rng, WEBPS, random_webp);
    let mut chunks = webp::chunks(&bytes);
    let image =
        chunks.iter().position(|(kind, _)| matches!(kind, b"VP8 " | b"VP8L" | b"ALPH")).expect("an image");
    let of = |(kind, data): &webp::Chunk| webp::file(&[(*kind, data.clone())])[12..].to_vec();
    let mutation = match rng.below(9) {
        0 => {
            let mut cut = bytes.clone();
            cut.truncate(somewhere(rng, &bytes));
            return ("file cut", cut);
        }
        1 | 2 => {
            let mut parts: Vec<Vec<u8>> = chunks.iter().map(of).collect();
            let mutation = rearrange(rng, &mut parts);
            let body = parts.concat();
            let size = (4 + body.len() as u32).to_le_bytes();
            return (mutation, [b"RIFF", &size[..], b"WEBP", &body].concat());
        }
        3 => {
            let mut bytes = bytes;
            let at = *rng.pick(&[4, 16]);
            bytes[at] = bytes[at].wrapping_add(*rng.pick(&[2, 1, 255, 254]));
            return ("length changed", bytes);
        }
        4 => {
            let header = if chunks[image].0 == *b"VP8L" { 1..5 } else { 3..10 };
            let data = &mut chunks[image].1;
            let at = (header.start + rng.below(header.len())).min(data.len() - 1);
            data[at] ^= 1 << rng.below(8);
            "header changed"
        }
        5 => {
            let mut parts: Vec<Vec<u8>> = chunks.iter().map(of).collect();
            parts.insert(rng.below(parts.len() + 1), PLANTED.to_vec());
            let body = parts.concat();
            let size = (4 + body.len() as u32).to_le_bytes();
            return ("text between chunks", [b"RIFF", &size[..], b"WEBP", &body].concat());
        }
        6 => {
            chunks[image].1.extend(PLANTED);
            "text behind the data"
        }
        7 => {
            let length = somewhere(rng, &chunks[image].1);
            chunks[image].1.truncate(length);
            "data cut"
        }
        _ => {
            flip(rng, &mut chunks[image].1);
            "bits of the data flipped"
        }
    };
    (mutation, webp::file(&chunks))
}
