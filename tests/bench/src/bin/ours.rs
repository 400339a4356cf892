//! The client of this workspace, used as its documentation shows.

use legit_health::images::{ImageError, SupportImages};
use legit_health::scale::Avasi;
use legit_health::views::{PartialBodyViews, View};
use legit_health::{Client, Credentials, Image};
use legit_health_bench::Failure;
use legit_health_bench::load::{self, Load, Runtime, Worker};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(clap::Parser)]
struct Options {
    #[command(flatten)]
    load: Load,
    #[arg(long, value_enum, default_value = "current")]
    runtime: Runtime,
    #[arg(long, value_enum, default_value = "file")]
    source: Source,
}

/// From where an image is sent.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Source {
    Memory,
    File,
}

impl Source {
    fn image(self, path: &Path) -> Result<Image, ImageError> {
        match self {
            Self::Memory => Image::open(path),
            Self::File => Image::stream(path),
        }
    }
}

struct Calling {
    client: Client,
    source: Source,
    paths: Vec<PathBuf>,
}

impl Worker for Calling {
    async fn call(&mut self) -> Result<(), Failure> {
        let images = self.paths.iter().map(|path| self.source.image(path));
        if self.paths.len() <= 3 {
            let images = SupportImages::try_from(images.collect::<Result<Vec<_>, _>>()?)?;
            self.client.diagnosis_support(images).await?;
        } else {
            let views = View::ALL.into_iter().zip(images);
            let views =
                views.map(|(view, image)| Ok((view, image?))).collect::<Result<BTreeMap<_, _>, ImageError>>();
            self.client.severity("vitiligo").global(Avasi, PartialBodyViews::try_from(views?)?).await?;
        }
        Ok(())
    }
}

fn main() -> Result<(), Failure> {
    let Options { load, runtime, source } = clap::Parser::parse();
    runtime.print(async {
        let client = Client::builder()
            .base_url(load.base_url())
            .credentials(Credentials::password("clinic@example.org", "s3cret"))
            .build()?;
        let worker = || Calling { client: client.clone(), source, paths: load.images.clone() };
        load::run(&load, (0..load.max_concurrent_requests).map(|_| worker()).collect()).await
    })
}
