//! Images through the public API: checked, stripped of metadata, with the same pixels.

mod build;
mod formats;
mod images;

mod animations;
mod base64;
mod files;
mod generated;
mod jpeg_colour;
mod metadata;
mod mutants;
mod orientation;
mod png_tolerance;
mod rejections;
mod removed;
mod surface;
mod truncations;
mod verify;
