//! Our own components on semantic HTML: every page is made of these, so that a button or an error looks and behaves alike
//! everywhere. None of them needs JavaScript to be readable.

mod card;
mod chart;
mod chip;
mod clock;
mod confirm_button;
mod copy_button;
mod empty_state;
mod error_note;
mod field;
mod form_errors;
pub(crate) mod frame;
mod health_chip;
mod icon;
mod loaded;
mod mark;
mod moment;
mod notice;
mod page;
mod select_field;
mod skeleton;
mod submit_button;
mod theme;
mod viewer;

pub use card::Card;
pub use chart::*;
pub use chip::Chip;
pub use clock::{provide_clock, use_now};
pub use confirm_button::ConfirmButton;
pub use copy_button::CopyButton;
pub use empty_state::EmptyState;
pub use error_note::ErrorNote;
pub use field::Field;
pub use form_errors::{error_of, field_error, succeeded};
pub use health_chip::HealthChip;
pub use icon::{Icon, IconName};
pub use loaded::Loaded;
pub use mark::Mark;
pub use moment::{Moment, MomentForm};
pub use notice::Notice;
pub use page::Page;
pub use select_field::SelectField;
pub use skeleton::Skeleton;
pub use submit_button::SubmitButton;
pub use theme::{ThemeChoice, ThemeSwitch};
pub use viewer::{ViewerContext, use_may};
