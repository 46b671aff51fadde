//! The operator's file laid over the built-in catalogue.

use super::catalogue::Entry;
use super::raw::{Layer, RawOAuth, RawProvider};
use std::collections::BTreeMap;
use vocab::ProviderId;

type Located = BTreeMap<ProviderId, (usize, RawProvider)>;

/// Lays `above` over `below`, provider by provider, table by table, key by key.
pub(super) fn merge(below: Located, mut above: Located) -> Vec<Entry> {
    let mut entries = Vec::with_capacity(below.len() + above.len());
    for (id, (start, lower)) in below {
        let (overlaid_at, raw) = match above.remove(&id) {
            Some((at, upper)) => (Some(at), lay(upper, lower)),
            None => (None, lower),
        };
        entries.push(Entry { id, raw, place: (0, start), overlaid_at });
    }
    let added = above.into_iter().map(|(id, (start, raw))| Entry { id, raw, place: (1, start), overlaid_at: Some(start) });
    entries.extend(added);
    entries
}

/// Some keys follow from another one, so that naming the one lets go of the built-in value of the others: the addresses to
/// look for a local engine at go with its address, and see [`let_go`].
fn lay(upper: RawProvider, mut lower: RawProvider) -> RawProvider {
    if let (Some(new), Some(old)) = (&upper.oauth, &mut lower.oauth) {
        let_go(new, old);
    }
    if let (Some(new), Some(old)) = (&upper.device, &mut lower.device)
        && (new.device_authorization_url.is_some() || new.token_url.is_some())
    {
        // Neither a token nor a device code may go to the server that another one has replaced.
        (old.revoke_url, old.poll_url, old.terminal_statuses) = (None, None, None);
    }
    if upper.base_url.is_some() {
        lower.detect = None;
    }
    upper.over(lower)
}

/// A redirect address is registered with its client; a client that is named was not issued on the way. What an authorization
/// server is called, demands and offers beside signing in is not true of another one; least of all may a token be given back there.
fn let_go(new: &RawOAuth, old: &mut RawOAuth) {
    if new.client_id.is_some() {
        (old.redirect_uri, old.paste_redirect_uri, old.dynamic_client) = (None, None, None);
    }
    if new.authorize_url.is_some() || new.token_url.is_some() {
        (old.issuer, old.jwks_uri, old.resource, old.plan_scope) = (None, None, None, None);
        (old.revoke_url, old.revoke_format, old.paste_redirect_uri, old.terminal_statuses) = (None, None, None, None);
        old.refresh_token_days = None;
    }
    if new.scopes.is_some() {
        old.plan_scope = None;
    }
}

/// Byte offset of the first section header that speaks of this provider: `[providers.x]`, `[providers.x.oauth]` …
pub(super) fn section_start(text: &str, id: &ProviderId) -> Option<usize> {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let header = line.trim_start().strip_prefix('[').map(|rest| rest.replace([' ', '\t', '"', '\''], ""));
        if let Some(rest) = header.as_deref().and_then(|header| header.strip_prefix("providers."))
            && rest.strip_prefix(id.as_str()).is_some_and(|rest| rest.starts_with(['.', ']']))
        {
            return Some(offset);
        }
        offset += line.len();
    }
    None
}
