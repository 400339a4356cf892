use legit_health::{answer, scale::Uas};

const ANSWERS: Uas = Uas { pruritus: answer!(7), wheals: answer!(1) };

fn main() {
    let _ = ANSWERS;
}
