//! The frame of a JPEG and its scans: what decoders take, what the scans have brought, and how much data they need.

use super::syntax::{Marker, WRONG_LENGTH};
use super::tables::{Body, Name};

/// A frame header, and what the scans so far have brought of its components.
pub(super) struct Frame {
    pub(super) width: u16,
    pub(super) height: u16,
    process: Process,
    is_arithmetic: bool,
    components: Vec<Component>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Process {
    Sequential,
    Progressive,
    Lossless,
}

/// A colour component.
struct Component {
    id: u8,
    /// Sampling factors: horizontal, vertical.
    sampling: [u8; 2],
    quantization: u8,
    /// For each coefficient, the number of low bits that are still missing, or `NOTHING`.
    missing: [u8; COEFFICIENTS],
}

const COEFFICIENTS: usize = 64;
const MOST_PIXELS_A_SIDE: u16 = 65_500;
const NOTHING: u8 = u8::MAX;

/// Why a frame or a scan is rejected.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    Damaged(&'static str),
    /// Names a kind of JPEG that none of the common decoders reads.
    Unsupported(String),
}

impl From<&'static str> for Rejection {
    fn from(what: &'static str) -> Self {
        Self::Damaged(what)
    }
}

impl Frame {
    pub(super) fn parse(marker: Marker, payload: &[u8]) -> Result<Self, Rejection> {
        let (fixed, declared) = payload.split_first_chunk().ok_or(WRONG_LENGTH)?;
        let [precision, y1, y0, x1, x0, count] = *fixed;
        let (declared, rest) = declared.as_chunks();
        if count == 0 || declared.len() != usize::from(count) || !rest.is_empty() {
            return Err(WRONG_LENGTH.into());
        }
        let (width, height) = (u16::from_be_bytes([x1, x0]), u16::from_be_bytes([y1, y0]));
        if precision != 8 {
            return Err(Rejection::Unsupported(format!("JPEG with {precision} bits per sample")));
        }
        if !matches!(count, 1 | 3 | 4) {
            return Err(Rejection::Unsupported(format!("JPEG with {count} colour components")));
        }
        if width == 0 {
            return Err("image width is 0".into());
        }
        if height == 0 {
            return Err(Rejection::Unsupported("JPEG without a height in its frame header".to_owned()));
        }
        if width.max(height) > MOST_PIXELS_A_SIDE {
            let kind = format!("JPEG of more than {MOST_PIXELS_A_SIDE} pixels a side");
            return Err(Rejection::Unsupported(kind));
        }
        let process = match marker.0 {
            0xC2 | 0xCA => Process::Progressive,
            0xC3 => Process::Lossless,
            _ => Process::Sequential,
        };
        let components = declared.iter().map(|[id, sampling, quantization]| Component {
            id: *id,
            sampling: [sampling >> 4, sampling & 0x0F],
            quantization: *quantization,
            missing: [NOTHING; COEFFICIENTS],
        });
        let frame = Self {
            width,
            height,
            process,
            is_arithmetic: marker.0 >= 0xC9,
            components: components.collect(),
        };
        frame.check_sampling()?;
        Ok(frame)
    }

    fn check_sampling(&self) -> Result<(), Rejection> {
        let factors = || self.components.iter().flat_map(|component| component.sampling);
        if !factors().all(|factor| (1..=4).contains(&factor)) {
            return Err("sampling factor not in 1 to 4".into());
        }
        if self.components.iter().any(|component| component.quantization > 3) {
            return Err("quantization table number above 3".into());
        }
        let most = self.most_samples();
        let is_whole = |component: &Component| {
            component.sampling.into_iter().zip(most).all(|(factor, most)| most.is_multiple_of(factor))
        };
        if !self.components.iter().all(is_whole) {
            return Err(Rejection::Unsupported("JPEG with fractional sampling factors".to_owned()));
        }
        Ok(())
    }

    fn most_samples(&self) -> [u8; 2] {
        [0, 1].map(|axis| self.components.iter().map(|component| component.sampling[axis]).max().unwrap_or(1))
    }

    pub(super) fn has_colour(&self) -> bool {
        self.components.len() == 3
    }

