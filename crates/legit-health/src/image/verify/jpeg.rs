//! Reads the entropy-coded data of a JPEG to its last code (Huffman coding, sequential and progressive).

mod bits;
mod frame;
mod huffman;
mod scan;

use super::Edits;
use super::reader::Reader;
use crate::image::ImageFormat::Jpeg;
use crate::image::{ImageError, ImageErrorKind};
use frame::{Component, Frame};
use huffman::Table;
use scan::{Pass, Scan, ScanComponent};

/// Why a scan cannot be read on.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// Its data ends.
    Ended,
    /// There is no such code, or it says what cannot be.
    Invalid,
    /// A restart marker is not the next one.
    Restart,
    /// Nobody has defined a table.
    Table,
}

/// More than any encoder writes, and few enough that reading them ends soon.
const MOST_SCANS: u32 = 1000;

/// Checks a file that was cleaned, so that its markers follow each other and its lengths are right.
pub(super) fn check(reader: &mut Reader<'_>, height: u32) -> Result<Edits, ImageError> {
    const START_MARKER: u64 = 2;
    reader.seek(START_MARKER);
    let mut decoder = Decoder { height, ..Decoder::default() };
    let mut edits = Edits::default();
    loop {
        let (code, payload) = segment(reader).ok_or_else(|| damaged("a segment is cut off"))?;
        match code {
            0xD9 => return Ok(edits),
            0xC4 => decoder.huffman_tables(&payload).ok_or_else(|| damaged("a Huffman table is invalid"))?,
            0xDD => {
                decoder.restart_interval = payload.first_chunk().map_or(0, |two| u16::from_be_bytes(*two))
            }
            0xC0..=0xC2 => decoder.begin(Frame::parse(code, &payload, height)),
            0xC3 => return Err(unchecked("lossless")),
            0xC9..=0xCB => return Err(unchecked("arithmetic-coded")),
            0xDA => decoder.scan(&payload, reader, &mut edits)?,
            _ => {}
        }
    }
}

/// Reads a marker and the segment that belongs to it.
fn segment(reader: &mut Reader<'_>) -> Option<(u8, Vec<u8>)> {
    let mut code = reader.byte()?;
    while code == 0xFF {
        code = reader.byte()?;
    }
    if matches!(code, 0x01 | 0xD0..=0xD9) {
        return Some((code, Vec::new()));
    }
    let length = usize::from(u16::from_be_bytes(reader.array()?));
    Some((code, reader.take(length.checked_sub(2)?)?))
}

/// What a decoder remembers between segments.
#[derive(Default)]
struct Decoder {
    height: u32,
    frame: Option<Frame>,
    dc: [Option<Table>; 4],
    ac: [Option<Table>; 4],
    restart_interval: u16,
    scans: u32,
}

impl Decoder {
    fn begin(&mut self, frame: Option<Frame>) {
        if frame.as_ref().is_some_and(|frame| !frame.is_progressive) {
            let standard = huffman::standard();
            for (tables, standard) in [&mut self.dc, &mut self.ac].into_iter().zip(standard) {
                for (table, standard) in tables.iter_mut().zip(standard) {
                    if table.is_none() {
                        *table = Some(standard);
                    }
                }
            }
        }
        self.frame = frame;
    }

    fn huffman_tables(&mut self, mut payload: &[u8]) -> Option<()> {
        while let Some((class_and_number, rest)) = payload.split_first() {
            let (counts, rest) = rest.split_first_chunk()?;
            let (symbols, rest) =
                rest.split_at_checked(counts.iter().map(|count| usize::from(*count)).sum())?;
            let tables = if class_and_number >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *tables.get_mut(usize::from(class_and_number & 15))? =
                Some(Table::new(counts, symbols.to_vec())?);
            payload = rest;
        }
        Some(())
    }

    fn scan(&mut self, payload: &[u8], reader: &mut Reader<'_>, edits: &mut Edits) -> Result<(), ImageError> {
        self.scans += 1;
        if self.scans > MOST_SCANS {
            return Err(damaged("it has more than 1000 scans"));
        }
        let frame = self.frame.as_mut().ok_or_else(|| damaged("its frame header is missing or invalid"))?;
        let scan =
            parse(payload, frame, &self.dc, &self.ac).ok_or_else(|| damaged("a scan header is invalid"))?;
        if matches!(scan.pass, Pass::FirstAc | Pass::RefinedAc) {
            frame.remember(scan.components[0].index);
        }
        let excess = scan.check(frame, self.restart_interval.into(), reader);
        let excess = excess.map_err(|failure| {
            let at =
                format!("line {} of {}", failure.line.min(self.height.saturating_sub(1)) + 1, self.height);
            match failure.fault {
                Fault::Ended => super::incomplete(Jpeg, &at),
                Fault::Invalid => damaged(&format!("its picture data cannot be decoded at {at}")),
                Fault::Restart => damaged(&format!("a restart marker is missing at {at}")),
                Fault::Table => damaged("a Huffman table is missing"),
            }
        })?;
        excess.into_iter().try_for_each(|range| edits.replace(range, &[]))
    }
}

/// Reads a scan header. `None` if it does not fit its frame.
fn parse<'t>(
    payload: &[u8],
    frame: &Frame,
    dc: &'t [Option<Table>; 4],
    ac: &'t [Option<Table>; 4],
) -> Option<Scan<'t>> {
    let (count, rest) = payload.split_first()?;
    let (selectors, rest) = rest.split_at_checked(2 * usize::from(*count))?;
    let &[first, last, precision] = rest.first_chunk()?;
    let mut components: Vec<ScanComponent<'_>> = Vec::new();
    for selector in selectors.chunks_exact(2) {
        // Where several have the same number, decoders take them in order.
        let is_next = |(index, component): &(usize, &Component)| {
            component.id == selector[0] && components.iter().all(|other| other.index != *index)
        };
        let (index, _) = frame.components.iter().enumerate().find(is_next)?;
        let (dc, ac) = (dc.get(usize::from(selector[1] >> 4))?, ac.get(usize::from(selector[1] & 15))?);
        components.push(ScanComponent { index, dc: dc.as_ref(), ac: ac.as_ref() });
    }
    let is_first = precision >> 4 == 0;
    let pass = match (first, last) {
        _ if !frame.is_progressive => Pass::Sequential,
        (0, 0) if is_first => Pass::FirstDc,
        (0, 0) => Pass::RefinedDc,
        (1..=63, ..=63) if first <= last && components.len() == 1 => {
            if is_first {
                Pass::FirstAc
            } else {
                Pass::RefinedAc
            }
        }
        _ => return None,
    };
    (!components.is_empty()).then_some(Scan { pass, band: (first.into(), last.into()), components })
}

fn damaged(what: &str) -> ImageError {
    super::damaged(Jpeg, what)
}

fn unchecked(coding: &str) -> ImageError {
    let message = format!(
        "unsupported JPEG: {coding} picture data cannot be checked; export the image as baseline JPEG or PNG, \
         or leave out the full check"
    );
    ImageError::new(ImageErrorKind::Unsupported, message)
}
