//! Every row of supplier resolution, and edits people get wrong.

use super::*;
use crate::finance::vendor::Vendor;
use time::macros::datetime;
use uuid::Uuid;
use vocab::finance::Severity;

fn id(number: u128) -> SupplierId {
    SupplierId::new(Uuid::from_u128(number))
}

fn supplier(number: u128, name: &str) -> Supplier {
    Supplier {
        id: id(number),
        number: format!("SUP-{number}"),
        vendor_key: None,
        details: SupplierDetails { name: name.to_owned(), ..SupplierDetails::default() },
        status: SupplierStatus::Active,
        created_at: datetime!(2026-01-01 00:00 UTC) + time::Duration::days(i64::try_from(number).unwrap()),
        updated_at: datetime!(2026-01-01 00:00 UTC),
        version: 1,
    }
}

fn openai() -> Vendor {
    Vendor::of(&"openai".parse().unwrap(), "OpenAI Codex")
}

#[test]
fn names_are_compared_as_people_read_them() {
    for (one, other) in [
        ("OpenAI, LLC", "openai"),
        ("OpenAI, L.L.C.", "Ｏｐｅｎ ＡＩ"),
        ("Anthropic, PBC", "ANTHROPIC"),
        ("X.AI LLC", "xAI"),
        ("Together.ai", "Together AI"),
        ("Acme Co., Ltd.", "acme"),
    ] {
        assert_eq!(normalised(one), normalised(other), "{one} / {other}");
    }
    assert_ne!(normalised("OpenAI"), normalised("OpenAI Ireland Ltd"));
    assert_eq!(normalised("Inc."), "inc");
    assert_eq!(normalised("---"), "");
}

#[test]
fn a_link_is_kept_whatever_the_names_are() {
    assert_eq!(resolve(Some(id(9)), &openai(), &[supplier(1, "OpenAI")]), Resolution::Keep(id(9)));
}

#[test]
fn the_vendors_key_comes_before_any_name() {
    let named = supplier(1, "OpenAI");
    let keyed = Supplier { vendor_key: Some(openai().key), ..supplier(2, "Renamed by Finance") };
    assert_eq!(resolve(None, &openai(), &[named, keyed]), Resolution::Use { id: id(2), claim: false, review: None });
}

#[test]
fn one_name_or_alias_is_claimed() {
    let claimed = Resolution::Use { id: id(1), claim: true, review: None };
    assert_eq!(resolve(None, &openai(), &[supplier(1, "openai inc")]), claimed);
    let mut aliased = supplier(1, "AI purchases");
    aliased.details.aliases = vec!["Open-AI".to_owned()];
    assert_eq!(resolve(None, &openai(), &[aliased]), claimed);
    let other_vendor = Supplier { vendor_key: Some("microsoft".parse().unwrap()), ..supplier(1, "OpenAI") };
    assert_eq!(resolve(None, &openai(), &[other_vendor]), Resolution::Create(openai()));
}

#[test]
fn of_several_the_oldest_active_one_and_a_person_looks() {
    let mut oldest = supplier(1, "OpenAI");
    oldest.status = SupplierStatus::Inactive;
    let all = [supplier(3, "OpenAI Inc"), supplier(2, "OPENAI"), oldest];
    let Resolution::Use { id: chosen, claim: false, review: Some(review) } = resolve(None, &openai(), &all) else { panic!() };
    assert_eq!((chosen, review.reason, review.severity()), (id(2), ReviewReason::Several, Severity::Medium));
    assert_eq!(review.others, [id(3), id(1)]);
}

#[test]
fn inactive_and_blocked_suppliers_are_used_and_reviewed() {
    for (status, reason, severity) in [
        (SupplierStatus::Inactive, ReviewReason::Inactive, Severity::Medium),
        (SupplierStatus::Blocked, ReviewReason::Blocked, Severity::High),
    ] {
        for key in [None, Some(openai().key)] {
            let only = Supplier { status, vendor_key: key.clone(), ..supplier(1, "OpenAI") };
            let Resolution::Use { id: chosen, claim, review: Some(review) } = resolve(None, &openai(), &[only]) else { panic!() };
            assert_eq!((chosen, claim, review.reason, review.severity()), (id(1), key.is_none(), reason, severity));
        }
    }
}

#[test]
fn nobody_matches_so_one_is_made() {
    assert_eq!(resolve(None, &openai(), &[]), Resolution::Create(openai()));
    assert_eq!(resolve(None, &openai(), &[supplier(1, "---"), supplier(2, "Anthropic")]), Resolution::Create(openai()));
}

#[test]
fn edits_are_cleaned_and_checked() {
    let now = datetime!(2026-11-23 10:00 UTC);
    let before = supplier(1, "OpenAI");
    let details = SupplierDetails { name: "  OpenAI  ".into(), email: Some("  ".into()), aliases: vec![" ".into()], ..Default::default() };
    let after = before.clone().edit(1, details, now).unwrap();
    assert_eq!((after.details.name.as_str(), after.details.email, after.details.aliases.len(), after.version), ("OpenAI", None, 0, 2));
    let code = |version, details: SupplierDetails| before.clone().edit(version, details, now).map_err(|refused| refused.code());
    assert_eq!(code(0, before.details.clone()), Err("stale_version"));
    assert_eq!(code(1, SupplierDetails::default()), Err("name_missing"));
    assert_eq!(code(1, SupplierDetails { name: "x".repeat(401), ..Default::default() }), Err("text_too_long"));
}

#[test]
fn history_is_not_deleted_with_a_supplier() {
    assert_eq!(Supplier::deletable(SupplierUse::default()), Ok(()));
    for used in [
        SupplierUse { profiles: 1, ..Default::default() },
        SupplierUse { contracts: 1, ..Default::default() },
        SupplierUse { bills: 1, ..Default::default() },
    ] {
        assert_eq!(Supplier::deletable(used), Err(SupplierRefused::InUse));
    }
}