    /// Takes the header of a scan: what it adds to its components, and the tables that it uses.
    pub(super) fn scan(&mut self, payload: &[u8], tables: &mut Body) -> Result<Scan, Rejection> {
        let header = ScanHeader::parse(payload)?;
        let indices = self.indices(&header)?;
        let units = self.units(&indices);
        if indices.len() > 1 && units.iter().sum::<u64>() > 10 {
            return Err("scan with more than 10 blocks in an MCU".into());
        }
        let (band, high, low) = self.band(&header)?;
        for index in &indices {
            let component = &mut self.components[*index];
            if self.process != Process::Lossless && component.missing == [NOTHING; COEFFICIENTS] {
                tables.require(Name::Quantization(component.quantization))?;
            }
            let expected = if high == 0 { NOTHING } else { high };
            let missing = &mut component.missing[band.clone()];
            if missing.iter().any(|missing| *missing != expected) {
                return Err("scan repeats or skips a part of the image data".into());
            }
            missing.fill(low);
        }
        let mut bits = 0;
        for (selected, units) in header.components.iter().zip(units) {
            bits += units * u64::from(self.bits(selected, &band, high, tables)?);
        }
        let is_ac_only = *band.start() > 0;
        let mcus_for_bits = match (self.is_arithmetic, is_ac_only) {
            (true, _) => u64::MAX,
            // A single code can say that all of so many blocks are empty.
            (false, true) => 32_767,
            (false, false) => 1,
        };
        let restart_interval = u64::from(tables.restart_interval());
        Ok(Scan { mcus: self.mcus(&indices), restart_interval, bits, mcus_for_bits })
    }

    /// Returns which components of the frame those of a scan are.
    fn indices(&self, header: &ScanHeader) -> Result<Vec<usize>, Rejection> {
        let mut indices = Vec::new();
        for ScanComponent { id, .. } in &header.components {
            // Where several components have the same number, decoders take them in order.
            let mut named = self.components.iter().enumerate().filter(|(_, component)| component.id == *id);
            let index = named.find(|(index, _)| !indices.contains(index)).map(|(index, _)| index);
            indices.push(index.ok_or("scan of a component that is not in the frame")?);
        }
        Ok(indices)
    }

    /// Number of blocks, in a lossless image of samples, of each component in an MCU.
    fn units(&self, indices: &[usize]) -> Vec<u64> {
        let sampling = |index: &usize| self.components[*index].sampling.map(u64::from);
        match indices {
            [_] => vec![1],
            several => several.iter().map(sampling).map(|[across, down]| across * down).collect(),
        }
    }

    /// Returns the coefficients of which a scan brings bits, and the bits that are missing before and after it.
    fn band(&self, header: &ScanHeader) -> Result<(Band, u8, u8), Rejection> {
        const ALL: Band = 0..=63;
        let ScanHeader { start, end, high, low, .. } = *header;
        match self.process {
            // Decoders ignore what a sequential scan says of them.
            Process::Sequential => return Ok((ALL, 0, 0)),
            Process::Lossless if !(1..=7).contains(&start) || low > 7 => {
                return Err("invalid parameters of a lossless scan".into());
            }
            Process::Lossless => return Ok((ALL, 0, 0)),
            Process::Progressive => {}
        }
        let is_band =
            if start == 0 { end == 0 } else { start <= end && end < 64 && header.components.len() == 1 };
        if !is_band || low > 13 || (high != 0 && low + 1 != high) {
            return Err("invalid parameters of a progressive scan".into());
        }
        Ok((start.into()..=end.into(), high, low))
    }

    /// Uses the coding tables of a component, and returns the least number of bits that one of its blocks takes.
    fn bits(
        &self,
        selected: &ScanComponent,
        band: &Band,
        high: u8,
        tables: &mut Body,
    ) -> Result<u8, Rejection> {
        let ScanComponent { dc, ac, .. } = *selected;
        if self.is_arithmetic {
            tables.request(Name::DcConditioning(dc));
            tables.request(Name::AcConditioning(ac));
            return Ok(0);
        }
        match self.process {
            Process::Sequential => {
                let dc = tables.huffman(Name::DcHuffman(dc), true)?;
                Ok(dc + tables.huffman(Name::AcHuffman(ac), true)?)
            }
            Process::Lossless => Ok(tables.huffman(Name::DcHuffman(dc), false)?),
            Process::Progressive if *band.start() > 0 => Ok(tables.huffman(Name::AcHuffman(ac), false)?),
            Process::Progressive if high == 0 => Ok(tables.huffman(Name::DcHuffman(dc), false)?),
            Process::Progressive => Ok(1),
        }
    }

    /// Number of MCUs in a scan of these components.
    fn mcus(&self, indices: &[usize]) -> u64 {
        let most = self.most_samples();
        // A single component is coded without the blocks that only fill up an MCU of several.
        let sampling = match indices {
            [only] => self.components[*only].sampling,
            _ => [1, 1],
        };
        let block = if self.process == Process::Lossless { 1 } else { 8 };
        let count = |side: u16, axis: usize| {
            (u64::from(side) * u64::from(sampling[axis])).div_ceil(u64::from(most[axis]) * block)
        };
        count(self.width, 0) * count(self.height, 1)
    }

