//! Rotating the sealing keys under a running house.

use crate::support::{House, ring};
use domain::people::Caller;
use services::keys::{KeyReport, KeyRole, KeyUse};

#[tokio::test]
async fn everything_moves_to_the_newest_key_and_what_does_not_open_is_left_alone() {
    for house in House::each().await {
        house.connect_openai().await;
        let report = |current, old, undecryptable| KeyReport { current, old, undecryptable };
        assert_eq!(house.services.keys.report(&Caller::system()).await.unwrap(), report(1, 0, 0));
        let (_, database) = house.close().await;
        let rotated = House::over(database, ring(&["key2", "k1"]));
        assert_eq!(rotated.services.keys.report(&Caller::system()).await.unwrap(), report(0, 1, 0));
        let used = |id: &str, role, opens, shut| KeyUse { id: Some(id.to_owned()), role, opens, shut };
        assert_eq!(
            rotated.services.keys.uses(&Caller::system()).await.unwrap(),
            [used("key2", KeyRole::Seals, 0, 0), used("k1", KeyRole::Opens, 1, 0)]
        );
        let mut heard = Vec::new();
        assert_eq!(
            rotated.services.keys.rotate(&Caller::system(), |done, total| heard.push((done, total))).await.unwrap(),
            report(1, 0, 0)
        );
        assert_eq!(heard, [(1, 1)]);
        let (_, database) = rotated.close().await;
        let lost = House::over(database, ring(&["other99"]));
        assert_eq!(lost.services.keys.rotate(&Caller::system(), |_, _| {}).await.unwrap(), report(0, 0, 1));
        assert_eq!(
            lost.services.keys.uses(&Caller::system()).await.unwrap(),
            [used("other99", KeyRole::Seals, 0, 0), used("key2", KeyRole::Missing, 0, 1)]
        );
        assert_eq!(lost.ports.sealed.count().await.unwrap(), 1, "shown, never deleted");
    }
}
