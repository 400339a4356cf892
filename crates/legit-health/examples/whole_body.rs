//! Scores vitiligo of a whole body, from a folder with an image of each of the 17 views.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::Client;
use legit_health::scale::Avasi;
use legit_health::views::BodyViews;

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = Client::from_env()?;
    let result = client.severity("vitiligo").global(Avasi, BodyViews::from_dir("images")?).await?;

    println!("{} over {} views", result.whole.value, result.covered.len());
    for (view, _) in result.unusable_views() {
        println!("take {view} again");
    }
    Ok(())
}
