//! The tables of a JPEG: found in their segments, named by scans, and kept if a scan has used them.

use super::syntax::{Marker, WRONG_LENGTH};
use crate::image::removed::{Removals, RemovedKind};
use crate::image::segments::SegmentsBuilder;
use crate::image::source::SourceReader;
use bytes::Bytes;
use std::ops::Range;

/// What is kept between the metadata and the end marker, in order, and the tables that are in force.
#[derive(Default)]
pub(super) struct Body {
    parts: Vec<Part>,
    /// Number of tables in all parts.
    tables: usize,
    defines_huffman: bool,
    current: [Option<Definition>; TABLE_NAMES],
}

enum Part {
    /// A frame, a scan with its data, or the end.
    Kept(Range<u64>),
    Tables {
        marker: Marker,
        segment: Range<u64>,
        tables: Vec<Table>,
    },
}

struct Table {
    place: Range<u64>,
    is_used: bool,
}

#[derive(Clone, Copy)]
struct Definition {
    part: usize,
    table: usize,
    content: Content,
}

/// What is read of a table.
#[derive(Clone, Copy)]
enum Content {
    /// Only that it is there.
    Opaque,
    Huffman(Huffman),
    /// Number of MCUs between two restart markers; 0 for none.
    RestartInterval(u16),
}

/// What is read of a Huffman table.
#[derive(Clone, Copy)]
struct Huffman {
    /// Length in bits of its shortest code; 0 for a table without codes.
    shortest: u8,
    is_valid: bool,
}

/// The shortest codes of the tables in annex K of the standard have two bits.
const SHORTEST_STANDARD_CODE: u8 = 2;

/// A table that a scan uses. Four of each kind can be in force at once; the numbers are those of the file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name {
    Quantization(u8),
    DcHuffman(u8),
    AcHuffman(u8),
    DcConditioning(u8),
    AcConditioning(u8),
    RestartInterval,
}

const TABLE_NAMES: usize = 5 * 4 + 1;

impl Name {
    /// `None` for a number that no table can have.
    fn index(self) -> Option<usize> {
        let (kind, number) = match self {
            Self::Quantization(number) => (0, number),
            Self::DcHuffman(number) => (1, number),
            Self::AcHuffman(number) => (2, number),
            Self::DcConditioning(number) => (3, number),
            Self::AcConditioning(number) => (4, number),
            Self::RestartInterval => (5, 0),
        };
        (number < 4).then(|| kind * 4 + usize::from(number))
    }
}

impl Body {
    /// Number of ranges that are kept or may be.
    pub(super) fn count(&self) -> usize {
        self.parts.len() + self.tables
    }

    pub(super) fn keep(&mut self, range: Range<u64>) {
        self.parts.push(Part::Kept(range));
    }

