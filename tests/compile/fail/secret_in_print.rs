use legit_health::credentials::Secret;

fn main() {
    println!("{}", Secret::new("s3cret"));
}
