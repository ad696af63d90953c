//! The built site: client files under `/pkg/<build id>/`, which never change under their address, and static files
//! at the root. Both were compressed when they were built. With the feature `embed` they are inside the binary,
//! otherwise they are read from `target/site`.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};

use crate::problem::Problem;

const FOREVER: &str = "public, max-age=31536000, immutable";
const AN_HOUR: &str = "public, max-age=3600";
const BUILD_ID_FILE: &str = "build-id";
/// Best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// A site that was never built leaves the pages without styles and client; that is logged, and everything else works.
pub fn warn_if_missing() {
    if build_id().is_none() {
        tracing::warn!("the site is not built, so pages have no styles and no client: run script/build.sh");
    }
}

/// The folder of the client files: `/pkg/<build id>`.
pub fn path() -> String {
    build_id().map_or_else(|| "/pkg".to_owned(), |id| format!("/pkg/{id}"))
}

/// Which build there is. Asked anew for each page: `make dev` builds the site under a server that goes on.
fn build_id() -> Option<String> {
    let id = read(BUILD_ID_FILE).and_then(|bytes| String::from_utf8(bytes.into()).ok());
    id.map(|id| id.trim().to_owned())
}

/// `GET /pkg/…`: a client file.
pub async fn get_client_file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let folder = path.split_once('/').map(|(folder, _)| folder);
    let is_this_build = folder.is_some() && folder == build_id().as_deref();
    let caching = if is_this_build { FOREVER } else { "no-cache" };
    find_file(&format!("pkg/{path}"), &headers, caching)
        .unwrap_or_else(|| Problem::not_found().into_response())
}

/// A static file at the root, such as `/favicon.svg`.
pub fn find_public_file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let path = path.trim_start_matches('/');
    let is_public = !path.is_empty() && path != BUILD_ID_FILE && !path.starts_with("pkg/");
    if is_public { find_file(path, headers, AN_HOUR) } else { None }
}

fn find_file(path: &str, request: &HeaderMap, caching: &'static str) -> Option<Response> {
    let plain = || read(path).map(|bytes| (bytes, None));
    let (bytes, encoding) = find_compressed(path, request).or_else(plain)?;
    let headers = [(CONTENT_TYPE, content_type(path)), (CACHE_CONTROL, caching.to_owned())];
    let mut response = (headers, bytes).into_response();
    response.headers_mut().insert(VARY, ACCEPT_ENCODING.into());
    if let Some(encoding) = encoding {
        response.headers_mut().insert(CONTENT_ENCODING, http::HeaderValue::from_static(encoding));
    }
    Some(response)
}

fn find_compressed(path: &str, request: &HeaderMap) -> Option<(Bytes, Option<&'static str>)> {
    let accepted = ENCODINGS.into_iter().filter(|(encoding, _)| accepts(request, encoding));
    accepted.filter_map(|(encoding, suffix)| Some((read(&format!("{path}{suffix}"))?, Some(encoding)))).next()
}

fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    let values = request.get_all(ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|part| {
        let (name, quality) = part.split_once(';').unwrap_or((part, ""));
        let quality = quality.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case(encoding) && quality.is_ok_and(|quality| quality > 0.0)
    })
}

fn content_type(path: &str) -> String {
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    if mime.type_() == mime_guess::mime::TEXT { format!("{mime}; charset=utf-8") } else { mime.to_string() }
}

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
struct Embedded;

#[cfg(feature = "embed")]
fn read(path: &str) -> Option<Bytes> {
    Embedded::get(path).map(|file| match file.data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    })
}

#[cfg(not(feature = "embed"))]
fn read(path: &str) -> Option<Bytes> {
    use std::path::{Component, Path};

    let path = Path::new(path);
    let stays_inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    let site = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/site"));
    stays_inside.then(|| std::fs::read(site.join(path)).ok()).flatten().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn request(accept_encoding: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(accept_encoding))])
    }

    #[test]
    fn an_encoding_is_accepted_unless_its_quality_is_zero() {
        assert!(accepts(&request("gzip, deflate, br"), "br"));
        assert!(accepts(&request("gzip;q=0.5, BR;q=0.1"), "br"));
        assert!(!accepts(&request("gzip, br;q=0"), "br"));
        assert!(!accepts(&HeaderMap::new(), "br"));
    }

    #[test]
    fn text_says_its_character_set_and_wasm_is_wasm() {
        assert_eq!(content_type("pkg/1/parlance_bg.wasm"), "application/wasm");
        assert_eq!(content_type("pkg/1/pages.css"), "text/css; charset=utf-8");
    }

    #[test]
    fn a_path_that_leaves_the_site_finds_nothing() {
        for path in ["../Cargo.toml", "/etc/hostname", "pkg/../../../Cargo.toml", "..", ""] {
            assert!(read(path).is_none(), "{path:?}");
        }
    }
}
