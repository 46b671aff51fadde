//! The repositories on real databases: every body runs on SQLite and, if `PURSER_TEST_POSTGRES_URL` names a server, on
//! PostgreSQL.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

/// Makes two tests of each body: `name::sqlite` and `name::postgres`.
macro_rules! both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(&testkit::database::TestDatabase::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(database) = testkit::database::TestDatabase::postgres().await {
                    super::$name(&database).await;
                }
            }
        }
    )+};
}

mod make;
mod make_bills;
mod make_finance;

mod access_tokens;
mod audit;
mod backup;
mod builds;
mod connections;
mod device_flows;
mod events;
mod finance;
mod flows;
mod grants;
mod installation;
mod models;
mod notifications;
mod people;
mod schema;
mod sealed;
mod sessions;
mod throttle;
mod trouble;
mod usage;
