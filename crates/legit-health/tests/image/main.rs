//! What a user relies on when handing over a photo: it is complete, it is clean, and it is still the same picture.

mod build;
mod decode;
mod drawings;

mod allow_list_jpeg;
mod allow_list_png;
mod allow_list_webp;
mod animation;
mod damage;
mod files;
mod generated;
mod hostile;
mod orientation;
mod refusals;
mod streamed;
mod surface;
mod truncation;
mod wrapped;
