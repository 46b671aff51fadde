//! The audit log: who did what to which object, from where, with what outcome. Never a secret.

use crate::people::Actor;
use time::OffsetDateTime;
use vocab::{AccessTokenId, AuditId, BillId, BuildId, ContractId, ProviderId, SupplierId, UserId, WorkItemId};

/// What was done. The text form is stored and filtered by: add, never rename.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Action(&'static str);

/// Declares actions with their stable text and their words for people.
macro_rules! actions {
    ($($name:ident = $text:literal, $words:literal;)+) => {
        impl Action {
            $(#[doc = $words] pub const $name: Self = Self($text);)+
            /// Every action, for the filter of the audit page.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];
            /// The words of an action's text, or the text itself for one from a newer version.
            pub fn words(text: &str) -> &str {
                match text { $($text => $words,)+ other => other }
            }
        }
    };
}

actions! {
    SETUP = "setup", "Created the owner account";
    SIGN_IN = "sign_in", "Signed in";
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in refused";
    SIGN_OUT = "sign_out", "Signed out";
    SESSION_REVOKE = "session_revoke", "Ended a browser's session";
    USER_ADD = "user_add", "Added a person";
    USER_ROLE = "user_role", "Changed a role";
    USER_PASSWORD = "user_password", "Reset a password";
    USER_DISABLE = "user_disable", "Disabled a person";
    USER_ENABLE = "user_enable", "Enabled a person";
    TOKEN_CREATE = "token_create", "Created an access token";
    TOKEN_REVOKE = "token_revoke", "Revoked an access token";
    CONNECT = "connect", "Connected a provider";
    CONNECT_REFUSED = "connect_refused", "A credential was refused";
    PROVIDER_SIGN_IN = "provider_sign_in", "Began a sign-in at a provider";
    PROVIDER_SIGN_IN_FAILED = "provider_sign_in_failed", "A sign-in at a provider failed";
    PROVIDER_SIGN_IN_CANCEL = "provider_sign_in_cancel", "Cancelled a sign-in at a provider";
    METHOD_ALLOW = "method_allow", "Switched a sign-in method on or off";
    TOKEN_REFRESH = "token_refresh", "Refreshed a sign-in";
    TOKEN_REFRESH_FAILED = "token_refresh_failed", "A sign-in could not be refreshed";
    GRANT_REVOKE = "grant_revoke", "Gave a sign-in back to the provider";
    CONNECTION_TEST = "connection_test", "Tested a connection";
    CONNECTION_RECHECK = "connection_recheck", "A scheduled check changed a connection";
    DISCONNECT = "disconnect", "Disconnected a provider";
    CONNECTION_EDIT = "connection_edit", "Changed a connection's address";
    CONNECTION_ENABLE = "connection_enable", "Switched a connection on";
    CONNECTION_DISABLE = "connection_disable", "Switched a connection off";
    MODELS_SYNC = "models_sync", "Synced models and profiles";
    TRY_IT = "try_it", "Tried a model";
    PAID_TEST = "paid_test", "Ran a paid one-token test";
    BUILD_START = "build_start", "Started a build";
    BUILD_CREDENTIAL = "build_credential", "Gave a build a credential";
    BUILD_CANCEL = "build_cancel", "Cancelled a build";
    BUILD_END = "build_end", "A build ended";
    NOTIFY_TEST = "notify_test", "Sent a test message";
    FINANCE_SEED = "finance_seed", "Handed a provider to Finance";
    FINANCE_HAND_OFF = "finance_hand_off", "Asked for a hand-off to Finance";
    FINANCE_PROFILE = "finance_profile", "Changed a provider's finance settings";
    FINANCE_RELINK = "finance_relink", "Chose a provider's supplier";
    FINANCE_ARCHIVE = "finance_archive", "Put a provider's finance profile away";
    SUPPLIER_ADD = "supplier_add", "Added a supplier";
    SUPPLIER_EDIT = "supplier_edit", "Changed a supplier";
    SUPPLIER_STATUS = "supplier_status", "Changed a supplier's status";
    SUPPLIER_DELETE = "supplier_delete", "Deleted a supplier";
    CONTRACT_EDIT = "contract_edit", "Changed a contract";
    CONTRACT_ALLOWANCES = "contract_allowances", "Changed a contract's allowances";
    CONTRACT_PRICE = "contract_price", "Changed a contract's prices";
    PROVIDER_PRICE = "provider_price", "Changed a provider's prices";
    CONTRACT_REPORT = "contract_report", "Entered a vendor's figure";
    CONTRACT_REPORT_REMOVE = "contract_report_remove", "Took a vendor's figure back";
    CONTRACT_ACTIVATE = "contract_activate", "Activated a contract";
    CONTRACT_SUSPEND = "contract_suspend", "Suspended a contract";
    CONTRACT_RESUME = "contract_resume", "Resumed a contract";
    CONTRACT_SUPERSEDE = "contract_supersede", "Replaced a contract by a new version";
    CONTRACT_TERMINATE = "contract_terminate", "Terminated a contract";
    CONTRACT_EXPIRE = "contract_expire", "A contract reached its end";
    ITEM_START = "item_start", "Began a work item";
    ITEM_FINISH = "item_finish", "Resolved a work item";
    ITEM_DISMISS = "item_dismiss", "Dismissed a work item";
    ITEM_REOPEN = "item_reopen", "Reopened a work item";
    ITEM_ASSIGN = "item_assign", "Assigned a work item";
    ITEM_DUE = "item_due", "Changed when a work item is due";
    ITEM_SNOOZE = "item_snooze", "Snoozed a work item";
    BILL_DRAFT = "bill_draft", "Drafted a bill";
    BILL_CONFIRM = "bill_confirm", "Entered the invoice of a bill";
    BILL_SUBMIT = "bill_submit", "Submitted a bill";
    BILL_APPROVE = "bill_approve", "Approved a bill";
    BILL_REJECT = "bill_reject", "Sent a bill back";
    BILL_PAY = "bill_pay", "Noted a payment";
    BILL_VOID = "bill_void", "Voided a bill";
    FINANCE_EXPORT = "finance_export", "Exported costs and usage";
    FINANCE_JOB = "finance_job", "Ran a finance job";
    KEYS_ROTATE = "keys_rotate", "Re-sealed the vault";
}

impl Action {
    /// The stable text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// The object of an audited action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// The whole installation.
    Installation,
    /// A provider and its connection.
    Provider(ProviderId),
    /// A person.
    User(UserId),
    /// One of our access tokens.
    AccessToken(AccessTokenId),
    /// A build.
    Build(BuildId),
    /// Whom we pay.
    Supplier(SupplierId),
    /// One version of a contract.
    Contract(ContractId),
    /// Something Finance has to do.
    WorkItem(WorkItemId),
    /// A bill of a supplier.
    Bill(BillId),
    /// Finance as a whole: its jobs and exports.
    Finance,
}

impl Object {
    /// `(kind, id)` as stored and filtered by.
    pub fn parts(&self) -> (&'static str, String) {
        match self {
            Self::Installation => ("installation", String::new()),
            Self::Provider(id) => ("provider", id.to_string()),
            Self::User(id) => ("user", id.to_string()),
            Self::AccessToken(id) => ("access_token", id.to_string()),
            Self::Build(id) => ("build", id.to_string()),
            Self::Supplier(id) => ("supplier", id.to_string()),
            Self::Contract(id) => ("contract", id.to_string()),
            Self::WorkItem(id) => ("work_item", id.to_string()),
            Self::Bill(id) => ("bill", id.to_string()),
            Self::Finance => ("finance", String::new()),
        }
    }
}

/// Kinds of objects whose lines say what only Finance may read: amounts, terms, names of people to talk to.
pub const CONFIDENTIAL_KINDS: [&str; 5] = ["supplier", "contract", "work_item", "bill", "finance"];

/// Where a request came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The peer's address; empty for the command line and for jobs.
    pub address: String,
    /// The request's id, as in the log.
    pub request_id: String,
}

