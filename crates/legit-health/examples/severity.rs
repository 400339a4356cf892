//! Scores one zone of psoriasis: from answers alone, and from an image.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::codes::Intensity;
use legit_health::scale::{Apasi, Pasi, Pure4};
use legit_health::{BodySite, Client, Condition, Image, answer};

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = Client::from_env()?;
    let arm = client.severity(Condition::icd11("EA90", "Psoriasis")).at(BodySite::ArmLeft);

    let pasi =
        Pasi { surface: answer!(2), erythema: answer!(3), induration: answer!(2), desquamation: answer!(1) };
    let pure4 = Pure4 { question1: true, question2: false, question3: false, question4: true };
    let (pasi, pure4) = arm.manual((pasi, pure4)).await?;
    println!("PASI of this zone {}, PURE-4 {}", pasi.value, pure4.value);

    let apasi = arm.local(Image::open("arm.jpg")?, Apasi { surface: answer!(2) }).await?;
    println!("{} ({})", apasi.value, apasi.category.as_deref().unwrap_or("no category"));
    if let Some(contribution) = &apasi.contribution {
        println!("adds {} to the whole body", contribution.value);
    }
    match apasi.intensity.and_then(|grade| grade.at_least(Intensity::Moderate)) {
        Some(true) => println!("moderate or worse, says the device"),
        Some(false) => println!("below moderate, says the device"),
        None => println!("no grade that this version can rank"),
    }
    Ok(())
}
