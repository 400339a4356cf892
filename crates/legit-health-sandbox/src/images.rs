//! Images: decoding, quality, a check for skin, modality, the outline of a lesion, heat maps, masks, boxes and samples.
//! Conditions are not derived from pixels.

mod container;
mod decode;
mod heat_map;
mod jpeg;
mod lesion;
mod measure;
mod region_map;
pub mod samples;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use container::comments;
pub(crate) use decode::{DecodedImage, decode};
pub(crate) use heat_map::HeatMaps;
pub(crate) use jpeg::Jpeg;
pub(crate) use measure::Measurements;
pub(crate) use region_map::{BoundingBox, Region, RegionMap};
