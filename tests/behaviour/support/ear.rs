//! The client's own wire, with an ear at it.

use http::{Request, Response, header};
use legit_health::wire::{Http, HttpOptions, RequestBody, ResponseBody, Wire, WireError};
use legit_health::{BoxFuture, Limits};
use std::sync::{Arc, Mutex};

/// Remembers the tokens that were sent.
#[derive(Clone)]
pub struct Recording {
    http: Arc<Http>,
    tokens: Arc<Mutex<Vec<String>>>,
}

impl Recording {
    pub fn over(base_url: &str) -> Self {
        let http = Http::new(&base_url.parse().unwrap(), &HttpOptions::default(), Limits::default().connect);
        Self { http: Arc::new(http.unwrap()), tokens: Arc::default() }
    }

    pub fn tokens(&self) -> Vec<String> {
        self.tokens.lock().unwrap().clone()
    }
}

impl Wire for Recording {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, WireError>> {
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
