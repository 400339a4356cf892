//! The twin of a program that must not compile.

use legit_health::answer;
use legit_health::scale::Uas;

const ANSWERS: Uas = Uas { pruritus: answer!(3), wheals: answer!(1) };

pub fn main() {
    let _ = ANSWERS;
}
