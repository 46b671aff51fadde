//! What the address says is shown.

use crate::routes;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};
use vocab::NotificationId;

/// Which notifications, and from where on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Only those that somebody still has to act on.
    pub open_only: bool,
    /// Only those older than this one.
    pub before: Option<NotificationId>,
}

impl Place {
    /// Reads the address; what makes no sense counts for nothing.
    pub fn from_params(params: &ParamsMap) -> Self {
        Self {
            open_only: params.get("show").is_some_and(|show| show == "open"),
            before: params.get("before").and_then(|id| id.parse().ok()),
        }
    }

    /// Words of ours and ids: nothing that would need escaping.
    fn href(self) -> String {
        let show = self.open_only.then(|| "show=open".to_owned());
        let before = self.before.map(|before| format!("before={before}"));
        let query: Vec<String> = show.into_iter().chain(before).collect();
        if query.is_empty() { routes::NOTIFICATIONS.to_owned() } else { format!("{}?{}", routes::NOTIFICATIONS, query.join("&")) }
    }

    /// "All" and "Open".
    pub fn choices(self) -> impl IntoView + use<> {
        let choice = |label: &'static str, open_only: bool| {
            let current = (self.open_only == open_only).then_some("true");
            view! {
                <a class="notification-choice" href=Self { open_only, before: None }.href() aria-current=current>
                    {label}
                </a>
            }
        };
        view! {
            <nav class="notification-choices" aria-label="Which notifications">
                {choice("All", false)}
                {choice("Open", true)}
            </nav>
        }
    }

    /// "Newest" and "Older", where they make sense.
    pub fn pager(self, next: Option<NotificationId>) -> Option<impl IntoView + use<>> {
        let newest = self.before.map(|_| Self { before: None, ..self }.href());
        let older = next.map(|next| Self { before: Some(next), ..self }.href());
        (newest.is_some() || older.is_some()).then(|| {
            view! {
                <nav class="pager" aria-label="Pages of notifications">
                    {newest.map(|href| view! { <a class="button" href=href>"Newest"</a> })}
                    {older.map(|href| view! { <a class="button" href=href>"Older"</a> })}
                </nav>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back() {
        let before = "00000000-0000-0000-0000-000000000007".parse().unwrap();
        let place = Place { open_only: true, before: Some(before) };
        assert_eq!(place.href(), format!("/platform/notifications?show=open&before={before}"));
        assert_eq!(Place::default().href(), "/platform/notifications");
        let mut params = ParamsMap::new();
        params.insert("before", "<script>".to_owned());
        assert_eq!(Place::from_params(&params), Place::default());
    }
}
