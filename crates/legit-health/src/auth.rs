//! Authentication: the credentials of an account, and the token that a login exchanges them for.

mod credentials;
mod login;

pub use credentials::{Credentials, CredentialsSource, PasswordCommand, PasswordFile};
pub(crate) use credentials::{off_thread, password_in};
pub(crate) use login::Account;
