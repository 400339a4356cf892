//! Writes the photographs into a folder, and says of each on stdout what must arrive of it.
#![allow(clippy::print_stdout)] // It is what the program is for.

use legit_health_bench::Failure;
use legit_health_bench::photograph::Photograph;
use serde_json::json;

/// How many views a body has, and so how many photographs one request can hold.
const VIEWS: usize = 17;
const MB: usize = 1_000_000;

fn main() -> Result<(), Failure> {
    let folder = std::env::args().nth(1).ok_or("bench-material needs a folder")?;
    let mut files =
        vec![("tiny".to_owned(), 3_000), ("1".into(), MB), ("5".into(), 5 * MB), ("20".into(), 20 * MB)];
    files.extend((0..VIEWS).map(|view| (format!("3-{view:02}"), 3 * MB)));
    for (seed, (name, length)) in files.into_iter().enumerate() {
        let Photograph { file, clean } = Photograph::new(length, seed as u64);
        std::fs::write(format!("{folder}/{name}.jpg"), &file)?;
        let digest = |bytes: &[u8]| format!("{}:{:08x}", bytes.len(), crc32fast::hash(bytes));
        println!("{}", json!({"name": name, "file": digest(&file), "clean": digest(&clean)}));
    }
    Ok(())
}
