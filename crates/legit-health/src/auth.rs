//! Authentication: the credentials of an account, and the token that a login exchanges them for.

mod credentials;
mod login;
mod token_store;

pub use credentials::{Credentials, CredentialsSource, PasswordCommand, PasswordFile};
pub(crate) use credentials::{PASSWORD, off_thread, password_in};
pub(crate) use login::Account;
pub use token_store::{LoginLock, StoredToken, TokenStore};
