//! Reads the VP8 data of a lossy WebP to the last token, without computing a pixel (RFC 6386).

use super::probabilities::{MODES, TOKEN_UPDATES, TOKENS, Tokens};
use crate::image::verify::reader::{Bytewise, Reader};
use crate::image::webp::vp8::{self, Ended, Frame};
use std::ops::Range;

type BoolDecoder<'a> = vp8::BoolDecoder<Bytewise<'a>>;

/// Where the data end too early: in this line.
pub(super) struct EndedAt(pub(super) u32);

/// Reads a key frame that begins at the reader's position and ends at its end. Returns the ranges that no decision depends
/// on.
pub(super) fn check(mut reader: Reader<'_>, width: u32, height: u32) -> Result<Vec<Range<u64>>, EndedAt> {
    let vp8::Partitions { modes: first, coefficients } = partitions(&mut reader).ok_or(EndedAt(0))?;
    let decoder = |range: &Range<u64>| BoolDecoder::new(Bytewise::new(reader.part(range.clone())));
    let mut modes = decoder(&first);
    let header = Header::read(&mut modes).map_err(|Ended| EndedAt(0))?;
    let mut tokens: Vec<BoolDecoder<'_>> = coefficients.iter().map(decoder).collect();

    let (across, down) = (width.div_ceil(16) as usize, height.div_ceil(16));
    let mut above = vec![Context::default(); across];
    for row in 0..down {
        let tokens = &mut tokens[row as usize % coefficients.len()];
        let mut left = Context::default();
        for above in &mut above {
            let macroblock = header.macroblock(&mut modes, above, &mut left);
            let read = macroblock.and_then(|macroblock| {
                if macroblock.is_skipped {
                    macroblock.skip(above, &mut left);
                    return Ok(());
                }
                macroblock.tokens(&header.tokens, tokens, above, &mut left)
            });
            read.map_err(|Ended| EndedAt(row * 16))?;
        }
    }
    let used = std::iter::once((first, &modes)).chain(coefficients.into_iter().zip(&tokens));
    Ok(used.map(|(range, decoder)| decoder.unread().position()..range.end).collect())
}

fn partitions(reader: &mut Reader<'_>) -> Option<vp8::Partitions> {
    let data = reader.position()..reader.end();
    let start = reader.take(Frame::START.min((data.end - data.start) as usize))?;
    Frame::parse(&start)?.partitions(data, |at| {
        reader.seek(at);
        reader.array()
    })
}

/// The fields of the frame header that determine how the rest is coded (RFC 6386, 9.2 to 9.11).
struct Header {
    /// The probabilities of the tree of segments, if each macroblock names its own.
    segments: Option<[u8; 3]>,
    tokens: Tokens,
    /// The probability that a macroblock has tokens, if it says so itself.
    has_tokens: Option<u8>,
}

impl Header {
    fn read(modes: &mut BoolDecoder<'_>) -> Result<Self, Ended> {
        let vp8::Header { segments, .. } = vp8::Header::read(modes)?;
        // Quantizer indices: one, and five that may differ from it.
        modes.number(7)?;
        (0..5).try_for_each(|_| modes.skip_optional(4 + 1))?;
        // Whether the probabilities are kept for the next frame.
        modes.flag()?;
        let mut tokens = TOKENS;
        let updates = TOKEN_UPDATES.as_flattened().as_flattened().as_flattened();
        for (token, update) in
            tokens.as_flattened_mut().as_flattened_mut().as_flattened_mut().iter_mut().zip(updates)
        {
            if modes.bool(*update)? {
                *token = modes.number(8)? as u8;
            }
        }
        let has_tokens = if modes.flag()? { Some(modes.number(8)? as u8) } else { None };
        Ok(Self { segments, tokens, has_tokens })
    }

    fn macroblock(
        &self,
        modes: &mut BoolDecoder<'_>,
        above: &mut Context,
        left: &mut Context,
    ) -> Result<Macroblock, Ended> {
        if let Some([first, second, third]) = self.segments {
            let next = if modes.bool(first)? { third } else { second };
            modes.bool(next)?;
        }
        let is_skipped = self.has_tokens.map_or(Ok(false), |has_tokens| modes.bool(has_tokens))?;
        let is_whole = modes.bool(145)?;
        if is_whole {
            // DC, vertical, horizontal, and "true motion", as the modes of small blocks have them.
            const TM: usize = 1;
            let mode = match modes.bool(156)? {
                false if modes.bool(163)? => 2,
                false => 0,
                true if modes.bool(128)? => TM,
                true => 3,
            };
            (above.modes, left.modes) = ([mode; 4], [mode; 4]);
        } else {
            for left in &mut left.modes {
                for above in &mut above.modes {
                    let mode = mode(modes, &MODES[*above][*left])?;
                    (*above, *left) = (mode, mode);
                }
            }
        }
        if modes.bool(142)? && modes.bool(114)? {
            modes.bool(183)?;
        }
        Ok(Macroblock { is_whole, is_skipped })
    }
}

