//! What a vendor remembers: codes, and families of tokens that came from one sign-in.

use super::random;
use super::refusal::Refusal;
use super::rules::Vendor;
use std::collections::{BTreeMap, HashMap};
use time::{Duration, OffsetDateTime};

/// How long a code is good (RFC 6749 §4.1.2 recommends at most ten minutes).
const CODE_LIFETIME: Duration = Duration::minutes(10);

/// A request to the token or revocation endpoint, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Was it JSON? Else a form.
    pub json: bool,
    /// Its fields.
    pub fields: BTreeMap<String, String>,
    /// `caller` in the query of the address, where a test lets several speak with one vendor.
    pub caller: String,
}

/// What a code stands for.
#[derive(Debug, Clone)]
pub(super) struct CodeFacts {
    pub(super) client_id: Option<String>,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
    pub(super) state: Option<String>,
    pub(super) scope: String,
}

struct Code {
    facts: CodeFacts,
    expires_at: OffsetDateTime,
    /// The family it was exchanged for.
    spent: Option<u64>,
}

struct Family {
    client_id: Option<String>,
    scope: String,
    revoked: bool,
}

struct Token {
    family: u64,
    expires_at: OffsetDateTime,
    /// When it was used and by whom, if it was for one use.
    spent: Option<(OffsetDateTime, String)>,
}

/// A vendor's memory.
#[derive(Default)]
pub(super) struct Books {
    pub(super) last: Option<Recorded>,
    /// Clients issued on the way (Sign in with ChatGPT).
    pub(super) clients: Vec<String>,
    codes: HashMap<String, Code>,
    families: Vec<Family>,
    access: HashMap<String, Token>,
    refresh: HashMap<String, Token>,
}

/// A pair as issued.
pub(super) struct Pair {
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) client_id: Option<String>,
    pub(super) scope: String,
}

/// How long the tokens of a new pair live, and whether the refresh token is for one use.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub(super) access: Duration,
    pub(super) refresh: Duration,
    pub(super) rotates: bool,
}

impl Books {
    /// A code for a person who said yes.
    pub(super) fn code(&mut self, facts: CodeFacts, now: OffsetDateTime) -> String {
        let code = random("code-");
        self.codes.insert(code.clone(), Code { facts, expires_at: now + CODE_LIFETIME, spent: None });
        code
    }

    /// Takes a code, once. A second time ends what the first one gave (RFC 6749 §4.1.2).
    pub(super) fn take_code(&mut self, code: &str, now: OffsetDateTime) -> Result<CodeFacts, Refusal> {
        let refused = |message: &str| Refusal::new(400, "invalid_grant", message);
        let entry = self.codes.get_mut(code).ok_or_else(|| refused("Authorization code not found"))?;
        if let Some(family) = entry.spent {
            self.end(family);
            return Err(refused("Authorization code has already been used"));
        }
        entry.spent = Some(u64::MAX);
        if entry.expires_at <= now { Err(refused("Authorization code has expired")) } else { Ok(entry.facts.clone()) }
    }

    /// Tokens for a code that has been taken and found good.
    pub(super) fn open(&mut self, vendor: Vendor, code: &str, facts: &CodeFacts, terms: Terms, now: OffsetDateTime) -> Pair {
        let family = self.families.len() as u64;
        self.families.push(Family { client_id: facts.client_id.clone(), scope: facts.scope.clone(), revoked: false });
        if let Some(entry) = self.codes.get_mut(code) {
            entry.spent = Some(family);
        }
        self.pair(vendor, family, None, terms, now)
    }

