//! The member `request` of a printed document: what was asked of whom, so that a stored document can be understood later.

use crate::account::device_label::DeviceLabel;
use crate::connect::{Device, beside_the_runtime};
use crate::failure::Failure;
use crate::output::Output;
use legit_health::Image;
use legit_health::calls::{PendingCall, Provenance, Sha256Digest};
use legit_health::triage::TriagePolicy;
use legit_health::views::View;
use legit_health_batch::table::on_one_line;
use serde_json::json;
use std::path::Path;

/// What the arguments of a command say about a case.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    pub(crate) scale: Option<&'a str>,
    pub(crate) site: Option<&'a str>,
    pub(crate) condition: Option<&'a str>,
    /// The patient or case. It is never sent.
    pub(crate) reference: Option<&'a str>,
    /// The views that the images show, in their order; none, if the images are of no views.
    pub(crate) views: &'a [View],
    /// The thresholds by which the priority is told.
    pub(crate) thresholds: Option<TriagePolicy>,
}

impl Asked<'_> {
    /// Notes the reference in the records of the call.
    pub(crate) fn referring<T>(&self, call: PendingCall<T>) -> PendingCall<T> {
        match self.reference {
            Some(reference) => call.reference(reference),
            None => call,
        }
    }

    /// The document on one line, with the member `request` at its end. The other members stay as they came.
    pub(crate) fn noted(
        &self,
        document: &str,
        provenance: &Provenance,
        images: &[Sha256Digest],
        device: &DeviceLabel,
    ) -> String {
        let line = on_one_line(document);
        let Some(members) = line.trim_end().strip_suffix('}') else { return line };
        let image = |(place, digest): (usize, &Sha256Digest)| match self.views.get(place) {
            Some(view) => json!({"sha256": digest.to_string(), "view": view.code()}),
            None => json!({"sha256": digest.to_string()}),
        };
        let mut request = json!({
            "operation": provenance.operation,
            "scale": self.scale,
            "bodySite": self.site,
            "condition": self.condition,
            "sentAt": json!(provenance)["started"],
            "reference": self.reference,
            "images": images.iter().enumerate().map(image).collect::<Vec<_>>(),
            "device": {"version": device.version, "udi": device.udi},
            "requestId": provenance.request_id,
        });
        if let Some(thresholds) = self.thresholds {
            request["thresholds"] = json!(thresholds);
        }
        format!("{members},\"request\":{request}}}")
    }
}

/// What is asked of the device for the member `request`: nothing, if no document is printed.
pub(crate) async fn label(device: &Device, output: &Output) -> DeviceLabel {
    if output.is_json() { device.label().await } else { DeviceLabel::default() }
}

/// The digest of an image as it is sent.
pub(crate) async fn digest(image: &Image, path: &Path) -> Result<Sha256Digest, Failure> {
    let image = image.clone();
    let digest = beside_the_runtime(move || image.read().map(|bytes| Sha256Digest::of(&bytes))).await;
    digest.map_err(|error| Failure::image(path, &error))
}
