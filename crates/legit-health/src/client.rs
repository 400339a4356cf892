//! The async client and its calls.

mod builder;

pub use builder::ClientBuilder;

use crate::auth::Account;
use crate::call::{Options, OwnCall, PendingCall, Session};
use crate::catalog::Catalog;
use crate::config::ConfigError;
use crate::error::Error;
use crate::report::{DeviceInformation, DiagnosisSupport, IntoReport};
use crate::severity::{Condition, Severity};
use crate::support_images::IntoSupportImages;
use legit_health_api::ResponseValue;
use legit_health_api::device::types;
use legit_health_api::operations::device as operations;
use std::fmt;
use std::sync::Arc;

/// A client of the device API.
///
/// Cloning is cheap: clones share the token and the connections, and may be used on several runtimes. It logs in at the first call that needs it.
///
/// ```no_run
/// use legit_health::{Client, Image};
///
/// # async fn example() -> Result<(), legit_health::Error> {
/// let client = Client::from_env()?;
/// let report = client.diagnosis_support(Image::open("front.jpg")?).await?;
/// for conclusion in &report.conclusions {
///     println!("{} {}", conclusion.probability, conclusion.condition.label());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<ClientInner>,
}

/// The state that the clones of a client share.
struct ClientInner {
    session: Session,
    account: Arc<Account>,
    catalog: Catalog,
}

impl Client {
    /// Returns a builder, to set a client up in code.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Creates a client from the environment: `LEGIT_HEALTH_URL`, `LEGIT_HEALTH_USERNAME`, and `LEGIT_HEALTH_PASSWORD` or
    /// `LEGIT_HEALTH_PASSWORD_FILE`; also, if they are set, `LEGIT_HEALTH_CATALOG_URL`, and the PEM files that
    /// `LEGIT_HEALTH_CA_FILE` (CA certificates to trust in addition to those of the system), `LEGIT_HEALTH_CLIENT_CERT_FILE` and
    /// `LEGIT_HEALTH_CLIENT_KEY_FILE` name. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// A variable is missing or invalid; the error names it.
    pub fn from_env() -> Result<Self, ConfigError> {
        ClientBuilder::from_env()?.build()
    }

    /// Ranks likely conditions from one, two or three images of the same case.
    ///
    /// An unusable image does not fail the call; see [`Validity`](crate::report::Validity) of its findings.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind) for what to do.
    pub fn diagnosis_support(&self, images: impl IntoSupportImages) -> PendingCall<DiagnosisSupport> {
        let images = images.into_support_images();
        let session = self.inner.session.clone();
        PendingCall::new(session.usual_options(), async move |options| {
            let context = session.call_device(&operations::DIAGNOSIS_SUPPORT, options);
            let sent = images.len();
            let payload: Vec<_> = images.into_iter().map(|image| context.media(image)).collect();
            let result = context.api.diagnosis_support(&types::DiagnosisSupportRequest::new(payload)).await;
            context.conclude(result, |report| DiagnosisSupport::read(report, sent))
        })
    }

    /// Assesses the severity of a known condition, from answers or from images.
    ///
    /// ```no_run
    /// use legit_health::{BodySite, Client, answer};
    /// use legit_health::scale::Uas;
    ///
    /// # async fn example() -> Result<(), legit_health::Error> {
    /// let client = Client::from_env()?;
    /// let answers = Uas { pruritus: answer!(2), wheals: answer!(1) };
    /// let score = client.severity("urticaria").at(BodySite::ArmLeft).manual(answers).await?;
    /// println!("{} ({})", score.value, score.category.as_deref().unwrap_or("no category"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn severity(&self, condition: impl Into<Condition>) -> Severity {
        Severity::new(self.inner.session.clone(), condition.into())
    }

    /// Returns the public catalog: body sites, questionnaires and clinical signs. Its requests carry no token.
    pub fn catalog(&self) -> &Catalog {
        &self.inner.catalog
    }

    /// Fetches the electronic label of the device.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind) for what to do.
    pub fn device_information(&self) -> PendingCall<DeviceInformation> {
        let session = self.inner.session.clone();
        PendingCall::new(Options::of_a_list(&session.host.transport.settings), async move |options| {
            let context = session.call_device(&operations::DEVICE_INFORMATION, options);
            let result = context.api.device_information().await;
            let reply = context.conclude(result, |wire| Ok(wire.into_report()));
            reply.inspect(|reply: &crate::calls::Reply<DeviceInformation>| {
                let versions = &reply.value.versions;
                session.host.set_device_version((!versions.is_empty()).then(|| versions.join(", ")));
            })
        })
    }

    /// Calls an operation of another contract, such as that of another version of the device, with the login, limits,
    /// retries and observers of this client. `legit-health-codegen` generates the client of that contract.
    ///
    /// `operation` is its name for observers and the audit log. The response may be anything; only the generated types
    /// check it.
    ///
    /// ```ignore
    /// // `theirs` is a module that legit-health-codegen has generated.
    /// let reports = client
    ///     .call("list_reports", async move |call| {
    ///         call.api::<theirs::client::Client>().list_reports(&patient).await
    ///     })
    ///     .timeout(Duration::from_secs(60))
    ///     .await?;
    /// ```
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind) for what to do.
    pub fn call<T, F>(
        &self,
        operation: &'static str,
        exchange: impl FnOnce(OwnCall) -> F + Send + 'static,
    ) -> PendingCall<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<ResponseValue<T>, legit_health_api::Error<()>>> + Send + 'static,
    {
        let session = self.inner.session.clone();
        PendingCall::new(session.usual_options(), async move |options| {
            let (context, call) = session.call_own(operation, options);
            let result = exchange(call).await;
            context.conclude(result, Ok)
        })
    }

    /// Logs in now, even if there is a valid token: to find out early whether the account works, or to use a new password.
    ///
    /// It is optional: the first call logs in automatically. After a refusal, calls do not send the same credentials again
    /// for a while, since that could lock the account; this method does.
    ///
    /// # Errors
    ///
    /// The account was refused, or the device could not be reached.
    pub async fn login(&self) -> Result<(), Error> {
        self.inner.account.log_in().await.map(drop)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base_url", &self.inner.session.host.base_url).finish_non_exhaustive()
    }
}