/// A line to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Made by the caller.
    pub id: AuditId,
    /// When it happened.
    pub at: OffsetDateTime,
    /// Who did it.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
    /// What was done.
    pub action: Action,
    /// To what.
    pub object: Object,
    /// Did it succeed?
    pub succeeded: bool,
    /// More words, safe for every viewer of the log; at most 500 characters are kept.
    pub detail: String,
}

/// A line as read back. Texts, because rows outlive the versions that wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// The line's id.
    pub id: AuditId,
    /// When it happened.
    pub at: OffsetDateTime,
    /// The person or token, as named then.
    pub actor_name: String,
    /// The person behind it, if any.
    pub actor_user: Option<UserId>,
    /// Where it came from.
    pub origin: Origin,
    /// [`Action::as_str`].
    pub action: String,
    /// First of [`Object::parts`].
    pub object_kind: String,
    /// Second of [`Object::parts`].
    pub object_id: String,
    /// Did it succeed?
    pub succeeded: bool,
    /// More words.
    pub detail: String,
}

/// Which lines to read: newest first, all given filters must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Exact action text.
    pub action: Option<String>,
    /// Substring of the actor's name, case-insensitive.
    pub actor: Option<String>,
    /// Exact object kind.
    pub object_kind: Option<String>,
    /// Exact object id.
    pub object_id: Option<String>,
    /// Only successes, or only failures.
    pub succeeded: Option<bool>,
    /// Only lines older than this one (paging).
    pub before: Option<AuditId>,
}
