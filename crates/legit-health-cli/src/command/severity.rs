//! `legit-health severity`: how severe a known condition is.

mod global;
mod local;
mod manual;
mod subject;
mod views;

use crate::args::{Connection, Severity};
use crate::failure::Failure;
use crate::output::Output;
use views::Extent;

pub(crate) async fn run(
    connection: &Connection,
    severity: Severity,
    output: &mut Output,
) -> Result<(), Failure> {
    match severity {
        Severity::Manual { about, answers } => manual::run(connection, &about, &answers, output).await,
        Severity::Local { about, image, answers, save_images } => {
            local::run(connection, &about, &image, &answers, save_images.as_deref(), output).await
        }
        Severity::Global { scale, directory, condition, partial, save_images } => {
            let extent = if partial { Extent::Part } else { Extent::Whole };
            let views = (directory.as_path(), extent);
            global::run(connection, &scale, &condition, views, save_images.as_deref(), output).await
        }
    }
}
