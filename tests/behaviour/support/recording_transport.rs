//! The HTTP client of the library, recording the tokens that it sends.

use http::{Request, Response, header};
use legit_health::http_client::{
    HttpClient, HttpError, HttpOptions, RequestBody, ReqwestClient, ResponseBody,
};
use legit_health::{BoxFuture, Timeouts};
use std::sync::{Arc, Mutex};

/// Remembers the tokens that were sent.
#[derive(Clone)]
pub struct Recording {
    http: Arc<ReqwestClient>,
    tokens: Arc<Mutex<Vec<String>>>,
}

impl Recording {
    pub fn over(base_url: &str) -> Self {
        let http = ReqwestClient::new(
            &base_url.parse().unwrap(),
            &HttpOptions::default(),
            Timeouts::default().connect,
        );
        Self { http: Arc::new(http.unwrap()), tokens: Arc::default() }
    }

    pub fn tokens(&self) -> Vec<String> {
        self.tokens.lock().unwrap().clone()
    }
}

impl HttpClient for Recording {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        if let Some(value) = request.headers().get(header::AUTHORIZATION) {
            let token = value.to_str().unwrap().strip_prefix("Bearer ").unwrap().to_owned();
            let mut tokens = self.tokens.lock().unwrap();
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        self.http.attempt(request)
    }
}
