//! What inputs are made from: requests that real clients sent, recorded by end2end/clients, and files in tests/samples,
//! among them whatever made a reader fail once.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use serde_json::Value;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// With the query.
    pub(crate) path: String,
    /// Without compression.
    pub(crate) body: Vec<u8>,
}

/// The recorded requests to paths that begin like this.
pub(crate) fn recorded(path: &str) -> Vec<Sample> {
    let folder = root().join("../end2end/clients/recorded");
    let requests = files(&folder).into_iter().flat_map(|(_, recording)| {
        let recording: Value = serde_json::from_slice(&recording).unwrap();
        recording["requests"].as_array().unwrap().iter().map(read_request).collect::<Vec<_>>()
    });
    requests.filter(|sample| sample.path.starts_with(path)).collect()
}

fn read_request(request: &Value) -> Sample {
    let body = match request["body"].as_str() {
        Some(body) => body.as_bytes().to_vec(),
        None => BASE64.decode(request["body_base64"].as_str().unwrap_or_default().as_bytes()).unwrap(),
    };
    Sample { path: request["path"].as_str().unwrap().to_owned(), body }
}

/// The files of a folder in tests/samples, in the order of their names.
pub(crate) fn load(folder: &str) -> Vec<Vec<u8>> {
    files(&root().join("tests/samples").join(folder)).into_iter().map(|(_, bytes)| bytes).collect()
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
