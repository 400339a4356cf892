//! `legit-health device`

use crate::args::Connection;
use crate::connect::Device;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

pub(crate) async fn run(connection: &Connection, output: &mut Output) -> Result<(), Failure> {
    let device = Device::connect(connection, output).await?;
    let reply = device.client.device_information().reply().await?;
    if output.is_json() {
        output.data(&reply.json.expect("the call keeps the document of a label"))?;
    } else {
        output.data(&render::device_information(&reply.value))?;
    }
    Ok(())
}
