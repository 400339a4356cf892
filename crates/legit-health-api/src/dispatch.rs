//! Dispatch: the sending of generated requests by something other than reqwest.
//!
//! Pass [`CallScope::default`] to a generated client, unless you send its requests yourself.
//!
//! Generated clients hold a [`CallScope`]. With the default scope, the *plain mode*, requests go straight to reqwest and
//! images are ordinary bytes. A scope made with [`CallScope::new`] serves one call: its images are
//! [slots](CallScope::slot), and a [`Dispatcher`] sends the request.
//!
//! A generated method first runs the hook `pre`, then `exec`. `pre` checks the request, cuts its body at the slots once,
//! and dispatches it; if there is no response it ends the method with an error. `exec` returns the response. All state
//! belongs to one scope: nothing is global, thread-local or task-local.

mod slots;

pub use slots::BodyPart;
pub(crate) use slots::Placeholder;

use crate::scalar::ImageData;
use crate::{catalog, device};
use bytes::Bytes;
use progenitor_client::OperationInfo;
use reqwest::{Request, Response};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends a request and receives its complete response.
pub trait Dispatcher: Send + Sync {
    /// Sends the request and returns its response; `None` if there is none, for a reason that the dispatcher keeps.
    fn dispatch(&self, request: OutgoingRequest) -> BoxFuture<'_, Option<http::Response<Bytes>>>;
}

/// A generated request, cut at its slots.
pub struct OutgoingRequest {
    /// The operation, as the spec names it.
    pub operation_id: &'static str,
    /// HTTP method.
    pub method: http::Method,
    /// The whole address.
    pub uri: http::Uri,
    /// The headers that the generated code sets; no authorisation.
    pub headers: http::HeaderMap,
    /// Text and slots, in turn.
    pub body: Vec<BodyPart>,
}

/// Prints the operation only, since the body may hold a password or a patient's answers.
impl fmt::Debug for OutgoingRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingRequest").field("operation_id", &self.operation_id).finish_non_exhaustive()
    }
}

/// The scope of a generated client. [`CallScope::default`] is the plain mode.
#[derive(Clone, Default)]
pub struct CallScope(Option<Arc<Scope>>);

struct Scope {
    dispatcher: Arc<dyn Dispatcher>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    slots: Vec<Placeholder>,
    used: bool,
    /// The response, from the end of `pre` until `exec`.
    response: Option<http::Response<Bytes>>,
}

impl CallScope {
    /// Creates a scope for one request, which `dispatcher` will send.
    pub fn new(dispatcher: Arc<dyn Dispatcher>) -> Self {
        Self(Some(Arc::new(Scope { dispatcher, state: Mutex::default() })))
    }

    /// Issues the next slot. Slots are numbered from 0 in the order in which they are issued.
    ///
    /// Returns `None` in the plain mode, where nothing fills slots.
    pub fn slot(&self) -> Option<ImageData> {
        let scope = self.0.as_ref()?;
        let placeholder = Placeholder::random();
        scope.state().slots.push(placeholder.clone());
        Some(ImageData::slot(placeholder))
    }
}

impl Scope {
    /// Cuts the body, which must hold every slot exactly once. Uses up the scope.
    fn cut(&self, request: &Request) -> Result<Vec<BodyPart>, DispatchError> {
        // With slots, this copies some hundred bytes of template.
        let body = Bytes::copy_from_slice(body_bytes(request)?);
        let mut state = self.state();
        if state.used {
            return Err(DispatchError::ScopeReused);
        }
        let parts = slots::cut(&body, &state.slots)?;
        state.used = true;
        Ok(parts)
    }

    /// No code runs under this lock that could panic half-way, so a poisoned state is consistent.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CallScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "CallScope(call)" } else { "CallScope(plain)" })
    }
}

/// A client that was generated from a contract, in this crate or another one.
pub trait GeneratedClient {
    /// Creates it for calls below this address. `builder` builds its requests, and in the plain mode sends them.
    fn in_scope(base_url: &str, builder: reqwest::Client, scope: CallScope) -> Self;
}

