//! The values of the contract that a plain Rust type would get wrong: secrets, pictures, bounded and lenient numbers.
//!
//! Those that hold a secret, an image or a patient's answer do not print it.

mod answer_value;
mod bounded;
mod error_detail;
mod hidden;
mod image_data;
mod issue_time;
mod minutes;
mod number;
mod percent;
mod secret;

pub use answer_value::AnswerValue;
pub use bounded::{Bounded, OutOfRange};
pub use error_detail::{Echo, ErrorDetail, LocationPart};
pub use image_data::ImageData;
pub use issue_time::IssueTime;
pub use minutes::Minutes;
pub use percent::Percent;
pub use secret::{Secret, Username};

pub(crate) use hidden::hidden;
pub(crate) use number::{Number, serialize_number};
