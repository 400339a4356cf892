use legit_health::Secret;

fn main() {
    println!("{}", Secret::new("s3cret"));
}
