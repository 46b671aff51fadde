//! People.

use super::moment;
use crate::wire::{PersonView, SessionView, Viewer};
use domain::people::{Session, User};
use vocab::{SessionId, UserId};

/// Who is looking.
pub fn viewer(user: User, practice: bool) -> Viewer {
    Viewer { user_id: user.id, name: user.name, email: user.email.as_str().to_owned(), role: user.role, practice }
}

/// A person on the team page.
pub fn person(user: User, you: Option<UserId>) -> PersonView {
    PersonView {
        user_id: user.id,
        active: user.is_active(),
        is_you: you == Some(user.id),
        last_sign_in: user.last_sign_in_at.map(moment),
        email: user.email.as_str().to_owned(),
        role: user.role,
        name: user.name,
    }
}

/// A signed-in browser.
pub fn session(session: Session, this: Option<SessionId>) -> SessionView {
    SessionView {
        id: session.id,
        device: device(&session.user_agent),
        address: session.address,
        created: moment(session.created_at),
        seen: moment(session.seen_at),
        is_this: this == Some(session.id),
    }
}

/// "Firefox on Linux": enough to recognise one's own browser. The order matters, since browsers name each other.
fn device(user_agent: &str) -> String {
    let find = |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    let browser = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => "Unknown browser".to_owned(),
    }
}
