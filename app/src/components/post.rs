//! Forms that the browser can post by itself, and that send the very same request from here when the program is there.
//!
//! Leptos's own forms read the fields into the function's arguments, only to write them out again: code for each function,
//! several kilobytes of it. The fields of a form are the body as they stand. A form with a file is sent as the browser itself
//! would send it (`multipart/form-data`).

use crate::wire::AppError;
use leptos::html;
use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{FormData, HtmlButtonElement, HtmlFormElement, SubmitEvent, UrlSearchParams};
use serde::de::DeserializeOwned;
use server_fn::client::Client;
use server_fn::client::browser::BrowserClient;
use server_fn::error::{FromServerFnError, ServerFnErrorErr, ServerFnUrlError};
use server_fn::redirect::call_redirect_hook;
use server_fn::request::ClientReq;
use server_fn::request::browser::BrowserRequest;
use server_fn::response::ClientRes;
use server_fn::{Bytes, ServerFn};
use std::marker::PhantomData;

/// What a form can be posted to: a server function, or an address of the server's own that answers like one.
pub trait FormFn: 'static {
    /// What it answers.
    type Output: DeserializeOwned + Send + Sync + 'static;
    /// Where it is.
    const PATH: &'static str;
}

impl<S> FormFn for S
where
    S: ServerFn<Error = AppError, Output: DeserializeOwned + Send + Sync + 'static> + 'static,
{
    type Output = <S as ServerFn>::Output;
    const PATH: &'static str = <S as ServerFn>::PATH;
}

/// What came of posting a form to `S`.
pub struct Post<S: FormFn> {
    answer: RwSignal<Option<Result<S::Output, AppError>>>,
    state: StoredValue<PostState>,
    function: PhantomData<fn(S)>,
}

impl<S: FormFn> Clone for Post<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: FormFn> Copy for Post<S> {}

impl<S: FormFn> Post<S> {
    /// Nothing posted yet; or, without JavaScript, the error that the server put into the address.
    pub fn new() -> Self {
        let error = use_context::<ServerActionError>().filter(|error| error.path() == S::PATH);
        let answer = error.map(|error| Err(ServerFnUrlError::<AppError>::decode_err(error.err())));
        Self { answer: RwSignal::new(answer), state: StoredValue::new(PostState::default()), function: PhantomData }
    }

    /// The last answer.
    pub fn value(self) -> RwSignal<Option<Result<S::Output, AppError>>> {
        self.answer
    }

    /// Is one on its way?
    pub fn pending(self) -> RwSignal<bool> {
        self.state.get_value().pending
    }

    /// Is one on its way from the form whose first field has this value?
    pub fn pending_about(self, first: String) -> Signal<bool> {
        let state = self.state.get_value();
        Signal::derive(move || state.pending.get() && state.about.with(|about| *about == first))
    }

    /// Was the form whose first field has this value the last to be posted?
    pub fn was_about(self, first: &str) -> bool {
        self.state.get_value().about.with(|about| about == first)
    }

    /// Changes with every answer.
    pub fn version(self) -> RwSignal<usize> {
        self.state.get_value().answers
    }

    /// Forgets the last answer.
    pub fn clear(self) {
        self.answer.set(None);
    }

    fn send(self, fields: Fields) {
        let number = self.state.get_value().begin(fields.first);
        send(S::PATH, fields.body, Box::new(move |answer| self.answered(number, answer.and_then(|bytes| read(&bytes)))));
    }

    fn answered(self, number: usize, answer: Result<S::Output, AppError>) {
        // The page may have gone meanwhile, or the form have been posted again.
        let Some(state) = self.state.try_get_value() else { return };
        if state.asked.get_untracked() == number {
            self.answer.set(Some(answer));
            state.end();
        }
    }
}

impl<S> Post<S>
where
    S: ServerFn<Error = AppError, Output: DeserializeOwned + Send + Sync + 'static> + 'static,
{
    /// Calls the function with arguments that are not a form's fields as they stand.
    pub fn call(self, arguments: S) {
        let number = self.state.get_value().begin(String::new());
        spawn_local(async move { self.answered(number, arguments.run_on_client().await) });
    }
}

