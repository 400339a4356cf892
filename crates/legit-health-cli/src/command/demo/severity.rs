//! The demonstration of severity: by answers, by one image, by views of the whole body.

use super::{Gallery, step};
use crate::failure::Failure;
use crate::output::Output;
use crate::{render, scales};
use legit_health::scale::{Apasi, Avasi, Pasi, Scale};
use legit_health::views::BodyViews;
use legit_health::{BodySite, Client, answer};

pub(super) async fn answers(client: &Client, output: &mut Output) -> Result<(), Failure> {
    step(
        output,
        "4. Score answers alone: an answer out of bounds does not compile",
        "let answers = Pasi { surface: answer!(2), erythema: answer!(3),\n                       \
         induration: answer!(2), desquamation: answer!(1) };\n  \
         client.severity(\"psoriasis\").at(BodySite::ArmLeft).manual(answers).await?",
    )?;
    let answers =
        Pasi { surface: answer!(2), erythema: answer!(3), induration: answer!(2), desquamation: answer!(1) };
    let score = client.severity("psoriasis").at(BodySite::ArmLeft).manual(answers).await?;
    output.data(&render::severity(&score, &scales::named(Pasi::CODE)?, None))?;
    Ok(())
}

pub(super) async fn one_site(client: &Client, gallery: &Gallery, output: &mut Output) -> Result<(), Failure> {
    step(
        output,
        "5. Score a photograph of one body site",
        "let arm = client.severity(\"psoriasis\").at(BodySite::ArmLeft);\n  \
         arm.local(image, Apasi { surface: answer!(2) }).await?",
    )?;
    let (name, image) = gallery.image("psoriasis-moderate.jpg")?;
    let answers = Apasi { surface: answer!(2) };
    let score = client.severity("psoriasis").at(BodySite::ArmLeft).local(image, answers).await?;
    output.data(&render::severity(&score, &scales::named(Apasi::CODE)?, Some(&name)))?;
    output.data(&format!(
        "\nIt brings {} images along, such as a mask; `--save-images DIR` writes them.\n",
        score.attachments.len()
    ))?;
    Ok(())
}

pub(super) async fn whole_body(
    client: &Client,
    gallery: &Gallery,
    output: &mut Output,
) -> Result<(), Failure> {
    step(
        output,
        "6. Score seventeen views of the whole body: sixteen do not compile",
        "let views = BodyViews::from_dir(\"photos\")?;\n  \
         client.severity(\"vitiligo\").global(Avasi, views).await?",
    )?;
    let views = BodyViews::try_from_fn(|_| gallery.image("vitiligo-severe.jpg").map(|(_, image)| image))?;
    let score = client.severity("vitiligo").global(Avasi, views).await?;
    output.data(&render::whole_body(&score, &scales::named(Avasi::CODE)?))?;
    Ok(())
}
