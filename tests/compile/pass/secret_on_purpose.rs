//! The twin of a program that must not compile.

use legit_health::credentials::Secret;

pub fn main() {
    assert_eq!(Secret::new("s3cret").expose(), "s3cret");
    assert_eq!(format!("{:?}", Secret::new("s3cret")), "Secret(..)");
}
