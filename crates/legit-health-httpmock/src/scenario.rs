//! Named ways in which a device misbehaves.

use std::time::Duration;

use httpmock::{HttpMockRequest, HttpMockResponse, Then};
use legit_health_api::codes::Modality;
use legit_health_api::device::types::ErrorBody;
use serde_json::{Value, json};

use crate::default_responses::token;
use crate::exchange::{json, json_response, path_below_base};
use crate::{MockDevice, When, document};

/// A way in which a device misbehaves. See [`MockDevice::with_scenario`].
///
/// Texts and shapes of the responses are those of the contract, as far as its sources show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scenario {
    /// Every login is refused (401).
    WrongPassword,
    /// The token of the first login has expired: calls with it are refused (401). The token of the next login is valid.
    ExpiredToken,
    /// No token is valid: every call is refused (401), also after another login.
    RefusedTokens,
    /// The account can log in, but not call (403).
    Forbidden,
    /// Every call but the login exceeds the rate limit (429), with `Retry-After` in seconds.
    RateLimit {
        /// How long to wait; fractions of a second are dropped.
        retry_after: Duration,
    },
    /// Every call but the login fails (500); the device may have done the work.
    ServerError,
    /// The device is not available for every call but the login (503).
    Unavailable,
    /// A proxy before the device responds to every call but the login, in HTML (502).
    BadGateway,
    /// The request body of every call but the login is too large for the server (413).
    TooLarge,
    /// The last image of a diagnosis support call cannot be used; the report says so.
    UnusableImage,
    /// The first image of a diagnosis support call is refused because it is not Base64 (422).
    RefusedImage,
    /// The device does not know the scales of a severity call (422). The wording is inferred.
    UnknownScale,
    /// The report of a diagnosis support call has codes and members that this version does not know.
    NewCodes,
    /// The report of a diagnosis support call (200) lacks a required member.
    BrokenReport,
}

impl MockDevice {
    /// Makes the device misbehave in every call from now on.
    ///
    /// Mocks are tried in the order they were made, so call this right after [`start`](Self::start). Calls that the
    /// scenario does not affect are left to the mocks.
    ///
    /// ```
    /// use legit_health_httpmock::{MockDevice, Scenario};
    /// # use std::time::Duration;
    /// let scenario = Scenario::RateLimit { retry_after: Duration::from_secs(30) };
    /// let device = MockDevice::start().with_scenario(scenario);
    /// ```
    #[must_use]
    pub fn with_scenario(self, scenario: Scenario) -> Self {
        self.mock_scenario(|when, then| drop(scenario.mock(when, then)));
        self
    }

    /// Makes the device misbehave in one call, and then respond as its mocks say.
    ///
    /// ```
    /// use legit_health_httpmock::{MockDevice, Scenario, document};
    ///
    /// let device = MockDevice::start().with_scenario_once(Scenario::Unavailable);
    /// device.diagnosis_support(|_, then| {
    ///     then.ok(&document::diagnosis_support(1));
    /// });
    /// ```
    #[must_use]
    pub fn with_scenario_once(self, scenario: Scenario) -> Self {
        self.mock_scenario(|when, then| drop(scenario.mock(when, then).up_to_n_times(1)));
        self
    }
}

impl Scenario {
    fn mock(self, when: When, then: Then) -> Then {
        self.expect(when);
        let (status, detail) = match self {
            Self::WrongPassword => (401, "Incorrect username or password"),
            Self::ExpiredToken => (401, "Expired token"),
            Self::RefusedTokens => (401, "Invalid token"),
            Self::Forbidden => (403, "Forbidden"),
            Self::RateLimit { .. } => (429, "Too many requests"),
            Self::ServerError => (500, "Internal Server Error"),
            Self::Unavailable => (503, "Service Unavailable"),
            Self::TooLarge => (413, "Request Entity Too Large"),
            Self::BadGateway => {
                let page = "<html><head><title>502 Bad Gateway</title></head><body></body></html>";
                return then.status(502).header("content-type", "text/html").body(page);
            }
            Self::RefusedImage => return then.status(422).json_body_obj(&refused_image()),
            Self::UnknownScale => return then.respond_with(unknown_scales),
            Self::UnusableImage | Self::NewCodes | Self::BrokenReport => {
                return then.respond_with(move |request| json_response(200, &self.report(request)));
            }
        };
        let then = then.status(status).json_body(json!({"detail": detail}));
        match self {
            Self::RateLimit { retry_after } => then.header("retry-after", retry_after.as_secs().to_string()),
            _ => then,
        }
    }

    /// Adds the expectations for the calls that the scenario affects.
    fn expect(self, when: When) {
        match self {
            Self::WrongPassword => when.path("/login"),
            Self::UnusableImage | Self::RefusedImage | Self::NewCodes | Self::BrokenReport => {
                when.path("/diagnosis-support")
            }
            Self::UnknownScale => when.is_true("not a severity call", |request| {
                path_below_base(request).is_some_and(|path| path.starts_with("/severity-assessment/"))
            }),
            _ => {
                let when = when.is_true("the login", |request| {
                    path_below_base(request).is_some_and(|path| path != "/login")
                });
                match self {
                    Self::ExpiredToken => when.header("authorization", format!("Bearer {}", token(1))),
                    _ => when,
                }
            }
        };
    }

    /// Returns a report on as many images as a diagnosis support call sends, changed by the scenario.
    fn report(self, request: &HttpMockRequest) -> Value {
        let images = json(request).and_then(|body| Some(body["payload"].as_array()?.len())).unwrap_or(1);
        let mut report = document::diagnosis_support(images);
        match self {
            Self::UnusableImage => {
                if let Some(last) = report.imaging_analysis.last_mut() {
                    *last = document::unusable_image();
                }
            }
            Self::NewCodes => {
                for analysis in &mut report.imaging_analysis {
                    analysis.media_validity.modality.value = Modality::Unknown("Ultraviolet".into());
                }
                report.unknown_fields.insert("newMember".into(), json!({"a": 1}));
            }
            _ => {}
        }
        let mut report = json!(report);
        if self == Self::BrokenReport {
            report["clinicalIndicator"].as_object_mut().and_then(|members| members.remove("malignancy"));
        }
        report
    }
}

fn refused_image() -> ErrorBody {
    let location = ["body", "payload", "0", "contentAttachment", "data"];
    document::validation_error(location, "value_error", "Value error, Only base64 data is allowed")
}

fn unknown_scales(request: &HttpMockRequest) -> HttpMockResponse {
    let body = json(request).unwrap_or_default();
    let codes = body["scoringSystem"].as_object().into_iter().flat_map(|scales| scales.keys());
    let error = |code: &String| {
        json!({
            "type": "extra_forbidden", "loc": ["body", "scoringSystem", code],
            "msg": "Extra inputs are not permitted",
        })
    };
    json_response(422, &json!({"detail": codes.map(error).collect::<Vec<_>>()}))
}
