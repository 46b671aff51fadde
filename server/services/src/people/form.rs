//! What people type into account forms, and what is wrong with it.

use crate::error::{FieldErrors, ServiceResult};
use domain::people::{Email, password};
use secrecy::{ExposeSecret, SecretString};

/// Longest name of a person.
const MAX_NAME: usize = 80;

/// A new account as typed.
pub struct NewPerson {
    name: String,
    email: String,
    password: NewPassword,
}

/// A new password, typed twice.
pub struct NewPassword {
    /// The password.
    pub password: SecretString,
    /// The same again.
    pub again: SecretString,
}

/// A new account, checked.
pub(super) struct CheckedPerson {
    pub name: String,
    pub email: Email,
    pub password: SecretString,
}

impl NewPerson {
    /// From the fields of a form.
    pub fn from_form(name: String, email: String, password: impl Into<SecretString>, again: impl Into<SecretString>) -> Self {
        Self { name, email, password: NewPassword { password: password.into(), again: again.into() } }
    }

    /// Checks every field and reports all that is wrong at once.
    pub(super) fn check(self) -> ServiceResult<CheckedPerson> {
        let mut errors = FieldErrors::default();
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            errors.add("name", format!("enter a name of at most {MAX_NAME} characters"));
        }
        let email = Email::parse(&self.email).map_err(|e| errors.add("email", e.to_string())).ok();
        self.password.check_into(&self.email, &mut errors);
        errors.check()?;
        match email {
            Some(email) => Ok(CheckedPerson { name, email, password: self.password.password }),
            None => Err(crate::ServiceError::field("email", "enter an e-mail address")),
        }
    }
}

impl NewPassword {
    /// Checks the password and its repetition.
    pub(super) fn check_into(&self, email: &str, errors: &mut FieldErrors) {
        if let Err(weak) = password::check(&self.password, email) {
            errors.add("password", weak.to_string());
        }
        if self.password.expose_secret() != self.again.expose_secret() {
            errors.add("password_again", "the two passwords are not the same");
        }
    }
}