    /// Takes a table segment, which must be exactly as long as its tables, as decoders demand.
    pub(super) fn define(
        &mut self,
        marker: Marker,
        segment: Range<u64>,
        payload: Bytes,
    ) -> Result<(), &'static str> {
        const HEADER: u64 = 4;
        let read = match marker {
            Marker::DQT => quantization_table,
            Marker::DHT => huffman_table,
            Marker::DAC => arithmetic_conditioning,
            _ => restart_interval,
        };
        if marker == Marker::DRI && payload.len() != 2 {
            return Err(WRONG_LENGTH);
        }
        let mut source = SourceReader::in_memory(payload);
        let mut tables = Vec::new();
        while !source.is_at_end() {
            let start = source.position();
            let (name, content) = read(&mut source).ok_or(WRONG_LENGTH)?;
            let first = segment.start + HEADER;
            let definition = Definition { part: self.parts.len(), table: tables.len(), content };
            self.current[name.index().ok_or(WRONG_LENGTH)?] = Some(definition);
            tables.push(Table { place: first + start..first + source.position(), is_used: false });
        }
        self.tables += tables.len();
        self.defines_huffman |= marker == Marker::DHT && !tables.is_empty();
        self.parts.push(Part::Tables { marker, segment, tables });
        Ok(())
    }

    /// Marks a table as used. `None` if nobody has defined it.
    fn mark(&mut self, name: Name) -> Option<Content> {
        let definition = self.current[name.index()?]?;
        if let Some(Part::Tables { tables, .. }) = self.parts.get_mut(definition.part) {
            tables[definition.table].is_used = true;
        }
        Some(definition.content)
    }

    /// Uses a table that has to be there.
    pub(super) fn require(&mut self, name: Name) -> Result<(), &'static str> {
        self.mark(name).map(drop).ok_or("scan uses a table that is not defined")
    }

    /// Uses a table that may be there.
    pub(super) fn request(&mut self, name: Name) {
        self.mark(name);
    }

    /// Uses a Huffman table, and returns the length of its shortest code in bits.
    ///
    /// As in decoders, the first two of each class are those of the standard if the file has no Huffman tables at all and
    /// `has_standard` is true: frames of Motion JPEG leave them out.
    pub(super) fn huffman(&mut self, name: Name, has_standard: bool) -> Result<u8, &'static str> {
        let has_standard = has_standard && !self.defines_huffman;
        match (self.mark(name), name) {
            (Some(Content::Huffman(table)), _) if table.is_valid => Ok(table.shortest),
            (Some(_), _) => Err("scan uses an invalid Huffman table"),
            (None, Name::DcHuffman(0..=1) | Name::AcHuffman(0..=1)) if has_standard => {
                Ok(SHORTEST_STANDARD_CODE)
            }
            (None, _) => Err("scan uses a Huffman table that is not defined"),
        }
    }

    pub(super) fn restart_interval(&mut self) -> u16 {
        match self.mark(Name::RestartInterval) {
            Some(Content::RestartInterval(interval)) => interval,
            _ => 0,
        }
    }

    /// Writes all of it, but no table that no scan has used: any text could stand in it.
    pub(super) fn write(self, output: &mut SegmentsBuilder, removed: &mut Removals) {
        for part in self.parts {
            match part {
                Part::Kept(range) => output.keep(range),
                Part::Tables { segment, tables, .. }
                    if !tables.is_empty() && tables.iter().all(|table| table.is_used) =>
                {
                    output.keep(segment);
                }
                Part::Tables { marker, segment, tables } => {
                    let retained = output.retained();
                    write_used(marker, tables, output);
                    let retained = output.retained() - retained;
                    removed.add(RemovedKind::Unused, segment.end - segment.start - retained);
                }
            }
        }
    }
}

fn write_used(marker: Marker, tables: Vec<Table>, output: &mut SegmentsBuilder) {
    let used: Vec<Range<u64>> =
        tables.into_iter().filter(|table| table.is_used).map(|table| table.place).collect();
    if used.is_empty() {
        return;
    }
    let length = 2 + used.iter().map(|place| place.end - place.start).sum::<u64>();
    let length = u16::try_from(length).expect("shorter than the segment that it was");
    output.write(&[0xFF, marker.0]);
    output.write(&length.to_be_bytes());
    output.rewrite(4);
    for place in used {
        output.keep(place);
    }
}

fn quantization_table(tables: &mut SourceReader) -> Option<(Name, Content)> {
    let (number, bytes_per_value) = match tables.byte()? {
        number @ 0x00..=0x03 => (number, 1),
        number @ 0x10..=0x13 => (number & 3, 2),
        _ => return None,
    };
    tables.skip(64 * bytes_per_value)?;
    Some((Name::Quantization(number), Content::Opaque))
}

fn huffman_table(tables: &mut SourceReader) -> Option<(Name, Content)> {
    let number = tables.byte()?;
    let codes_by_length: [u8; 16] = tables.array()?;
    let count: usize = codes_by_length.into_iter().map(usize::from).sum();
    let symbols = tables.take(count).filter(|_| count <= 256)?;
    let name = match number {
        0x00..=0x03 => Name::DcHuffman(number),
        0x10..=0x13 => Name::AcHuffman(number & 3),
        _ => return None,
    };
    // The symbols for DC are numbers of bits, 16 of them in lossless images only.
    let has_valid_symbols = matches!(name, Name::AcHuffman(_)) || symbols.iter().all(|bits| *bits <= 16);
    let shortest = codes_by_length.iter().position(|count| *count > 0).map_or(0, |index| index as u8 + 1);
    let is_valid = has_valid_symbols && codes_fit(codes_by_length);
    Some((name, Content::Huffman(Huffman { shortest, is_valid })))
}

/// Whether there are as many codes of each length as the table says. The code of ones only is reserved.
fn codes_fit(codes_by_length: [u8; 16]) -> bool {
    let mut free = 1_i32;
    codes_by_length.into_iter().all(|count| {
        free = 2 * free - i32::from(count);
        free >= 1
    })
}

fn arithmetic_conditioning(tables: &mut SourceReader) -> Option<(Name, Content)> {
    let [number, _value] = tables.array()?;
    let name = match number {
        0x00..=0x03 => Name::DcConditioning(number),
        0x10..=0x13 => Name::AcConditioning(number & 3),
        _ => return None,
    };
    Some((name, Content::Opaque))
}

