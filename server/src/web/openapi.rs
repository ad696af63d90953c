//! `GET /openapi.json`: the public contract, kept by hand.

use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;

const OPENAPI: &str = include_str!("../openapi.json");

/// The OpenAPI 3.1 document.
pub async fn get_openapi() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], OPENAPI)
}

#[cfg(test)]
mod tests {
    use analytics::error::RejectionCode;
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_document_names_every_rejection_code() {
        let document: Value = serde_json::from_str(OPENAPI).unwrap();
        let rejected = &document["components"]["schemas"]["Receipt"]["properties"]["rejected"];
        let codes: Vec<_> = RejectionCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(rejected["items"]["properties"]["code"]["enum"], serde_json::json!(codes));
    }
}
