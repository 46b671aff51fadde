//! Roles in words.

use vocab::Role;

/// The choices of a role select: value and name.
pub fn role_options() -> Vec<(String, String)> {
    Role::ALL.iter().map(|role| (role.to_string(), role.label().to_owned())).collect()
}

/// What a role may do, in a few words.
pub const fn describe(role: Role) -> &'static str {
    match role {
        Role::Owner => "everything, and the team",
        Role::Operator => "connects providers, tries models, hands out access tokens",
        Role::Finance => "suppliers, contracts and bills; sees the platform",
        Role::Viewer => "looks, changes nothing",
    }
}
