//! `legit-health device`

use crate::args::Connection;
use crate::connect::Device;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

pub(crate) async fn run(connection: &Connection, output: &mut Output) -> Result<(), Failure> {
    let device = Device::connect(connection, output).await?;
    let label = device.client.device_information().keep_json().await?;
    if output.is_json() {
        output.data(label.json().expect("the call keeps the document of a label"))?;
    } else {
        output.data(&render::device_information(&label))?;
    }
    Ok(())
}
