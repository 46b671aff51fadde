//! What can be done to a person, and the one place that says what came of it.

use crate::components::{Post, error_of};
use crate::server_fns::people::{ResetPassword, SetActive, SetRole};
use crate::wire::AppError;
use leptos::prelude::*;

/// The actions that the rows of the team share. One each for the whole table: without JavaScript an error comes back in the
/// address, which cannot say which row it belongs to.
#[derive(Clone, Copy)]
pub struct TeamActions {
    /// Gives a person another role.
    pub set_role: Post<SetRole>,
    /// Disables or enables a person.
    pub set_active: Post<SetActive>,
    /// Sets a person's password.
    pub reset_password: Post<ResetPassword>,
}

impl TeamActions {
    /// Makes them. The error of one action goes away as soon as another is under way.
    pub fn new() -> Self {
        let all = Self { set_role: Post::new(), set_active: Post::new(), reset_password: Post::new() };
        Effect::new(move || {
            let started = [all.set_role.pending().get(), all.set_active.pending().get(), all.reset_password.pending().get()];
            if started.contains(&true) {
                all.clear_others(started);
            }
        });
        all
    }

    fn clear_others(self, [role, active, password]: [bool; 3]) {
        if !role {
            self.set_role.clear();
        }
        if !active {
            self.set_active.clear();
        }
        if !password {
            self.reset_password.clear();
        }
    }

    /// Changes whenever one of them has an answer.
    pub fn versions(self) -> usize {
        self.set_role.version().get() + self.set_active.version().get() + self.reset_password.version().get()
    }

    /// What the last of them could not do.
    pub fn error(self) -> Signal<Option<AppError>> {
        let (role, active, password) = (error_of(self.set_role), error_of(self.set_active), error_of(self.reset_password));
        Signal::derive(move || role.get().or_else(|| active.get()).or_else(|| password.get().map(with_reason)))
    }
}

/// The form stands in a row that may be folded away: say at the top what was wrong with the password.
fn with_reason(error: AppError) -> AppError {
    match error.field("password") {
        Some(reason) => AppError { message: format!("The password was not set: {reason}."), ..error },
        None => error,
    }
}
