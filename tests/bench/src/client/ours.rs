//! The client of this workspace, used as its documentation shows.

use super::{Connection, Load};
use crate::Failure;
use legit_health::images::{ImageError, SupportImages};
use legit_health::scale::Avasi;
use legit_health::views::{PartialBodyViews, View};
use legit_health::{Client, Credentials, Image};
use std::collections::BTreeMap;

pub(super) struct Ours {
    client: Client,
    load: Load,
    memory: bool,
}

pub(super) fn connect(load: &Load, memory: bool) -> Result<Vec<Ours>, Failure> {
    let client = Client::builder()
        .base_url(load.url.as_str())
        .credentials(Credentials::password("clinic@example.org", "s3cret"))
        .build()?;
    let connection = |_| Ours { client: client.clone(), load: load.clone(), memory };
    Ok((0..load.concurrency).map(connection).collect())
}

impl Connection for Ours {
    async fn send(&mut self) -> Result<(), Failure> {
        let paths = self.load.images.iter();
        let images = paths.map(|path| if self.memory { Image::open(path) } else { Image::stream(path) });
        if self.load.views.is_empty() {
            let images = SupportImages::try_from(images.collect::<Result<Vec<_>, _>>()?)?;
            self.client.diagnosis_support(images).await?;
        } else {
            let views = View::ALL.into_iter().zip(images).map(|(view, image)| Ok((view, image?)));
            let views = views.collect::<Result<BTreeMap<_, _>, ImageError>>()?;
            self.client.severity("vitiligo").global(Avasi, PartialBodyViews::try_from(views)?).await?;
        }
        Ok(())
    }
}
