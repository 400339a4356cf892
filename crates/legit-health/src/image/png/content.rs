//! What the chunks of a PNG hold that is left out, by their names.

use super::chunk::Chunk;
use super::raw_profile;
use crate::image::exif::{self, ExifContent};
use crate::image::removed::{Removals, RemovedKind};
use crate::image::source::SourceReader;

/// Notes that so many bytes of a chunk are left out. `raw_profile` is what a raw profile was found to hold, if it was read: only
/// the first is, so that many cost no more.
pub(super) fn remove(
    chunk: &Chunk,
    bytes: u64,
    raw_profile: Option<Vec<ExifContent>>,
    source: &mut SourceReader,
    removed: &mut Removals,
) {
    let kind = match &chunk.kind {
        _ if bytes == 0 => return,
        b"eXIf" => return removed.add_exif(&exif::contents(source, chunk.data.clone()), bytes),
        b"tEXt" | b"zTXt" if raw_profile::is_exif(chunk) => {
            let contents = raw_profile.unwrap_or_else(|| vec![ExifContent::Unreadable]);
            return removed.add_exif(&contents, bytes);
        }
        b"tEXt" | b"zTXt" | b"iTXt" => text(&chunk.start),
        b"tIME" => RemovedKind::Time,
        b"acTL" | b"fcTL" | b"fdAT" => RemovedKind::Animation,
        b"caBX" => RemovedKind::ContentCredentials,
        b"iCCP" => RemovedKind::ColorProfile,
        b"PLTE" | b"hIST" | b"sPLT" | b"bKGD" | b"tRNS" | b"pHYs" | b"gAMA" | b"cHRM" | b"sRGB" | b"sBIT"
        | b"cICP" | b"mDCV" | b"cLLI" => RemovedKind::Unused,
        _ => RemovedKind::Other,
    };
    removed.add(kind, bytes);
}

/// By the keyword that a text begins with.
fn text(start: &[u8]) -> RemovedKind {
    const PROFILES: [(&[u8], RemovedKind); 4] = [
        (b"XML:com.adobe.xmp\0", RemovedKind::Xmp),
        (b"Raw profile type xmp\0", RemovedKind::Xmp),
        (b"Raw profile type iptc\0", RemovedKind::Photoshop),
        (b"Raw profile type 8bim\0", RemovedKind::Photoshop),
    ];
    let named = PROFILES.into_iter().find(|(keyword, _)| start.starts_with(keyword));
    named.map_or(RemovedKind::Text, |(_, kind)| kind)
}