    /// Returns the number of the first component of which something is still missing.
    pub(super) fn incomplete_component(&self) -> Option<u8> {
        let is_incomplete = |component: &&Component| component.missing != [0; COEFFICIENTS];
        self.components.iter().find(is_incomplete).map(|component| component.id)
    }
}

type Band = std::ops::RangeInclusive<usize>;

/// A scan header as the standard names its fields: Ss, Se, Ah, Al.
struct ScanHeader {
    components: Vec<ScanComponent>,
    start: u8,
    end: u8,
    high: u8,
    low: u8,
}

/// A component of a scan, and the numbers of its tables.
struct ScanComponent {
    id: u8,
    dc: u8,
    ac: u8,
}

impl ScanHeader {
    fn parse(payload: &[u8]) -> Result<Self, &'static str> {
        let (count, rest) = payload.split_first().ok_or(WRONG_LENGTH)?;
        let (selected, parameters) = rest.split_last_chunk().ok_or(WRONG_LENGTH)?;
        let (selected, rest) = selected.as_chunks();
        if !(1..=4).contains(count) || selected.len() != usize::from(*count) || !rest.is_empty() {
            return Err(WRONG_LENGTH);
        }
        let component =
            |[id, tables]: &[u8; 2]| ScanComponent { id: *id, dc: tables >> 4, ac: tables & 0x0F };
        let [start, end, bits] = *parameters;
        let components = selected.iter().map(component).collect();
        Ok(Self { components, start, end, high: bits >> 4, low: bits & 0x0F })
    }
}

/// How much data a scan must have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scan {
    pub(super) mcus: u64,
    /// 0 if there is only one.
    pub(super) restart_interval: u64,
    /// So many bits are the least that `mcus_for_bits` MCUs take.
    bits: u64,
    mcus_for_bits: u64,
}

impl Scan {
    #[cfg(test)]
    pub(super) fn new(mcus: u64, restart_interval: u64, bits: u64) -> Self {
        Self { mcus, restart_interval, bits, mcus_for_bits: 1 }
    }

