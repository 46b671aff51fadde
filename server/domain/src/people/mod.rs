//! People: accounts, what a password must be, sessions, sign-in throttling.

pub mod caller;
pub mod password;
pub mod session;
pub mod throttle;
pub mod user;

pub use caller::{Actor, Caller, Forbidden};
pub use session::{Session, SessionRules};
pub use user::{Email, InvalidEmail, User, UserState};