/// The mode of a small block (RFC 6386, 11.2).
fn mode(modes: &mut BoolDecoder<'_>, probabilities: &[u8; 9]) -> Result<usize, Ended> {
    /// Two branches for each node: the next node, or the mode as a negative number; 0 is a mode, too.
    const TREE: [i8; 18] = [0, 2, -1, 4, -2, 6, 8, 12, -3, 10, -5, -6, -4, 14, -7, 16, -8, -9];
    let mut node = 0;
    loop {
        let branch = TREE[node + usize::from(modes.bool(probabilities[node / 2])?)];
        match usize::try_from(branch) {
            Ok(next) if next > 0 => node = next,
            _ => return Ok(branch.unsigned_abs().into()),
        }
    }
}

/// What a macroblock leaves for those below it and to its right.
#[derive(Clone, Default)]
struct Context {
    modes: [usize; 4],
    /// Whether the last blocks have tokens: four of Y, two of U, two of V, and the block of DC values.
    has_tokens: [bool; 9],
}

struct Macroblock {
    /// Whether it has one mode for all of its Y blocks, whose DC values then stand in a block of their own.
    is_whole: bool,
    is_skipped: bool,
}

impl Macroblock {
    fn skip(&self, above: &mut Context, left: &mut Context) {
        let blocks = if self.is_whole { 9 } else { 8 };
        above.has_tokens[..blocks].fill(false);
        left.has_tokens[..blocks].fill(false);
    }

    fn tokens(
        &self,
        probabilities: &Tokens,
        tokens: &mut BoolDecoder<'_>,
        above: &mut Context,
        left: &mut Context,
    ) -> Result<(), Ended> {
        let mut square = |kind: usize, first: usize, blocks: Range<usize>| {
            for row in blocks.clone() {
                for column in blocks.clone() {
                    let (above, left) = (&mut above.has_tokens[column], &mut left.has_tokens[row]);
                    let context = usize::from(*above) + usize::from(*left);
                    let has_tokens = block(&probabilities[kind], first, context, tokens)?;
                    (*above, *left) = (has_tokens, has_tokens);
                }
            }
            Ok(())
        };
        if self.is_whole {
            square(1, 0, 8..9)?;
            square(0, 1, 0..4)?;
        } else {
            square(3, 0, 0..4)?;
        }
        square(2, 0, 4..6)?;
        square(2, 0, 6..8)
    }
}

/// Reads the tokens of a block, and returns whether it has any (RFC 6386, 13).
fn block(
    probabilities: &[[[u8; 11]; 3]; 8],
    first: usize,
    context: usize,
    tokens: &mut BoolDecoder<'_>,
) -> Result<bool, Ended> {
    const BANDS: [usize; 16] = [0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7];
    let mut at = first;
    let mut tree = &probabilities[BANDS[at]][context];
    while tokens.bool(tree[0])? {
        while !tokens.bool(tree[1])? {
            at += 1;
            if at == 16 {
                return Ok(true);
            }
            tree = &probabilities[BANDS[at]][0];
        }
        let is_one = !tokens.bool(tree[2])?;
        if !is_one {
            large_value(tree, tokens)?;
        }
        // Its sign.
        tokens.flag()?;
        at += 1;
        if at == 16 {
            return Ok(true);
        }
        tree = &probabilities[BANDS[at]][if is_one { 1 } else { 2 }];
    }
    Ok(at > first)
}

/// Reads what tells a value above 1.
fn large_value(tree: &[u8; 11], tokens: &mut BoolDecoder<'_>) -> Result<(), Ended> {
    const CATEGORIES: [&[u8]; 6] = [
        &[159],
        &[165, 145],
        &[173, 148, 140],
        &[176, 155, 140, 135],
        &[180, 157, 141, 134, 130],
        &[254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129],
    ];
    if !tokens.bool(tree[3])? {
        if tokens.bool(tree[4])? {
            tokens.bool(tree[5])?;
        }
        return Ok(());
    }
    let category = if tokens.bool(tree[6])? {
        let is_high = tokens.bool(tree[8])?;
        2 + 2 * usize::from(is_high) + usize::from(tokens.bool(tree[9 + usize::from(is_high)])?)
    } else {
        usize::from(tokens.bool(tree[7])?)
    };
    CATEGORIES[category].iter().try_for_each(|probability| tokens.bool(*probability).map(drop))
}
