//! Long answers in JSON, written row by row as the client takes them.

use std::iter;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures::stream;
use http::header::CONTENT_TYPE;
use serde::Serialize;

use super::Memory;
use crate::guarded_body::GuardedBody;
use crate::problem::Problem;

impl Memory {
    /// An answer that is `head` with these rows in its empty list `name`. It is charged for about as much as the rows
    /// take until the client has them all.
    ///
    /// # Errors
    /// 503 when too many answers wait for their clients.
    pub async fn answer_rows<R: Serialize + Send + 'static>(
        &self,
        head: &impl Serialize,
        name: &str,
        rows: Vec<R>,
    ) -> Result<Response, Problem> {
        let head = serde_json::to_string(head).map_err(|error| Problem::internal(&error))?;
        let begin = format!("\"{name}\":[");
        // Quotes within a text are written with a backslash: the list is found and nothing that looks like it.
        let at = head.find(&format!("{begin}]")).map_or(head.len(), |at| at + begin.len());
        let (before, after) = head.split_at(at);
        let mut lease = self.lease_for_answer();
        let row =
            rows.first().map(serde_json::to_vec).transpose().map_err(|error| Problem::internal(&error))?;
        lease.grow_to(row.map_or(0, |row| row.len()).saturating_mul(rows.len())).await?;
        let rows = rows.into_iter().enumerate().map(|(place, row)| {
            let mut chunk = if place == 0 { Vec::new() } else { vec![b','] };
            serde_json::to_writer(&mut chunk, &row).map(|()| chunk)
        });
        let text = |text: &str| iter::once(Ok(text.as_bytes().to_vec()));
        let chunks = stream::iter(text(before).chain(rows).chain(text(after)));
        let body = GuardedBody::wrap(Body::from_stream(chunks), lease);
        Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use serde_json::{Value, json};

    use super::*;
    use crate::memory::MemoryLimits;

    async fn answer(memory: &Memory, rows: Vec<Value>) -> Result<Value, Problem> {
        let head = json!({"a": "\"rows\":[]", "rows": [], "z": 1});
        let answer = memory.answer_rows(&head, "rows", rows).await?;
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        Ok(serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn rows_stand_in_the_list_of_their_name() {
        let memory = Memory::default();
        for rows in [vec![], vec![json!({"n": 1})], vec![json!(1), json!("x"), json!([2])]] {
            let found = answer(&memory, rows.clone()).await.unwrap();
            assert_eq!(found, json!({"a": "\"rows\":[]", "rows": rows, "z": 1}));
        }
    }

    #[tokio::test]
    async fn rows_are_charged_before_they_are_written() {
        let memory = Memory::new(MemoryLimits { answers: 64 * 1024, ..MemoryLimits::DEFAULT });
        let row = json!("x".repeat(1_000));
        assert!(answer(&memory, vec![row.clone(); 50]).await.is_ok());
        assert_eq!(answer(&memory, vec![row; 100]).await.unwrap_err().code(), "busy");
    }
}
