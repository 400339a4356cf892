//! `Call`: what is asked of the device about a case, with its parameters, and the key of a case.

use legit_health::calls::PendingReply;
use legit_health::codes::Mode;
use legit_health::images::SupportImages;
use legit_health::scale::AnyScale;
use legit_health::{BodySite, Client, DiagnosisSupport, Image, SeverityScore};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version of the contract that this crate is built for. It is part of the key of every case.
pub const CONTRACT_VERSION: &str = "2.0.0";

/// A call that a batch makes for a case, with its parameters.
///
/// `Debug` hides the parameters, which are about a patient.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation")]
#[non_exhaustive]
pub enum Call {
    /// Ranks likely conditions from one to three images.
    #[serde(rename = "diagnosis_support")]
    DiagnosisSupport,
    /// Scores the severity of a known condition from one image of a body site.
    #[serde(rename = "severity_local")]
    SeverityLocal(LocalSeverity),
}

/// The parameters of a severity call about one image. [`LocalSeverity::new`] checks them.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LocalSeverity {
    /// The scale, with the answers that it asks for.
    pub scale: AnyScale,
    /// The body site.
    pub body_site: BodySite,
    /// The known condition, in words.
    pub condition: String,
}

impl LocalSeverity {
    /// Checks the parameters.
    ///
    /// # Errors
    ///
    /// The scale is not scored from one image, or the condition is empty.
    pub fn new(
        scale: AnyScale,
        body_site: BodySite,
        condition: impl Into<String>,
    ) -> Result<Self, InvalidCallError> {
        let condition = condition.into();
        if condition.trim().is_empty() {
            return Err(InvalidCallError("the condition is empty: name it, such as `psoriasis`".to_owned()));
        }
        match scale.info() {
            Some(info) if !info.modes.contains(&Mode::Local) => Err(InvalidCallError(format!(
                "`{}` is not scored from one image of a body site: choose another scale",
                info.code
            ))),
            _ => Ok(Self { scale, body_site, condition }),
        }
    }
}

/// The error of parameters that no call can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidCallError(pub(crate) String);

impl fmt::Display for InvalidCallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidCallError {}

impl Call {
    /// Returns the name of the operation, as the contract has it.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::DiagnosisSupport => "diagnosis_support",
            Self::SeverityLocal(_) => "severity_local",
        }
    }

    /// Returns how many images the call takes at most.
    pub(crate) fn most_images(&self) -> usize {
        match self {
            Self::DiagnosisSupport => 3,
            Self::SeverityLocal(_) => 1,
        }
    }

    /// Returns the call with its parameters as one JSON document, always written in the same way.
    pub(crate) fn document(&self) -> String {
        serde_json::to_string(self).expect("a call is texts and numbers")
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DiagnosisSupport => "DiagnosisSupport",
            Self::SeverityLocal(_) => "SeverityLocal(..)",
        })
    }
}

impl fmt::Debug for LocalSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalSeverity").finish_non_exhaustive()
    }
}

/// A call that is ready to be made.
pub(crate) enum Prepared {
    DiagnosisSupport(PendingReply<DiagnosisSupport>),
    SeverityLocal(PendingReply<SeverityScore<AnyScale>>),
}

impl Call {
    /// Prepares the call. It is sent once: a batch decides itself what is sent again, within its budget of calls.
    pub(crate) fn prepare(
        &self,
        client: &Client,
        images: Vec<Image>,
    ) -> Result<Prepared, legit_health::Error> {
        Ok(match self {
            Self::DiagnosisSupport => {
                let images = SupportImages::try_from(images)?;
                let call = client.diagnosis_support(images);
                Prepared::DiagnosisSupport(call.max_attempts(1).keep_json().reply())
            }
            Self::SeverityLocal(local) => {
                let image = images.into_iter().next().expect("a planned case has an image");
                let severity = client.severity(local.condition.as_str()).at(local.body_site.clone());
                let call = severity.local(image, local.scale.clone());
                Prepared::SeverityLocal(call.max_attempts(1).keep_json().reply())
            }
        })
    }
}
