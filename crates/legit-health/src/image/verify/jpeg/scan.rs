//! The entropy-coded data of one scan, read code by code without computing a pixel.

use super::Fault;
use super::bits::Bits;
use super::frame::{Component, Frame};
use super::huffman::Table;
use crate::image::verify::reader::Reader;
use std::ops::Range;

/// What a scan adds to each block (ITU-T T.81, G.1.2 for those that are not sequential).
#[derive(Clone, Copy)]
pub(super) enum Pass {
    Sequential,
    FirstDc,
    RefinedDc,
    FirstAc,
    RefinedAc,
}

pub(super) struct Scan<'t> {
    pub(super) pass: Pass,
    /// The first and the last coefficient of each block that the scan has.
    pub(super) band: (u32, u32),
    pub(super) components: Vec<ScanComponent<'t>>,
}

pub(super) struct ScanComponent<'t> {
    /// Its index in the frame.
    pub(super) index: usize,
    pub(super) dc: Option<&'t Table>,
    pub(super) ac: Option<&'t Table>,
}

/// Where a scan has failed, in lines of the image.
pub(super) struct Failure {
    pub(super) fault: Fault,
    pub(super) line: u32,
}

impl Scan<'_> {
    /// Reads the scan, with a restart marker after each interval of MCUs, or none if that is 0. Returns what its data has
    /// beyond the codes of all blocks.
    pub(super) fn check(
        &self,
        frame: &mut Frame,
        restart_interval: u64,
        reader: &mut Reader<'_>,
    ) -> Result<Vec<Range<u64>>, Failure> {
        let mut excess = Vec::new();
        let layout = Layout::new(self, frame);
        let total = u64::from(layout.across) * u64::from(layout.down);
        let interval = if restart_interval == 0 { total } else { restart_interval };
        let mut first = 0;
        for number in (0..8).cycle() {
            let end = total.min(first + interval);
            let mut bits = Bits::new(reader);
            let stopped = self.interval(frame, &layout, first..end, &mut bits);
            stopped.map_err(|(fault, mcu)| Failure { fault, line: layout.line(mcu) })?;
            bits.finish();
            let unused = reader.position();
            let marker = next_marker(reader, end < total);
            if reader.position() > unused {
                excess.push(unused..reader.position());
            }
            if end == total {
                break;
            }
            let fault = match marker {
                Some(code) if code == 0xD0 + number => None,
                Some(0xD0..=0xD7) => Some(Fault::Restart),
                _ => Some(Fault::Ended),
            };
            if let Some(fault) = fault {
                return Err(Failure { fault, line: layout.line(end) });
            }
            skip_marker(reader);
            first = end;
        }
        Ok(excess)
    }

    /// Reads the MCUs of one restart interval. Fails with the MCU that could not be read.
    fn interval(
        &self,
        frame: &mut Frame,
        layout: &Layout,
        mcus: Range<u64>,
        bits: &mut Bits<'_, '_>,
    ) -> Result<(), (Fault, u64)> {
        // Number of blocks that have nothing more in this band.
        let mut finished = 0;
        let across = u64::from(layout.across);
        let (mut column, mut row) = (mcus.start % across, mcus.start / across);
        let mut mcu = mcus.start;
        while mcu < mcus.end {
            if matches!(self.pass, Pass::FirstAc) && finished > 0 {
                let passed = u64::from(finished).min(mcus.end - mcu);
                finished -= passed as u32;
                mcu += passed;
                (column, row) = (mcu % across, mcu / across);
                continue;
            }
            for scanned in &self.components {
                let component = &mut frame.components[scanned.index];
                let (width, height) = layout.blocks(component);
                for y in row * height..(row + 1) * height {
                    for x in column * width..(column + 1) * width {
                        let read = self.block(scanned, component, (x, y), &mut finished, bits);
                        read.map_err(|fault| (fault, mcu))?;
                    }
                }
            }
            mcu += 1;
            column += 1;
            if column == across {
                (column, row) = (0, row + 1);
            }
        }
        if finished > 0 { Err((Fault::Invalid, layout.last())) } else { Ok(()) }
    }

    fn block(
        &self,
        scanned: &ScanComponent<'_>,
        component: &mut Component,
        place: (u64, u64),
        finished: &mut u32,
        bits: &mut Bits<'_, '_>,
    ) -> Result<(), Fault> {
        match self.pass {
            Pass::Sequential => {
                dc(scanned, bits)?;
                sequential_ac(scanned, bits)
            }
            Pass::FirstDc => dc(scanned, bits),
            Pass::RefinedDc => bits.read(1).map(drop),
            Pass::FirstAc => self.first_ac(scanned, component.block(place), finished, bits),
            Pass::RefinedAc => self.refined_ac(scanned, component.block(place), finished, bits),
        }
    }

    fn first_ac(
        &self,
        scanned: &ScanComponent<'_>,
        block: &mut u64,
        finished: &mut u32,
        bits: &mut Bits<'_, '_>,
    ) -> Result<(), Fault> {
        let (mut at, last) = self.band;
        while at <= last {
            let (run, size) = run_and_size(scanned, bits)?;
            at += run;
            match (run, size) {
                (15, 0) => at += 1,
                (_, 0) => {
                    *finished = (1 << run) - 1 + bits.read(run)?;
                    break;
                }
                _ if at > last => return Err(Fault::Invalid),
                _ => {
                    bits.read(size)?;
                    *block |= 1 << at;
                    at += 1;
                }
            }
        }
        Ok(())
    }

    fn refined_ac(
        &self,
        scanned: &ScanComponent<'_>,
        block: &mut u64,
        finished: &mut u32,
        bits: &mut Bits<'_, '_>,
    ) -> Result<(), Fault> {
        let (mut at, last) = self.band;
        while *finished == 0 && at <= last {
            let (run, size) = run_and_size(scanned, bits)?;
            match (run, size) {
                (0..=14, 0) => {
                    *finished = (1 << run) + bits.read(run)?;
                    break;
                }
                (_, 0) => {}
                (_, 1) => bits.skip(1)?,
                _ => return Err(Fault::Invalid),
            }
            // As many zeros are passed as the run has; a coefficient that is none has one more bit.
            let mut zeros = run;
            while at <= last {
                if *block & 1 << at != 0 {
                    bits.read(1)?;
                } else if zeros == 0 {
                    break;
                } else {
                    zeros -= 1;
                }
                at += 1;
            }
            if size > 0 {
                if at > last {
                    return Err(Fault::Invalid);
                }
                *block |= 1 << at;
            }
            at += 1;
        }
        if *finished > 0 {
            *finished -= 1;
            let band = u64::MAX >> (63 - last) & u64::MAX << at.min(63);
            let refined = if at > last { 0 } else { (*block & band).count_ones() };
            for _ in 0..refined {
                bits.read(1)?;
            }
        }
        Ok(())
    }
}

