//! How the browser asks the server. Every server function and every form goes through here: a request is given up when
//! nothing of its answer has come for ten seconds, and ends as soon as nobody waits for it any more.

/// Sends server functions from the browser.
#[cfg(feature = "hydrate")]
pub use browser::Transport;

/// The server itself sends nothing.
#[cfg(not(feature = "hydrate"))]
pub use leptos::server_fn::client::browser::BrowserClient as Transport;

#[cfg(feature = "hydrate")]
pub(crate) use browser::{Request, ask, post_file};

#[cfg(feature = "hydrate")]
mod browser {
    use std::cell::Cell;
    use std::time::Duration;

    use futures::{Sink, Stream, stream};
    use http::Method;
    use js_sys::{Reflect, Uint8Array};
    use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle, window};
    use leptos::server_fn::client::Client;
    use leptos::server_fn::client::browser::BrowserClient;
    use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
    use leptos::server_fn::request::ClientReq;
    use leptos::server_fn::response::ClientRes;
    use leptos::server_fn::{Bytes, Decodes as _};
    use send_wrapper::SendWrapper;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{AbortController, ReadableStreamDefaultReader, RequestInit};

    use crate::api::encoding::JsonText;
    use crate::error::AppError;

    /// How long a request may bring nothing. A long answer over a slow line goes on as long as some of it comes.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// The client of all server functions.
    #[derive(Debug)]
    pub struct Transport;

    /// What is asked.
    #[derive(Debug)]
    pub struct Request {
        /// The path with its query.
        pub address: String,
        /// What comes back.
        pub accept: String,
        /// Content type and content of a request that posts something.
        pub body: Option<(String, String)>,
    }

    /// An answer that came whole.
    #[derive(Debug)]
    pub struct Response {
        /// The HTTP status.
        pub status: u16,
        /// The content.
        pub body: Vec<u8>,
    }

    /// Asks, and waits for the whole answer.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when it does not come, is cut, or is that of a proxy whose server does not answer.
    pub(crate) async fn ask(request: &Request) -> Result<Response, AppError> {
        let watch = Watch::start().ok_or(AppError::Unavailable)?;
        let response = exchange(request, &watch).await.map_err(|_| AppError::Unavailable)?;
        let is_own =
            || JsonText::decode(Bytes::copy_from_slice(&response.body)).is_ok_and(|_: AppError| true);
        match response.status {
            502..=504 if !is_own() => Err(AppError::Unavailable),
            _ => Ok(response),
        }
    }

    async fn exchange(request: &Request, watch: &Watch) -> Result<Response, JsValue> {
        let headers = web_sys::Headers::new()?;
        headers.set("accept", &request.accept)?;
        let init = RequestInit::new();
        if let Some((content_type, content)) = &request.body {
            headers.set("content-type", content_type)?;
            init.set_method("POST");
            init.set_body(&content.into());
        }
        init.set_headers(&headers);
        init.set_signal(Some(&watch.controller.signal()));
        let response = JsFuture::from(window().fetch_with_str_and_init(&request.address, &init)).await?;
        let response: web_sys::Response = response.dyn_into()?;
        Ok(Response { status: response.status(), body: read(&response, watch).await? })
    }

    /// Posts a file, and gives each line of the answer to `take` as it comes, and `None` at the end. Nothing comes while the
    /// file is on its way, however long that takes; an answer that has begun is waited for as any other.
    pub(crate) fn post_file(address: String, file: web_sys::File, take: impl Fn(Option<&[u8]>) + 'static) {
        leptos::task::spawn_local(async move {
            if exchange_file(&address, &file, &take).await.is_err() {
                take(Some(&[]));
            }
            take(None);
        });
    }

    async fn exchange_file(
        address: &str,
        file: &web_sys::File,
        take: &impl Fn(Option<&[u8]>),
    ) -> Result<(), JsValue> {
        let watch = Watch::start().ok_or(JsValue::NULL)?;
        watch.keep(None);
        let init = RequestInit::new();
        let headers = web_sys::Headers::new()?;
        headers.set("content-type", "application/octet-stream")?;
        init.set_method("POST");
        init.set_headers(&headers);
        init.set_body(file);
        init.set_signal(Some(&watch.controller.signal()));
        let response = JsFuture::from(window().fetch_with_str_and_init(address, &init)).await?;
        let response: web_sys::Response = response.dyn_into()?;
        let stream = response.body().ok_or(JsValue::NULL)?;
        let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into()?;
        let mut line = Vec::new();
        loop {
            watch.wait_anew();
            let part = JsFuture::from(reader.read()).await?;
            let Ok(bytes) = Reflect::get(&part, &"value".into())?.dyn_into::<Uint8Array>() else { break };
            line.extend(bytes.to_vec());
            while let Some(end) = line.iter().position(|byte| *byte == b'\n') {
                let rest = line.split_off(end + 1);
                take(Some(&line[..end]));
                line = rest;
            }
        }
        if !line.is_empty() {
            take(Some(&line));
        }
        Ok(())
    }

    async fn read(response: &web_sys::Response, watch: &Watch) -> Result<Vec<u8>, JsValue> {
        let mut body = Vec::new();
        let Some(stream) = response.body() else { return Ok(body) };
        let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into()?;
        loop {
            watch.wait_anew();
            let part = JsFuture::from(reader.read()).await?;
            match Reflect::get(&part, &"value".into())?.dyn_into::<Uint8Array>() {
                Ok(bytes) => body.extend(bytes.to_vec()),
                Err(_) => return Ok(body),
            }
        }
    }

    /// Ends a request that nobody waits for any more, or that brings nothing for too long.
    struct Watch {
        controller: AbortController,
        timer: Cell<Option<TimeoutHandle>>,
    }

    impl Watch {
        fn start() -> Option<Self> {
            let watch = Self { controller: AbortController::new().ok()?, timer: Cell::new(None) };
            watch.wait_anew();
            Some(watch)
        }

        fn wait_anew(&self) {
            let controller = self.controller.clone();
            let timer = set_timeout_with_handle(move || controller.abort(), PATIENCE).ok();
            self.keep(timer);
        }

        fn keep(&self, timer: Option<TimeoutHandle>) {
            self.timer.replace(timer).into_iter().for_each(|earlier| earlier.clear());
        }
    }

    impl Drop for Watch {
        fn drop(&mut self) {
            self.keep(None);
            // A request that is answered has nothing left to end.
            self.controller.abort();
        }
    }

    impl Client<AppError> for Transport {
        type Request = Request;
        type Response = Response;

        fn send(request: Request) -> impl Future<Output = Result<Response, AppError>> + Send {
            SendWrapper::new(async move { ask(&request).await })
        }

        fn open_websocket(
            path: &str,
        ) -> impl Future<
            Output = Result<
                (
                    impl Stream<Item = Result<Bytes, Bytes>> + Send + 'static,
                    impl Sink<Bytes> + Send + 'static,
                ),
                AppError,
            >,
        > + Send {
            <BrowserClient as Client<AppError>>::open_websocket(path)
        }

        fn spawn(future: impl Future<Output = ()> + Send + 'static) {
            leptos::task::spawn_local(future);
        }
    }

    /// Server functions are asked in the address or in a text; nothing else is ever sent.
    fn never_sent<E: FromServerFnError>() -> Result<Request, E> {
        Err(E::from_server_fn_error(ServerFnErrorErr::UnsupportedRequestMethod(String::new())))
    }

    impl<E: FromServerFnError> ClientReq<E> for Request {
        type FormData = ();

        fn try_new_req_query(
            path: &str,
            _content_type: &str,
            accepts: &str,
            query: &str,
            _method: Method,
        ) -> Result<Self, E> {
            Ok(Self { address: format!("{path}?{query}"), accept: accepts.to_owned(), body: None })
        }

        fn try_new_req_text(
            path: &str,
            content_type: &str,
            accepts: &str,
            body: String,
            _method: Method,
        ) -> Result<Self, E> {
            let body = Some((content_type.to_owned(), body));
            Ok(Self { address: path.to_owned(), accept: accepts.to_owned(), body })
        }

        fn try_new_req_bytes(_: &str, _: &str, _: &str, _: Bytes, _: Method) -> Result<Self, E> {
            never_sent()
        }

        fn try_new_req_form_data(_: &str, _: &str, _: &str, (): (), _: Method) -> Result<Self, E> {
            never_sent()
        }

        fn try_new_req_multipart(_: &str, _: &str, (): (), _: Method) -> Result<Self, E> {
            never_sent()
        }

        fn try_new_req_streaming(
            _: &str,
            _: &str,
            _: &str,
            _: impl Stream<Item = Bytes> + Send + 'static,
            _: Method,
        ) -> Result<Self, E> {
            never_sent()
        }
    }

    impl<E: FromServerFnError + Send> ClientRes<E> for Response {
        async fn try_into_string(self) -> Result<String, E> {
            let text = String::from_utf8(self.body);
            text.map_err(|error| {
                E::from_server_fn_error(ServerFnErrorErr::Deserialization(error.to_string()))
            })
        }

        async fn try_into_bytes(self) -> Result<Bytes, E> {
            Ok(self.body.into())
        }

        fn try_into_stream(
            self,
        ) -> Result<impl Stream<Item = Result<Bytes, Bytes>> + Send + Sync + 'static, E> {
            Ok(stream::empty())
        }

        fn status(&self) -> u16 {
            self.status
        }

        fn status_text(&self) -> String {
            String::new()
        }

        fn location(&self) -> String {
            String::new()
        }

        /// Whoever is sent on is told so in the answer itself.
        fn has_redirect(&self) -> bool {
            false
        }
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
    }

    /// The attribute of each server function of a source.
    fn server_attributes(source: &str) -> Vec<&str> {
        let starts = source.split("#[server(prefix").skip(1);
        starts.map(|rest| rest.split(")]").next().unwrap_or_default()).collect()
    }

    #[test]
    fn every_server_function_is_asked_with_patience() {
        let mut known = 0;
        for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api")) {
            let source = fs::read_to_string(&path).unwrap();
            for attribute in server_attributes(&source) {
                known += 1;
                assert!(attribute.contains("client = Transport"), "{path:?}: {attribute}");
            }
        }
        assert!(known > 20, "only {known} server functions were found");
    }

    #[test]
    fn no_page_asks_in_another_way() {
        let own = ["transport.rs", "asking.rs"];
        for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
            let source = fs::read_to_string(&path).unwrap();
            let is_own = own.iter().any(|name| path.ends_with(name));
            for word in ["Resource::new", "fetch_with", "spawn_local"] {
                assert!(is_own || !source.contains(word), "{path:?} has {word}: use an Answer");
            }
        }
    }
}
