//! Calls of operations that are in another contract than this library's.

use super::{Call, CallContext, Named, Options, Session};
use crate::image::Image;
use crate::sync::lock;
use legit_health_api::dispatch::{CallScope, GeneratedClient};
use legit_health_api::scalar::ImageData;
use std::fmt;
use std::sync::Arc;

/// A call of an operation that is in another contract, such as that of another version of the device.
///
/// [`Client::call`](crate::Client::call) gives it to the code that makes the call. It lends that code the login, limits,
/// retries, observers and streamed images of the client, for one request.
pub struct OwnCall {
    call: Arc<Call>,
    scope: CallScope,
}

impl Session {
    /// Begins a call whose response may be anything.
    pub(crate) fn call_own(&self, operation: &'static str, options: Options) -> (CallContext<()>, OwnCall) {
        let context = self.begin_any(Named { id: operation, response: None }, options);
        let own = OwnCall { call: context.call.clone(), scope: context.scope.clone() };
        (context, own)
    }
}

impl OwnCall {
    /// Returns the generated client of the other contract, for a request below the base URL of this client.
    pub fn api<C: GeneratedClient>(&self) -> C {
        self.api_at(self.call.session.host.base_url.as_str())
    }

    /// Returns the same for another base path at the same host, such as `/v3.0`. A token is never sent to another host.
    pub fn api_below<C: GeneratedClient>(&self, path: &str) -> C {
        // Scheme, an empty part, and host with port.
        let host: Vec<&str> = self.call.session.host.base_url.as_str().split('/').take(3).collect();
        self.api_at(&format!("{}/{}", host.join("/"), path.trim_matches('/')))
    }

    fn api_at<C: GeneratedClient>(&self, base_url: &str) -> C {
        let builder = self.call.session.host.request_builder.clone();
        C::in_scope(base_url.trim_end_matches('/'), builder, self.scope.clone())
    }

    /// Keeps the image in the call, and returns what stands for it in the request: base64 that is written while it is sent.
    /// The request must hold each image once.
    pub fn image(&self, image: Image) -> ImageData {
        let slot = self.scope.slot().expect("this scope belongs to a call, so it issues slots");
        lock(&self.call.images).push(image);
        slot
    }
}

impl fmt::Debug for OwnCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnCall").field("operation", &self.call.operation.id).finish_non_exhaustive()
    }
}
