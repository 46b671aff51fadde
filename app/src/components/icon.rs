//! Our own small set of icons, drawn on a 16 px grid with a 1.5 px line.

use leptos::prelude::*;

/// Which icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IconName {
    /// A tick.
    Check,
    /// A cross.
    Cross,
    /// A triangle with a mark.
    Warning,
    /// A clock.
    Clock,
    /// An empty ring.
    Circle,
    /// Points right.
    Chevron,
    /// Leaves the site.
    External,
    /// Two sheets.
    Copy,
    /// A key.
    Key,
    /// A magnifying glass.
    Search,
    /// Three lines.
    Menu,
    /// A plug: External Services.
    Plug,
    /// A ticket: access tokens.
    Ticket,
    /// Bars: usage.
    Bars,
    /// A pulse: activity.
    Pulse,
    /// Sliders: settings.
    Sliders,
    /// A bell: notifications.
    Bell,
    /// A door: sign out, sign in.
    Door,
    /// A chip: local models.
    Chip,
    /// A sun: the light theme.
    Sun,
    /// A moon: the dark theme.
    Moon,
    /// A screen: the system's theme.
    Screen,
}

impl IconName {
    /// The path, in a box of 16 by 16.
    const fn path(self) -> &'static str {
        match self {
            Self::Check => "M3.5 8.5l3 3 6-7",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Warning => "M8 2.2L14.4 13.4H1.6zM8 6.4v3.2M8 11.6v.1",
            Self::Clock => "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 4.8V8l2.2 1.6",
            Self::Circle => "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3z",
            Self::Chevron => "M6 3.5L10.5 8 6 12.5",
            Self::External => "M9.5 2.5h4v4M13.5 2.5L7.5 8.5M11.5 9.5v3a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1h3",
            Self::Copy => {
                "M5.5 5.5v-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M3.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1z"
            }
            Self::Key => "M5.5 13.5a3 3 0 1 1 0-6 3 3 0 0 1 0 6zM7.7 8.3l5.8-5.8M11 5l2 2M9.2 6.8l1.3 1.3",
            Self::Search => "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3l3.2 3.2",
            Self::Menu => "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
            Self::Plug => "M5.5 2.5v3M10.5 2.5v3M4 5.5h8v2.5a4 4 0 0 1-8 0zM8 12v2",
            Self::Ticket => "M2 4.5h12v2.2a1.4 1.4 0 0 0 0 2.6v2.2H2V9.3a1.4 1.4 0 0 0 0-2.6zM9.8 5v6",
            Self::Bars => "M3 13.5v-5M8 13.5v-11M13 13.5v-8",
            Self::Pulse => "M1.5 8.5h3l2-5 3 9 2-4h3",
            Self::Sliders => {
                "M2.5 5h6M12 5h1.5M2.5 11h1.5M7.5 11h6M10.2 3.3a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4zM5.8 9.3a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4z"
            }
            Self::Bell => "M8 2a4 4 0 0 1 4 4v3l1.5 2.5h-11L4 9V6a4 4 0 0 1 4-4zM6.5 13.5a1.6 1.6 0 0 0 3 0",
            Self::Door => "M9.5 2.5h-6v11h6M6.5 8h7M11 5.5L13.5 8 11 10.5",
            Self::Chip => "M4.5 4.5h7v7h-7zM6.5 2v2.5M9.5 2v2.5M6.5 11.5V14M9.5 11.5V14M2 6.5h2.5M2 9.5h2.5M11.5 6.5H14M11.5 9.5H14",
            Self::Sun => {
                "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7"
            }
            Self::Moon => "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z",
            Self::Screen => "M2.5 3h11v7.5h-11zM6 13.5h4M8 10.5v3",
        }
    }
}

/// An icon. Decorative: the words beside it (or the `aria-label` of its button) say the same.
#[component]
pub fn Icon(
    /// Which one.
    name: IconName,
) -> impl IntoView {
    view! {
        <svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=name.path() fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
}
