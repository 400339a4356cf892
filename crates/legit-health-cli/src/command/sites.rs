//! `legit-health sites`

use crate::args::Connection;
use crate::connect::Lists;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

pub(crate) async fn run(connection: &Connection, output: &mut Output) -> Result<(), Failure> {
    let lists = Lists::connect(connection, output).await?;
    let sites = lists.catalog.body_sites().keep_json().await?;
    if output.is_json() {
        output.data(sites.json().expect("the call keeps the document of a list"))?;
    } else {
        output.data(&render::sites(&sites))?;
    }
    Ok(())
}