impl<S: FormFn> Default for Post<S> {
    fn default() -> Self {
        Self::new()
    }
}

/// What does not depend on the function.
#[derive(Clone, Copy, Default)]
struct PostState {
    asked: RwSignal<usize>,
    answers: RwSignal<usize>,
    pending: RwSignal<bool>,
    about: RwSignal<String>,
}

impl PostState {
    fn begin(self, about: String) -> usize {
        self.about.set(about);
        self.asked.update(|asked| *asked += 1);
        self.pending.set(true);
        self.asked.get_untracked()
    }

    fn end(self) {
        self.pending.set(false);
        self.answers.update(|answers| *answers += 1);
    }
}

/// A form posted to `S`.
#[component]
pub fn PostForm<S: FormFn>(
    /// What holds the answer.
    action: Post<S>,
    /// The form's element, for whoever resets it.
    #[prop(optional)]
    node_ref: NodeRef<html::Form>,
    /// Does it have a field for a file?
    #[prop(optional)]
    upload: bool,
    /// Its fields. The first one says what the form is about where several share an answer.
    children: Children,
) -> impl IntoView {
    form(S::PATH, upload.then_some(MULTIPART), node_ref, Box::new(move |fields| action.send(fields)), children)
}

/// How a form with a file is sent.
const MULTIPART: &str = "multipart/form-data";

fn form(
    url: &'static str,
    enctype: Option<&'static str>,
    node_ref: NodeRef<html::Form>,
    send: Box<dyn Fn(Fields)>,
    children: Children,
) -> AnyView {
    let on_submit = move |event: SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        event.prevent_default();
        if let Ok(fields) = Fields::of(&event) {
            send(fields);
        }
    };
    view! {
        <form action=url method="post" enctype=enctype on:submit=on_submit node_ref=node_ref>
            {children()}
        </form>
    }
    .into_any()
}

/// A form as it is sent.
struct Fields {
    body: Body,
    first: String,
}

enum Body {
    Text(String),
    WithFile(FormData),
}

impl Fields {
    fn of(event: &SubmitEvent) -> Result<Self, JsValue> {
        let form: HtmlFormElement = event.target().ok_or(JsValue::NULL)?.unchecked_into();
        let data = FormData::new_with_form(&form)?;
        let button = event.submitter().and_then(|element| element.dyn_into::<HtmlButtonElement>().ok());
        if let Some(button) = button.filter(|button| !button.name().is_empty()) {
            data.append_with_str(&button.name(), &button.value())?;
        }
        if form.enctype() == MULTIPART {
            return Ok(Self { body: Body::WithFile(data), first: String::new() });
        }
        let body = UrlSearchParams::new_with_str_sequence_sequence(&data)?.to_string().as_string().unwrap_or_default();
        let first = body.split('&').next().and_then(|field| field.split_once('=')).map(|(_, value)| value.to_owned());
        Ok(Self { body: Body::Text(body), first: first.unwrap_or_default() })
    }
}

type OnAnswer = Box<dyn FnOnce(Result<Bytes, AppError>)>;

fn send(url: &'static str, body: Body, done: OnAnswer) {
    spawn_local(async move { done(post(url, body).await) });
}

async fn post(url: &'static str, body: Body) -> Result<Bytes, AppError> {
    const ANSWER: &str = "application/json";
    let request: BrowserRequest = match body {
        Body::Text(text) => ClientReq::<AppError>::try_new_post(url, "application/x-www-form-urlencoded", ANSWER, text)?,
        Body::WithFile(data) => ClientReq::<AppError>::try_new_post_multipart(url, ANSWER, data.into())?,
    };
    take(<BrowserClient as Client<AppError>>::send(request).await?).await
}

async fn take(response: impl ClientRes<AppError>) -> Result<Bytes, AppError> {
    let refused = response.status() >= 400;
    let onward = response.has_redirect().then(|| response.location());
    let bytes = response.try_into_bytes().await?;
    if let Some(onward) = onward {
        call_redirect_hook(&onward);
    }
    if refused { Err(AppError::de(bytes)) } else { Ok(bytes) }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    serde_json::from_slice(bytes).map_err(|error| AppError::from_server_fn_error(ServerFnErrorErr::Deserialization(error.to_string())))
}
