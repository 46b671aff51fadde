//! Who sees how much of Finance, where a page is for more than one role.
//!
//! Reading anything of Finance takes `view_finance`, changing it `manage_finance`. Two things are shared: the panel on a
//! provider's page, and the work items somebody owns ([`WorkItem::workable_by`](super::work_item::WorkItem::workable_by)).
//! Seeding asks for neither: it is part of connecting, and done by Purser itself.

use crate::people::Caller;
use vocab::Permission;

/// How much of the finance panel a caller sees on a provider's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PanelView {
    /// Nothing, not even that there is one.
    Hidden,
    /// Whether it is handed over and to whom, status, links, how many items are open, use in percent.
    Facts,
    /// The amounts as well.
    Amounts,
}

impl PanelView {
    /// What this caller sees: Finance everything, who connects providers the facts, others nothing.
    pub fn of(caller: &Caller) -> Self {
        if caller.may(Permission::ViewFinance) {
            Self::Amounts
        } else if caller.may(Permission::ManageProviderConnections) {
            Self::Facts
        } else {
            Self::Hidden
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Origin;
    use uuid::Uuid;
    use vocab::{Role, SessionId, UserId};

    #[test]
    fn the_panel_shows_each_role_its_part() {
        let view = |role| {
            let user = UserId::new(Uuid::nil());
            PanelView::of(&Caller::person(user, "Ann".into(), role, SessionId::new(Uuid::nil()), Origin::default()))
        };
        assert_eq!(view(Role::Owner), PanelView::Amounts);
        assert_eq!(view(Role::Finance), PanelView::Amounts);
        assert_eq!(view(Role::Operator), PanelView::Facts);
        assert_eq!(view(Role::Viewer), PanelView::Hidden);
        assert_eq!(PanelView::of(&Caller::system()), PanelView::Amounts);
    }
}