    /// New tokens for a refresh token. A spent one ends the family; the flag says so.
    pub(super) fn refresh(
        &mut self,
        vendor: Vendor,
        token: &str,
        client: Client<'_>,
        terms: Terms,
        now: OffsetDateTime,
    ) -> Result<Pair, (Refusal, Option<Box<Reuse>>)> {
        let refused = |code| (vendor.refresh_refusal(code), None);
        let Some(entry) = self.refresh.get_mut(token) else { return Err(refused("refresh_token_invalidated")) };
        let (family, spent, expired) = (entry.family, entry.spent.clone(), entry.expires_at <= now);
        if let Some((spent_at, spent_by)) = spent {
            let facts = self.family(family);
            let ended = !facts.is_some_and(|family| family.revoked);
            let scope = facts.map(|family| family.scope.clone()).unwrap_or_default();
            self.end(family);
            return Err((vendor.refresh_refusal("refresh_token_reused"), Some(Box::new(Reuse { ended, scope, spent_at, spent_by }))));
        }
        entry.spent = terms.rotates.then(|| (now, client.caller.to_owned()));
        let Some(facts) = self.family(family) else { return Err(refused("refresh_token_invalidated")) };
        if facts.client_id.as_deref() != client.id {
            return Err((Refusal::new(401, "invalid_client", "The client does not own this token"), None));
        }
        if facts.revoked || expired {
            return Err(refused(if expired { "refresh_token_expired" } else { "refresh_token_invalidated" }));
        }
        let kept = (!terms.rotates).then(|| token.to_owned());
        Ok(self.pair(vendor, family, kept, terms, now))
    }

    /// RFC 7009: the whole grant of a token; an unknown token is fine.
    pub(super) fn revoke(&mut self, token: &str) {
        if let Some(family) = self.refresh.get(token).or_else(|| self.access.get(token)).map(|token| token.family) {
            self.end(family);
        }
    }

    /// Every token there ever was.
    pub(super) fn issued(&self) -> Vec<String> {
        self.access.keys().chain(self.refresh.keys()).cloned().collect()
    }

    /// Every grant.
    pub(super) fn revoke_all(&mut self) {
        self.families.iter_mut().for_each(|family| family.revoked = true);
    }

    /// A key that does not expire.
    pub(super) fn key(&mut self, prefix: &str, now: OffsetDateTime) -> String {
        let family = self.families.len() as u64;
        self.families.push(Family { client_id: None, scope: String::new(), revoked: false });
        let key = random(prefix);
        self.access.insert(key.clone(), Token { family, expires_at: now + Duration::days(36_500), spent: None });
        key
    }

    /// Is an access token good?
    pub(super) fn accepts(&self, token: &str, now: OffsetDateTime) -> bool {
        let entry = self.access.get(token).filter(|token| token.expires_at > now);
        entry.and_then(|token| self.family(token.family)).is_some_and(|family| !family.revoked)
    }

    fn pair(&mut self, vendor: Vendor, family: u64, kept: Option<String>, terms: Terms, now: OffsetDateTime) -> Pair {
        let (access_prefix, refresh_prefix) = vendor.prefixes();
        let access = random(access_prefix);
        let refresh = kept.unwrap_or_else(|| random(refresh_prefix));
        self.access.insert(access.clone(), Token { family, expires_at: now + terms.access, spent: None });
        self.refresh.insert(refresh.clone(), Token { family, expires_at: now + terms.refresh, spent: None });
        let facts = self.family(family);
        let client_id = facts.and_then(|family| family.client_id.clone());
        Pair { access, refresh, client_id, scope: facts.map(|family| family.scope.clone()).unwrap_or_default() }
    }

    fn family(&self, family: u64) -> Option<&Family> {
        self.families.get(usize::try_from(family).ok()?)
    }

    fn end(&mut self, family: u64) {
        if let Some(family) = usize::try_from(family).ok().and_then(|index| self.families.get_mut(index)) {
            family.revoked = true;
        }
    }
}

/// Who asks.
#[derive(Clone, Copy)]
pub(super) struct Client<'a> {
    pub(super) id: Option<&'a str>,
    /// [`Recorded::caller`].
    pub(super) caller: &'a str,
}

/// A refresh token was sent that had been spent.
pub(super) struct Reuse {
    /// Its family was alive until then.
    pub(super) ended: bool,
    pub(super) scope: String,
    /// When it was used the first time.
    pub(super) spent_at: OffsetDateTime,
    pub(super) spent_by: String,
}
