//! Reads a file that somebody named.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// A little more than is ever read as a document: what is larger is refused by its size, and not read first.
const ENOUGH: u64 = 3 << 20;

/// The bytes of a file, of a very large one only the beginning.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(ENOUGH).read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}
