use legit_health::answer;
use legit_health::scale::Uas;

const ANSWERS: Uas = Uas { pruritus: answer!(7), wheals: answer!(1) };

fn main() {
    let _ = ANSWERS;
}