    /// Returns the least number of bytes that this many MCUs take.
    pub(super) fn least_bytes(&self, mcus: u64) -> u64 {
        (mcus.div_ceil(self.mcus_for_bits) * self.bits).div_ceil(8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const SOF0: Marker = Marker(0xC0);
    const SOF2: Marker = Marker(0xC2);
    const SOF3: Marker = Marker(0xC3);

    fn header(width: u8, height: u8, components: &[[u8; 3]]) -> Vec<u8> {
        [&[8, 0, height, 0, width, components.len() as u8], &components.concat()[..]].concat()
    }

    fn frame(marker: Marker, components: &[[u8; 3]]) -> Result<Frame, Rejection> {
        Frame::parse(marker, &header(33, 17, components))
    }

    const GREY: &[[u8; 3]] = &[[1, 0x11, 0]];
    /// Colour at half the resolution.
    const COLOUR: &[[u8; 3]] = &[[1, 0x22, 0], [2, 0x11, 0], [3, 0x11, 0]];

    /// One table of each kind; the shortest code has 3 bits for DC, 4 for AC.
    fn tables() -> Body {
        let mut body = Body::default();
        let dc = [&[0x00, 0, 0, 1][..], &[0; 13], &[5]].concat();
        let ac = [&[0x10, 0, 0, 0, 1][..], &[0; 12], &[0]].concat();
        body.define(Marker::DHT, 0..0, [dc, ac].concat().into()).unwrap();
        body.define(Marker::DQT, 0..0, Bytes::from_static(&[0; 65])).unwrap();
        body
    }

    fn rejected<T>(result: Result<T, Rejection>) -> Rejection {
        result.err().expect("a rejection")
    }

    #[test]
    fn a_frame_header_is_as_long_as_its_components_need() {
        let grey = header(4, 2, GREY);
        let frame = Frame::parse(SOF0, &grey).expect("a frame");
        assert_eq!((frame.width, frame.height), (4, 2));
        let none = header(4, 2, &[]);
        for wrong in [&grey[..8], &[&grey[..], &[0]].concat(), &none, &none[..4], &[]] {
            assert_eq!(rejected(Frame::parse(SOF0, wrong)), Rejection::Damaged(WRONG_LENGTH));
        }
    }

    #[test]
    fn what_no_decoder_takes_is_rejected() {
        let grey = header(4, 2, GREY);
        let with = |at: usize, value: u8| {
            let mut header = grey.clone();
            header[at] = value;
            rejected(Frame::parse(SOF0, &header))
        };
        let unsupported = |what: &str| Rejection::Unsupported(what.to_owned());
        assert_eq!(with(0, 7), unsupported("JPEG with 7 bits per sample"));
        assert_eq!(with(0, 12), unsupported("JPEG with 12 bits per sample"));
        assert_eq!(with(2, 0), unsupported("JPEG without a height in its frame header"));
        assert_eq!(with(4, 0), Rejection::Damaged("image width is 0"));
        let mut wide = grey.clone();
        wide[3..5].fill(0xFF);
        assert_eq!(rejected(Frame::parse(SOF0, &wide)), unsupported("JPEG of more than 65500 pixels a side"));
        for sampling in [0x00, 0x10, 0x01, 0x51, 0x15] {
            assert_eq!(with(7, sampling), Rejection::Damaged("sampling factor not in 1 to 4"));
        }
        assert_eq!(with(8, 4), Rejection::Damaged("quantization table number above 3"));
        let two = rejected(frame(SOF0, &COLOUR[..2]));
        assert_eq!(two, unsupported("JPEG with 2 colour components"));
        let fractional = rejected(frame(SOF0, &[[1, 0x31, 0], [2, 0x21, 0], [3, 0x11, 0]]));
        assert_eq!(fractional, unsupported("JPEG with fractional sampling factors"));
    }

    #[test]
    fn a_scan_header_is_as_long_as_its_components_need() {
        for components in 1..=4_u8 {
            let mut scan = vec![components];
            scan.extend(vec![0; 3 + 2 * usize::from(components)]);
            assert!(ScanHeader::parse(&scan).is_ok());
            assert!(ScanHeader::parse(&scan[..scan.len() - 1]).is_err());
            scan.push(0);
            assert!(ScanHeader::parse(&scan).is_err());
        }
        for wrong in [&[5; 14][..], &[0; 4], &[]] {
            assert!(ScanHeader::parse(wrong).is_err());
        }
    }

    #[test]
    fn the_least_data_follow_from_the_dimensions_and_the_shortest_codes() {
        // 33 × 17 pixels: 5 × 3 blocks; with sampling 3 × 2 MCUs of six blocks.
        let mut grey = frame(SOF0, GREY).expect("a frame");
        let scan = grey.scan(&[1, 1, 0, 0, 63, 0], &mut tables()).expect("a scan");
        assert_eq!((scan.mcus, scan.least_bytes(scan.mcus)), (15, (15 * 7_u64).div_ceil(8)));
        assert_eq!(scan.least_bytes(1), 1);

        let mut colour = frame(SOF0, COLOUR).expect("a frame");
        let scan = colour.scan(&[3, 1, 0, 2, 0, 3, 0, 0, 63, 0], &mut tables()).expect("a scan");
        assert_eq!((scan.mcus, scan.least_bytes(scan.mcus)), (6, (6 * 6 * 7_u64).div_ceil(8)));

        let mut colour = frame(SOF0, COLOUR).expect("a frame");
        for (id, blocks) in [(1, 15), (2, 3 * 2)] {
            let scan = colour.scan(&[1, id, 0, 0, 63, 0], &mut tables()).expect("a scan");
            assert_eq!(scan.mcus, blocks);
        }

        let mut lossless = frame(SOF3, GREY).expect("a frame");
        let scan = lossless.scan(&[1, 1, 0, 1, 0, 0], &mut tables()).expect("a scan");
        assert_eq!((scan.mcus, scan.least_bytes(scan.mcus)), (33 * 17, (33 * 17 * 3_u64).div_ceil(8)));
    }

    #[test]
    fn a_scan_names_components_and_tables_that_are_there() {
        let reject = |components: &[[u8; 3]], scan: &[u8]| {
            rejected(frame(SOF0, components).expect("a frame").scan(scan, &mut tables()))
        };
        const NO_COMPONENT: Rejection = Rejection::Damaged("scan of a component that is not in the frame");
        assert_eq!(reject(GREY, &[1, 2, 0, 0, 63, 0]), NO_COMPONENT);
        assert_eq!(reject(COLOUR, &[2, 1, 0, 1, 0, 0, 63, 0]), NO_COMPONENT);
        let undefined = Rejection::Damaged("scan uses a Huffman table that is not defined");
        assert_eq!(reject(GREY, &[1, 1, 0x20, 0, 63, 0]), undefined);
        assert_eq!(reject(GREY, &[1, 1, 0x03, 0, 63, 0]), undefined);
        assert_eq!(reject(GREY, &[1, 1, 0x40, 0, 63, 0]), undefined);
        let no_quantization = Rejection::Damaged("scan uses a table that is not defined");
        assert_eq!(reject(&[[1, 0x11, 1]], &[1, 1, 0, 0, 63, 0]), no_quantization);
        let large = Rejection::Damaged("scan with more than 10 blocks in an MCU");
        let components = [[1, 0x42, 0], [2, 0x21, 0], [3, 0x11, 0]];
        assert_eq!(reject(&components, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]), large);
    }

    #[test]
    fn components_of_the_same_number_are_taken_in_order() {
        let mut frame = frame(SOF0, &[[1, 0x11, 0], [1, 0x11, 0], [1, 0x11, 0]]).expect("a frame");
        frame.scan(&[3, 1, 0, 1, 0, 1, 0, 0, 63, 0], &mut tables()).expect("a scan");
        assert_eq!(frame.incomplete_component(), None);
    }

    #[test]
    fn a_component_is_complete_after_its_only_scan() {
        let mut frame = frame(SOF0, COLOUR).expect("a frame");
        let mut tables = tables();
        frame.scan(&[1, 1, 0, 0, 63, 0], &mut tables).expect("a scan");
        assert_eq!(frame.incomplete_component(), Some(2));
        let repeated = Rejection::Damaged("scan repeats or skips a part of the image data");
        assert_eq!(rejected(frame.scan(&[1, 1, 0, 0, 63, 0], &mut tables)), repeated);
        // Decoders ignore band and bits of a sequential scan.
        frame.scan(&[2, 2, 0, 3, 0, 5, 2, 0x77], &mut tables).expect("a scan");
        assert_eq!(frame.incomplete_component(), None);
    }

    #[test]
    fn a_progressive_component_is_complete_when_all_bits_of_all_coefficients_came() {
        let mut frame = frame(SOF2, GREY).expect("a frame");
        let mut tables = tables();
        for scan in [[0, 0, 0x01], [1, 5, 0x02], [6, 63, 0x00], [1, 5, 0x21], [0, 0, 0x10]] {
            frame.scan(&[&[1, 1, 0], &scan[..]].concat(), &mut tables).expect("a scan");
            assert_eq!(frame.incomplete_component(), Some(1));
        }
        let least = frame.scan(&[1, 1, 0, 1, 5, 0x10], &mut tables).expect("a scan");
        assert_eq!(frame.incomplete_component(), None);
        // A single code of 4 bits can end a band of 32,767 blocks.
        assert_eq!((least.least_bytes(32_767), least.least_bytes(5 * 32_767)), (1, 3));
    }

    #[test]
    fn the_scans_of_a_progressive_image_follow_each_other() {
        let mut colour = frame(SOF2, COLOUR).expect("a frame");
        let mut tables = tables();
        let invalid = Rejection::Damaged("invalid parameters of a progressive scan");
        for scan in [
            &[1, 1, 0, 0, 5, 0][..],
            &[1, 1, 0, 5, 4, 0],
            &[1, 1, 0, 1, 64, 0],
            &[1, 1, 0, 0, 0, 0x0E],
            &[1, 1, 0, 0, 0, 0x20],
            &[2, 1, 0, 2, 0, 1, 5, 0],
        ] {
            assert_eq!(rejected(colour.scan(scan, &mut tables)), invalid, "{scan:?}");
        }
        let repeated = Rejection::Damaged("scan repeats or skips a part of the image data");
        assert_eq!(rejected(colour.scan(&[1, 1, 0, 1, 5, 0x21], &mut tables)), repeated);
        colour.scan(&[1, 1, 0, 1, 5, 0x03], &mut tables).expect("a scan");
        for scan in [[1, 5, 0x03], [1, 5, 0x21], [5, 6, 0x32]] {
            assert_eq!(rejected(colour.scan(&[&[1, 1, 0], &scan[..]].concat(), &mut tables)), repeated);
        }
    }

    #[test]
    fn a_lossless_scan_has_a_predictor() {
        for predictor in [0, 8] {
            let mut frame = frame(SOF3, GREY).expect("a frame");
            let invalid = Rejection::Damaged("invalid parameters of a lossless scan");
            assert_eq!(rejected(frame.scan(&[1, 1, 0, predictor, 0, 0], &mut tables())), invalid);
        }
    }
}
