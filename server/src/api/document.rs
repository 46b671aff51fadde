//! `/api/openapi.json`: the document is made from the routes, so the two cannot differ. The copy in the repository
//! (`server/openapi.json`) is compared with it by a test, so that a change to the API shows in review.

use super::v1;
use crate::state::AppState;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{MethodRouter, get};
use utoipa::Modify;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, OpenApi};

/// Where the document is served.
pub(super) const PATH: &str = "/api/openapi.json";

/// What stands around the operations.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Purser machine API",
        description = "Everything a page of Purser can do, for programs. Send an access token as `Authorization: Bearer pur_…` or \
            `x-api-key: pur_…`; its scopes and its creator's role decide what it may do: `read` reads, `admin` also writes. \
            A signed-in browser's cookie works, too.\n\n\
            Bodies are JSON (`content-type: application/json`); a member that is not known is refused. Instants are RFC 3339 in \
            UTC, money is exact decimal text in US dollars. Every answer carries `x-purser-request-id`.\n\n\
            Inference is not here: `/v1/models`, `/v1/chat/completions`, `/v1/responses` and `/v1/embeddings` speak OpenAI's dialect, `/v1/messages` Anthropic's, each with its vendor's documentation.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This installation")),
    security(("access_token" = []), ("access_token_header" = []), ("session" = [])),
    tags(
        (name = "providers", description = "External services: the catalogue, connections, checks"),
        (name = "builds", description = "Runs of providers' own programs in the build sandbox"),
        (name = "models", description = "Models and profiles"),
        (name = "keys", description = "Provider keys to be recognised, and the keys that seal what is stored"),
        (name = "access tokens", description = "What agents and scripts present to Purser"),
        (name = "usage", description = "Requests, tokens and list prices"),
        (name = "audit", description = "Who did what"),
        (name = "notifications", description = "What operators were told without asking"),
        (name = "team", description = "People with an account"),
        (name = "finance", description = "Suppliers, contracts, work items, and what Finance knows of a provider"),
        (name = "sessions", description = "Signed-in browsers of the person asking"),
        (name = "setup", description = "The first account"),
        (name = "me", description = "The caller"),
        (name = "health", description = "For monitoring"),
    ),
    modifiers(&SecuritySchemes),
)]
pub(super) struct Document;

struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("pur_<public id>_<secret>")
            .description(Some("An access token"))
            .build();
        let header = ApiKeyValue::with_description("x-api-key", "An access token, for clients that cannot send a bearer token");
        let cookie = ApiKeyValue::with_description(
            "purser_session",
            "A signed-in browser. Over https the cookie's name is `__Host-purser_session`.",
        );
        document.components = Some(
            ComponentsBuilder::from(document.components.take().unwrap_or_default())
                .security_scheme("access_token", SecurityScheme::Http(bearer))
                .security_scheme("access_token_header", SecurityScheme::ApiKey(ApiKey::Header(header)))
                .security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)))
                .build(),
        );
    }
}

/// The document of every operation below `/api`.
pub fn document() -> OpenApi {
    v1::operations().into_openapi()
}

/// The document as it is served and committed: indented, with a line feed at the end.
///
/// # Errors
/// Never, for a document that was made here.
pub fn to_text(document: &OpenApi) -> serde_json::Result<String> {
    Ok(document.to_pretty_json()? + "\n")
}

/// Serves the document, written once.
pub(super) fn serve(document: &OpenApi) -> MethodRouter<AppState> {
    let text = Bytes::from(to_text(document).unwrap_or_default());
    get(move || async move { ([(CONTENT_TYPE, "application/json")], text.clone()) })
}
