//! What is read off the pixels of an image: whether it decodes, its quality, whether it could show skin, how it was
//! taken, and where heat maps, masks and boxes lie. Nothing here knows about conditions.

mod container;
mod decode;
mod heat_map;
mod measure;
mod region_map;
pub mod samples;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use container::comments;
pub(crate) use decode::{DecodedImage, Jpeg, decode};
pub(crate) use heat_map::HeatMaps;
pub(crate) use measure::Measurements;
pub(crate) use region_map::{BoundingBox, Region, RegionMap};
