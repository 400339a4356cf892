//! The hooks of the generated clients. Both documents share them.

use super::scope::body_bytes;
use super::{CallScope, Outgoing, Piece, SeamError, slots};
use crate::{catalog, device};
use progenitor_client::OperationInfo;
use reqwest::{Request, Response};

/// Hangs a generated client into the seam, wherever it stands.
#[doc(hidden)]
#[macro_export]
macro_rules! __hooks {
    ($client:ty) => {
        impl ::progenitor_client::ClientHooks<$crate::seam::CallScope> for $client {
            async fn pre<E>(
                &self,
                request: &mut ::reqwest::Request,
                _: &::progenitor_client::OperationInfo,
            ) -> Result<(), ::progenitor_client::Error<E>> {
                $crate::seam::refuse_misfits(::progenitor_client::ClientInfo::inner(self), request)
                    .map_err(|why| ::progenitor_client::Error::Custom(why.to_string()))
            }

            async fn exec(
                &self,
                request: ::reqwest::Request,
                operation: &::progenitor_client::OperationInfo,
            ) -> ::reqwest::Result<::reqwest::Response> {
                use ::progenitor_client::ClientInfo;
                $crate::seam::delegate(self.inner(), self.client(), request, operation).await
            }

            async fn post<E>(
                &self,
                _: &::reqwest::Result<::reqwest::Response>,
                _: &::progenitor_client::OperationInfo,
            ) -> Result<(), ::progenitor_client::Error<E>> {
                $crate::seam::report(::progenitor_client::ClientInfo::inner(self))
                    .map_err(::progenitor_client::Error::Custom)
            }
        }
    };
}

pub use __hooks as hooks;

hooks!(device::Client);
hooks!(catalog::Client);

/// Nothing is sent unless every slot of the scope, and no other, stands in the request exactly once.
pub fn refuse_misfits(scope: &CallScope, request: &mut Request) -> Result<(), SeamError> {
    // A habit of the generator's own servers; this one has no such header.
    request.headers_mut().remove("api-version");
    match &scope.0 {
        Some(scope) => scope.cut(request).map(drop).inspect_err(|why| scope.pipeline.refused(*why)),
        None if slots::has_placeholder(body_bytes(request)?) => Err(SeamError::OutsideScope),
        None => Ok(()),
    }
}

/// Hands a request of a scope to its pipeline, and any other to reqwest.
pub async fn delegate(
    scope: &CallScope,
    http: &reqwest::Client,
    request: Request,
    operation: &OperationInfo,
) -> reqwest::Result<Response> {
    let Some(scope) = &scope.0 else {
        return http.execute(request).await;
    };
    let answer = match scope.cut(&request) {
        Ok(body) => {
            scope.mark_used();
            scope.pipeline.send(outgoing(&request, operation, body)).await
        }
        Err(why) => {
            scope.pipeline.refused(why);
            None
        }
    };
    match answer {
        // The parser wants a `reqwest::Response`; the bytes are shared, not copied.
        Some(answer) => Ok(Response::from(answer)),
        None => {
            scope.mark_unanswered();
            Err(no_answer(http))
        }
    }
}

/// Without this, "no answer" would read as a malformed URL.
pub fn report(scope: &CallScope) -> Result<(), String> {
    match &scope.0 {
        Some(scope) if scope.unanswered() => Err("no answer; the pipeline holds the reason".to_owned()),
        _ => Ok(()),
    }
}

fn outgoing(request: &Request, operation: &OperationInfo, body: Vec<Piece>) -> Outgoing {
    Outgoing {
        operation_id: operation.operation_id,
        method: request.method().clone(),
        url: request.url().as_str().to_owned(),
        headers: request.headers().clone(),
        body,
    }
}

/// `exec` can fail only with a `reqwest::Error`, and this is the one way to make one without sending anything.
fn no_answer(http: &reqwest::Client) -> reqwest::Error {
    http.get("").build().expect_err("an empty URL is never a valid one")
}