fn dc(scanned: &ScanComponent<'_>, bits: &mut Bits<'_, '_>) -> Result<(), Fault> {
    let (length, size) = scanned.dc.ok_or(Fault::Table)?.peek(bits)?;
    if size > 15 {
        return Err(Fault::Invalid);
    }
    bits.skip(length + u32::from(size))
}

fn sequential_ac(scanned: &ScanComponent<'_>, bits: &mut Bits<'_, '_>) -> Result<(), Fault> {
    let table = scanned.ac.ok_or(Fault::Table)?;
    let mut at = 1;
    while at < 64 {
        let (length, symbol) = table.peek(bits)?;
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        bits.skip(length + size)?;
        match (run, size) {
            (15, 0) => at += 16,
            // Only a run of 0 is the end of the block, but decoders take any.
            (_, 0) => break,
            _ => at += run + 1,
        }
        if at > 64 {
            return Err(Fault::Invalid);
        }
    }
    Ok(())
}

fn run_and_size(scanned: &ScanComponent<'_>, bits: &mut Bits<'_, '_>) -> Result<(u32, u32), Fault> {
    let (length, symbol) = scanned.ac.ok_or(Fault::Table)?.peek(bits)?;
    bits.skip(length)?;
    Ok((u32::from(symbol >> 4), u32::from(symbol & 15)))
}

/// How the MCUs of a scan cover the image (ITU-T T.81, A.2).
struct Layout {
    /// Number of MCUs.
    across: u32,
    down: u32,
    is_interleaved: bool,
    lines_per_mcu: u32,
}

impl Layout {
    fn new(scan: &Scan<'_>, frame: &Frame) -> Self {
        match &scan.components[..] {
            // One component alone: one block is one MCU, and blocks beyond the edge are left out.
            [only] => {
                let component = &frame.components[only.index];
                Self {
                    across: frame.blocks_across(component),
                    down: frame.blocks_down(component),
                    is_interleaved: false,
                    lines_per_mcu: 8 * frame.largest.1 / component.sampling.1,
                }
            }
            _ => Self {
                across: frame.mcus_across(),
                down: frame.mcus_down(),
                is_interleaved: true,
                lines_per_mcu: 8 * frame.largest.1,
            },
        }
    }

    /// Width and height of the part of an MCU that belongs to a component.
    fn blocks(&self, component: &Component) -> (u64, u64) {
        let (across, down) = if self.is_interleaved { component.sampling } else { (1, 1) };
        (across.into(), down.into())
    }

    fn last(&self) -> u64 {
        u64::from(self.across) * u64::from(self.down) - 1
    }

    /// The first line of an MCU.
    fn line(&self, mcu: u64) -> u32 {
        (mcu / u64::from(self.across)) as u32 * self.lines_per_mcu
    }
}

/// Moves to the next marker, with its fill bytes, and returns its code. A restart marker counts only if one is expected.
fn next_marker(reader: &mut Reader<'_>, may_restart: bool) -> Option<u8> {
    loop {
        let window = reader.window();
        let data = memchr::memchr(0xFF, window).unwrap_or(window.len());
        if window.is_empty() {
            return None;
        }
        reader.advance(data);
        let place = reader.position();
        if reader.byte() != Some(0xFF) {
            reader.seek(place);
            continue;
        }
        let code = loop {
            match reader.byte()? {
                0xFF => {}
                code => break code,
            }
        };
        if code != 0 && (may_restart || !matches!(code, 0xD0..=0xD7)) {
            reader.seek(place);
            return Some(code);
        }
    }
}

/// Skips a marker, with its fill bytes.
fn skip_marker(reader: &mut Reader<'_>) {
    while reader.byte() == Some(0xFF) {}
}
