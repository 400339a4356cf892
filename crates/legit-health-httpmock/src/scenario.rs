//! Ways in which a device misbehaves, by name.

use std::time::Duration;

use httpmock::{HttpMockRequest, HttpMockResponse, Then};
use legit_health_api::codes::Modality;
use legit_health_api::device::types::{DiagnosisSupportReport, ErrorBody};
use serde_json::{Value, json};

use crate::default_answers::answer;
use crate::session::first_token;
use crate::when::{below_base, json};
use crate::{MockDevice, When, document};

/// A way in which a device misbehaves. See [`MockDevice::playing`].
///
/// Sentences and shapes are those of the contract, as far as its sources tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scenario {
    /// The login is refused (401), whoever asks.
    WrongPassword,
    /// The token of the first login has ended: calls with it are refused (401). That of the next login is good.
    ExpiredToken,
    /// No token is good: every call is refused (401), also after a new login.
    RefusedTokens,
    /// The account may log in, but not call (403).
    Forbidden,
    /// Too many requests (429), with `Retry-After` in seconds. Not of the login.
    RateLimit {
        /// How long to wait; fractions of a second are dropped.
        retry_after: Duration,
    },
    /// The device fails (500) in every call: it may have done the work.
    ServerError,
    /// Not available for the moment (503).
    Unavailable,
    /// A proxy before the device answers every call, in HTML (502).
    BadGateway,
    /// The body is too large for the server (413).
    TooLarge,
    /// The last image of a diagnosis support call cannot be used; the report comes all the same, and says so.
    UnusableImage,
    /// The first image of a diagnosis support call is refused as no base64 (422).
    RefusedImage,
    /// The scales of a severity call are unknown to the device (422). The wording is inferred.
    UnknownScale,
    /// The report has codes and members that no client of this version knows.
    NewCodes,
    /// The report lacks a member that the contract requires, and comes with 200.
    BrokenReport,
}

impl MockDevice {
    /// Has the device misbehave, from now on and each time. Scenarios come before mocks that are made later, so they
    /// belong right behind [`start`](Self::start); what a scenario does not touch, mocks answer.
    ///
    /// ```
    /// use legit_health_httpmock::{MockDevice, Scenario};
    /// # use std::time::Duration;
    /// let device = MockDevice::start().playing(Scenario::RateLimit { retry_after: Duration::from_secs(30) });
    /// ```
    #[must_use]
    pub fn playing(self, scenario: Scenario) -> Self {
        self.interrupt(|when, then| drop(scenario.play(when, then)));
        self
    }

    /// Has the device misbehave once, and then answer by its mocks.
    ///
    /// ```
    /// use legit_health_httpmock::{MockDevice, Scenario, document};
    ///
    /// let device = MockDevice::start().playing_once(Scenario::Unavailable);
    /// device.diagnosis_support(|_, then| {
    ///     then.ok(&document::diagnosis_support(1));
    /// });
    /// ```
    #[must_use]
    pub fn playing_once(self, scenario: Scenario) -> Self {
        self.interrupt(|when, then| drop(scenario.play(when, then).up_to_n_times(1)));
        self
    }
}

impl Scenario {
    fn play(self, when: When, then: Then) -> Then {
        let says = |sentence: &str| json!({"detail": sentence});
        let fails = |then: Then, status: u16, sentence: &str| then.status(status).json_body(says(sentence));
        match self {
            Self::WrongPassword => {
                when.path("/login");
                fails(then, 401, "Incorrect username or password")
            }
            Self::ExpiredToken => {
                calls(when).header("authorization", format!("Bearer {}", first_token()));
                fails(then, 401, "Expired token")
            }
            Self::RefusedTokens => {
                calls(when);
                fails(then, 401, "Invalid token")
            }
            Self::Forbidden => {
                calls(when);
                fails(then, 403, "Forbidden")
            }
            Self::RateLimit { retry_after } => {
                calls(when);
                fails(then, 429, "Too many requests").header("retry-after", retry_after.as_secs().to_string())
            }
            Self::ServerError => {
                calls(when);
                fails(then, 500, "Internal Server Error")
            }
            Self::Unavailable => {
                calls(when);
                fails(then, 503, "Service Unavailable")
            }
            Self::BadGateway => {
                calls(when);
                let page = "<html><head><title>502 Bad Gateway</title></head><body></body></html>";
                then.status(502).header("content-type", "text/html").body(page)
            }
            Self::TooLarge => {
                calls(when);
                fails(then, 413, "Request Entity Too Large")
            }
            Self::RefusedImage => {
                when.path("/diagnosis-support");
                then.status(422).json_body_obj(&refused_image())
            }
            Self::UnknownScale => {
                when.is_true("a severity call", |request| {
                    below_base(request).is_some_and(|path| path.starts_with("/severity-assessment/"))
                });
                then.respond_with(unknown_scales)
            }
            Self::UnusableImage => reports(when, then, |report| {
                for analysis in report.imaging_analysis.iter_mut().rev().take(1) {
                    *analysis = document::unusable_image();
                }
                json!(report)
            }),
            Self::NewCodes => reports(when, then, |report| {
                for analysis in &mut report.imaging_analysis {
                    analysis.media_validity.modality.value = Modality::Unknown("Ultraviolet".into());
                }
                report.unknown_fields.insert("newMember".into(), json!({"a": 1}));
                json!(report)
            }),
            Self::BrokenReport => reports(when, then, |report| {
                let mut document = json!(report);
                if let Some(indicators) = document["clinicalIndicator"].as_object_mut() {
                    indicators.remove("malignancy");
                }
                document
            }),
        }
    }
}

/// Everything but the login.
fn calls(when: When) -> When {
    when.is_true("the login", |request| below_base(request).is_some_and(|path| path != "/login"))
}

/// Answers a diagnosis support call with a report on as many images as it sends, changed.
fn reports(when: When, then: Then, change: fn(&mut DiagnosisSupportReport) -> Value) -> Then {
    when.path("/diagnosis-support");
    then.respond_with(move |request| {
        let images = json(request).and_then(|body| Some(body["payload"].as_array()?.len()));
        let mut report = document::diagnosis_support(images.unwrap_or(1));
        answer(200, &change(&mut report))
    })
}

fn refused_image() -> ErrorBody {
    let place = ["body", "payload", "0", "contentAttachment", "data"];
    document::fault(place, "value_error", "Value error, Only base64 data is allowed")
}

fn unknown_scales(request: &HttpMockRequest) -> HttpMockResponse {
    let body = json(request).unwrap_or_default();
    let codes = body["scoringSystem"].as_object().into_iter().flat_map(|scales| scales.keys());
    let fault = |code: &String| {
        json!({
            "type": "extra_forbidden", "loc": ["body", "scoringSystem", code],
            "msg": "Extra inputs are not permitted",
        })
    };
    answer(422, &json!({"detail": codes.map(fault).collect::<Vec<_>>()}))
}
