//! `legit-health sites`

use crate::args::Connection;
use crate::connect::Lists;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

pub(crate) async fn run(connection: &Connection, output: &mut Output) -> Result<(), Failure> {
    let lists = Lists::connect(connection, output).await?;
    let reply = lists.catalog.body_sites().reply().await?;
    if output.is_json() {
        output.data(&reply.json.expect("the call keeps the document of a list"))?;
    } else {
        output.data(&render::sites(&reply.value))?;
    }
    Ok(())
}
