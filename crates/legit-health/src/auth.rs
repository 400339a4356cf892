//! Authentication: the credentials of an account, and the token that a login exchanges them for.

mod credentials;
mod login;

pub use credentials::{Credentials, CredentialsSource, PasswordCommand, PasswordFile};
pub(crate) use credentials::{first_line, off_thread};
pub(crate) use login::Account;
