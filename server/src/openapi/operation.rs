//! One operation: what is asked, and everything that may be answered.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::problem::ProblemCode;

/// A method of a path.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) path: String,
    pub(super) method: &'static str,
    pub(super) id: String,
    pub(super) tag: &'static str,
    pub(super) summary: String,
    pub(super) description: String,
    /// Names of security schemes, of which one is enough.
    pub(super) security: &'static [&'static str],
    pub(super) parameters: Vec<Value>,
    pub(super) body: Option<Value>,
    /// The answer when all is well.
    pub(super) status: &'static str,
    pub(super) answer: Value,
    /// The codes of the problems that it may answer with.
    pub(super) problems: Vec<ProblemCode>,
    /// The schema of these problems.
    pub(super) problem: &'static str,
}

impl Operation {
    pub(super) fn new(method: &'static str, path: &str, id: &str, tag: &'static str, summary: &str) -> Self {
        Self {
            path: path.to_owned(),
            method,
            id: id.to_owned(),
            tag,
            summary: summary.to_owned(),
            description: String::new(),
            security: &[],
            parameters: Vec::new(),
            body: None,
            status: "200",
            answer: Value::Null,
            problems: Vec::new(),
            problem: "Problem",
        }
    }

    /// As the document has it.
    pub(super) fn write(&self) -> Value {
        let mut written = json!({
            "operationId": self.id,
            "tags": [self.tag],
            "summary": self.summary,
            "security": self.security.iter().map(|name| json!({ *name: [] })).collect::<Vec<_>>(),
            "responses": self.responses(),
        });
        if !self.description.is_empty() {
            written["description"] = self.description.as_str().into();
        }
        if !self.parameters.is_empty() {
            written["parameters"] = self.parameters.clone().into();
        }
        if let Some(body) = &self.body {
            written["requestBody"] = body.clone();
        }
        written
    }

    fn responses(&self) -> BTreeMap<String, Value> {
        let mut by_status: BTreeMap<u16, Vec<ProblemCode>> = BTreeMap::new();
        for code in ProblemCode::ALL.iter().filter(|code| self.problems.contains(code)) {
            by_status.entry(code.status().as_u16()).or_default().push(*code);
        }
        let problems =
            by_status.iter().map(|(status, codes)| (status.to_string(), self.refusal(*status, codes)));
        problems.chain([(self.status.to_owned(), self.answer.clone())]).collect()
    }

    fn refusal(&self, status: u16, codes: &[ProblemCode]) -> Value {
        let lines = codes.iter().map(|code| format!("- `{}`: {}", code.word(), code.meaning()));
        let mut schema = json!({ "$ref": format!("#/components/schemas/{}", self.problem) });
        // In the other form of problems the code is the status.
        if self.problem == "Problem" {
            schema["properties"]["code"]["enum"] = codes.iter().map(|code| code.word()).collect();
        }
        let mut headers = json!({ "X-Incident-Id": { "description": "The problem's id.", "schema": { "type": "string" } } });
        if matches!(status, 429 | 503) {
            headers["Retry-After"] =
                json!({ "description": "Seconds to wait.", "schema": { "type": "integer" } });
        }
        json!({
            "description": lines.collect::<Vec<_>>().join("\n"),
            "headers": headers,
            "content": { "application/problem+json": { "schema": schema } },
        })
    }
}

/// An answer in JSON of a schema.
pub(super) fn answer_of(description: &str, schema: &str) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    answer_with(description, "application/json", &schema)
}

/// An answer of a type of content.
pub(super) fn answer_with(description: &str, content_type: &str, schema: &Value) -> Value {
    json!({ "description": description, "content": { content_type: { "schema": schema } } })
}
