//! The frame of a JPEG: how its components are sampled, and which of their coefficients are not zero so far.

/// What a frame header says.
pub(super) struct Frame {
    pub(super) is_progressive: bool,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) components: Vec<Component>,
    /// The largest sampling factors.
    pub(super) largest: (u32, u32),
}

pub(super) struct Component {
    pub(super) id: u8,
    /// Horizontal and vertical sampling factor.
    pub(super) sampling: (u32, u32),
    /// For each block a bit for each coefficient that is not zero so far. Empty if the image is sequential.
    not_zero: Vec<u64>,
    stride: u64,
}

impl Frame {
    pub(super) fn parse(code: u8, payload: &[u8], height: u32) -> Option<Self> {
        let (fixed, components) = payload.split_first_chunk()?;
        let [_precision, y1, y0, x1, x0, _count] = *fixed;
        let components: Vec<Component> = components.chunks_exact(3).map(Component::parse).collect();
        let largest = components.iter().map(|component| component.sampling);
        let largest = largest.reduce(|one, other| (one.0.max(other.0), one.1.max(other.1)))?;
        let own_height = u16::from_be_bytes([y1, y0]);
        let frame = Self {
            is_progressive: code == 0xC2,
            width: u16::from_be_bytes([x1, x0]).into(),
            height: if own_height == 0 { height } else { own_height.into() },
            components,
            largest,
        };
        let is_sampled = |component: &Component| component.sampling.0 > 0 && component.sampling.1 > 0;
        (frame.width > 0 && frame.height > 0 && frame.components.iter().all(is_sampled)).then_some(frame)
    }

    pub(super) fn mcus_across(&self) -> u32 {
        self.width.div_ceil(8 * self.largest.0)
    }

    pub(super) fn mcus_down(&self) -> u32 {
        self.height.div_ceil(8 * self.largest.1)
    }

    pub(super) fn blocks_across(&self, component: &Component) -> u32 {
        (self.width * component.sampling.0).div_ceil(self.largest.0).div_ceil(8)
    }

    pub(super) fn blocks_down(&self, component: &Component) -> u32 {
        (self.height * component.sampling.1).div_ceil(self.largest.1).div_ceil(8)
    }

    /// Makes room to remember which coefficients of a component are not zero.
    pub(super) fn remember(&mut self, index: usize) {
        let (across, down) =
            (self.blocks_across(&self.components[index]), self.blocks_down(&self.components[index]));
        let component = &mut self.components[index];
        component.stride = across.into();
        component.not_zero.resize(across as usize * down as usize, 0);
    }
}

impl Component {
    fn parse(bytes: &[u8]) -> Self {
        let (horizontal, vertical) = (bytes[1] >> 4, bytes[1] & 15);
        Self { id: bytes[0], sampling: (horizontal.into(), vertical.into()), not_zero: Vec::new(), stride: 0 }
    }

    /// Returns the coefficients of a block that are not zero.
    pub(super) fn block(&mut self, (x, y): (u64, u64)) -> &mut u64 {
        &mut self.not_zero[(y * self.stride + x) as usize]
    }
}