fn restart_interval(tables: &mut SourceReader) -> Option<(Name, Content)> {
    let interval = tables.array().map(u16::from_be_bytes)?;
    Some((Name::RestartInterval, Content::RestartInterval(interval)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn define(marker: Marker, payload: &[u8]) -> Result<(), &'static str> {
        Body::default().define(marker, 0..0, Bytes::copy_from_slice(payload))
    }

    #[test]
    fn a_table_segment_holds_whole_tables_and_nothing_else() {
        let quantization = [&[0x00][..], &[1; 64], &[0x13], &[1; 128]].concat();
        let huffman = [&[0x00][..], &[0, 2], &[0; 14], b"ab", &[0x11], &[0; 16]].concat();
        let cases = [
            (Marker::DQT, &quantization[..]),
            (Marker::DHT, &huffman),
            (Marker::DAC, &[0x00, 0x10, 0x13, 5]),
            (Marker::DRI, &[0, 8]),
        ];
        for (marker, payload) in cases {
            assert_eq!(define(marker, payload), Ok(()));
            assert_eq!(define(marker, &payload[..payload.len() - 1]), Err(WRONG_LENGTH), "{marker:?} short");
            assert_eq!(define(marker, &[payload, &[0]].concat()), Err(WRONG_LENGTH), "{marker:?} long");
        }
        assert_eq!(define(Marker::DRI, &[0, 8, 0, 8]), Err(WRONG_LENGTH));
    }

    #[test]
    fn table_numbers_are_checked() {
        assert_eq!(define(Marker::DQT, &[&[0x04][..], &[1; 64]].concat()), Err(WRONG_LENGTH));
        assert_eq!(define(Marker::DHT, &[&[0x20][..], &[0; 16]].concat()), Err(WRONG_LENGTH));
        assert_eq!(define(Marker::DAC, &[0x04, 0]), Err(WRONG_LENGTH));
        let too_many_codes = [&[0x00][..], &[0; 14], &[255, 2], &[0; 257]].concat();
        assert_eq!(define(Marker::DHT, &too_many_codes), Err(WRONG_LENGTH));
    }

    /// What using a Huffman table with these numbers of codes, all of them for the same symbol, returns.
    fn used(name: Name, codes_by_length: &[u8], symbol: u8) -> Result<u8, &'static str> {
        let number = if matches!(name, Name::AcHuffman(_)) { 0x10 } else { 0x00 };
        let count = codes_by_length.iter().map(|count| usize::from(*count)).sum();
        let rest = 16 - codes_by_length.len();
        let payload = [&[number][..], codes_by_length, &vec![0; rest], &vec![symbol; count]].concat();
        let mut body = Body::default();
        body.define(Marker::DHT, 0..0, payload.into())?;
        body.huffman(name, false)
    }

    #[test]
    fn a_huffman_table_is_valid_if_its_codes_fit_and_its_symbols_mean_something() {
        const INVALID: Result<u8, &str> = Err("scan uses an invalid Huffman table");
        assert_eq!(used(Name::DcHuffman(0), &[0, 2, 1], 5), Ok(2));
        assert_eq!(used(Name::DcHuffman(0), &[], 5), Ok(0));
        assert_eq!(used(Name::DcHuffman(0), &[1], 5), Ok(1));
        assert_eq!(used(Name::DcHuffman(0), &[2], 5), INVALID);
        assert_eq!(used(Name::DcHuffman(0), &[1, 2], 5), INVALID);
        assert_eq!(used(Name::AcHuffman(0), &[0, 5], 5), INVALID);
        assert_eq!(used(Name::DcHuffman(0), &[0, 0, 1], b'J'), INVALID);
        assert_eq!(used(Name::AcHuffman(0), &[0, 0, 1], b'J'), Ok(3));
    }

    #[test]
    fn only_the_first_two_tables_of_the_standard_need_no_definition() {
        const UNDEFINED: Result<u8, &str> = Err("scan uses a Huffman table that is not defined");
        let mut body = Body::default();
        assert_eq!(body.huffman(Name::DcHuffman(1), true), Ok(2));
        assert_eq!(body.huffman(Name::AcHuffman(0), true), Ok(2));
        assert_eq!(body.huffman(Name::AcHuffman(2), true), UNDEFINED);
        assert_eq!(body.huffman(Name::AcHuffman(0), false), UNDEFINED);
        assert!(body.require(Name::Quantization(0)).is_err());
        body.define(Marker::DHT, 0..0, Bytes::from_static(&[0; 17])).unwrap();
        assert_eq!(body.huffman(Name::DcHuffman(1), true), UNDEFINED);
    }
}