/// Implements the hooks of a generated client, in whichever crate it was generated.
#[doc(hidden)]
#[macro_export]
macro_rules! __hooks {
    ($client:ty) => {
        impl $crate::dispatch::GeneratedClient for $client {
            fn in_scope(
                base_url: &str,
                builder: ::reqwest::Client,
                scope: $crate::dispatch::CallScope,
            ) -> Self {
                Self::new_with_client(base_url, builder, scope)
            }
        }

        impl ::progenitor_client::ClientHooks<$crate::dispatch::CallScope> for $client {
            async fn pre<E>(
                &self,
                request: &mut ::reqwest::Request,
                operation: &::progenitor_client::OperationInfo,
            ) -> Result<(), ::progenitor_client::Error<E>> {
                let scope = ::progenitor_client::ClientInfo::inner(self);
                $crate::dispatch::pre(scope, request, operation)
                    .await
                    .map_err(|why| ::progenitor_client::Error::Custom(why.to_string()))
            }

            async fn exec(
                &self,
                request: ::reqwest::Request,
                _: &::progenitor_client::OperationInfo,
            ) -> ::reqwest::Result<::reqwest::Response> {
                use ::progenitor_client::ClientInfo;
                $crate::dispatch::exec(self.inner(), self.client(), request).await
            }
        }
    };
}

// For generated clients, which may be in another crate.
#[doc(hidden)]
pub use __hooks as hooks;

hooks!(device::Client);
hooks!(catalog::Client);

/// Dispatches the request of a scope, and rejects a request of the plain mode that holds a slot.
#[doc(hidden)]
pub async fn pre(
    scope: &CallScope,
    request: &mut Request,
    operation: &OperationInfo,
) -> Result<(), DispatchError> {
    // The generator adds this header for its own servers; this API does not use it.
    request.headers_mut().remove("api-version");
    let Some(scope) = &scope.0 else {
        let holds_slot = slots::has_placeholder(body_bytes(request)?);
        return if holds_slot { Err(DispatchError::OutsideScope) } else { Ok(()) };
    };
    let request = OutgoingRequest {
        operation_id: operation.operation_id,
        method: request.method().clone(),
        uri: request.url().as_str().parse().map_err(|_| DispatchError::UnreadableRequest)?,
        headers: request.headers().clone(),
        body: scope.cut(request)?,
    };
    let response = scope.dispatcher.dispatch(request).await.ok_or(DispatchError::NoResponse)?;
    scope.state().response = Some(response);
    Ok(())
}

/// Returns the response that `pre` has left in the scope. In the plain mode it sends the request.
#[doc(hidden)]
pub async fn exec(scope: &CallScope, http: &reqwest::Client, request: Request) -> reqwest::Result<Response> {
    let Some(scope) = &scope.0 else {
        return http.execute(request).await;
    };
    let response =
        scope.state().response.take().expect("`pre` runs first, and fails if there is no response");
    // The parser requires a `reqwest::Response`; the bytes are shared, not copied.
    Ok(Response::from(response))
}

fn body_bytes(request: &Request) -> Result<&[u8], DispatchError> {
    match request.body() {
        None => Ok(&[]),
        Some(body) => body.as_bytes().ok_or(DispatchError::UnreadableRequest),
    }
}

/// The reason why a generated call was not sent, or has no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DispatchError {
    /// A slot of the scope is not in the request.
    MissingSlot,
    /// A slot is in the request more than once.
    RepeatedSlot,
    /// The request holds a slot of another scope.
    ForeignSlot,
    /// The request holds a slot, but is sent in the plain mode.
    OutsideScope,
    /// The scope has served its one request.
    ScopeReused,
    /// The address or the body of the request cannot be read.
    UnreadableRequest,
    /// The request was dispatched and there is no response; the [`Dispatcher`] keeps the reason.
    NoResponse,
}

impl DispatchError {
    const ALL: [Self; 7] = [
        Self::MissingSlot,
        Self::RepeatedSlot,
        Self::ForeignSlot,
        Self::OutsideScope,
        Self::ScopeReused,
        Self::UnreadableRequest,
        Self::NoResponse,
    ];

    /// Reads the reason back from the error of a generated call, which can carry only text.
    pub fn of<E>(error: &crate::Error<E>) -> Option<Self> {
        let crate::Error::Custom(text) = error else {
            return None;
        };
        Self::ALL.into_iter().find(|reason| reason.text() == text)
    }

    /// Writes the text of the reason, which is unique, so that it can be read back.
    const fn text(self) -> &'static str {
        match self {
            Self::MissingSlot => "nothing was sent: an image of this call is not in its request",
            Self::RepeatedSlot => "nothing was sent: an image of this call appears twice in its request",
            Self::ForeignSlot => "nothing was sent: the request holds an image slot of another call",
            Self::OutsideScope => "nothing was sent: the request holds an image slot, but no call issued it",
            Self::ScopeReused => "nothing was sent: a call scope serves one request",
            Self::UnreadableRequest => {
                "nothing was sent: the address or the body of the request cannot be read"
            }
            Self::NoResponse => "no response; the dispatcher keeps the reason",
        }
    }
}

impl fmt::Display for DispatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl std::error::Error for DispatchError {}
