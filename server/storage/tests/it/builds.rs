use crate::make::{NOW, execute, id, number, provider, rows, trail};
use domain::build::{Build, BuildEnd, BuildState, Workspace};
use domain::events::Event;
use futures::future::join_all;
use services::ports::{BuildHold, BuildRepo, EventLog, InstallationRepo, LeaseOwner, Trail};
use std::collections::BTreeSet;
use std::time::Duration;
use testkit::database::TestDatabase;
use vocab::{BuildFailure, BuildId, BuildPhase, EventId, Lending};

const LEASE: Duration = Duration::from_mins(1);

both!(
    a_row_goes_there_and_back_in_every_state,
    the_oldest_comes_first_and_of_many_owners_one_gets_it,
    no_more_than_allowed_are_under_way_whoever_runs_them,
    a_handed_over_sign_in_is_one_build_s_at_a_time,
    a_hold_lasts_as_long_as_the_database_s_clock_says,
    one_that_ended_in_time_is_not_lost,
    each_state_is_cancelled_in_its_own_way,
    one_that_is_cancelled_while_it_is_taken_stays_cancelled,
    a_stranger_writes_no_state,
    pieces_of_a_log_have_places_of_their_own,
    the_history_is_read_page_by_page,
);

fn owner(name: &str) -> LeaseOwner {
    LeaseOwner(name.to_owned())
}

fn build_id(n: u128) -> BuildId {
    BuildId::new(id(n))
}

fn made(n: u128, lending: Lending) -> Build {
    Build {
        id: build_id(n),
        provider_id: provider("xai"),
        prompt: format!("do number {n}; \u{0} and 'quotes'"),
        workspace: Workspace::Empty,
        lending,
        started_by: "Ann".into(),
        user_id: None,
        retry_of: None,
        created_at: NOW,
        state: BuildState::Queued,
    }
}

async fn queued(database: &TestDatabase, n: u128, lending: Lending) -> BuildId {
    database.storage().add_build(&made(n, lending), trail(n)).await.unwrap();
    build_id(n)
}

async fn claimed(database: &TestDatabase, who: &str, at_once: u32) -> Option<BuildId> {
    database.storage().claim_build(&owner(who), LEASE, at_once).await.unwrap().map(|build| build.id)
}

async fn phase(database: &TestDatabase, build: BuildId) -> BuildPhase {
    database.storage().build(build).await.unwrap().unwrap().phase()
}

/// The builds that live events named since a place in the log.
async fn told(database: &TestDatabase, since: EventId) -> Vec<BuildId> {
    let events = database.storage().after(since, 100).await.unwrap();
    let build = |event| if let Event::BuildChanged { build_id } = event { Some(build_id) } else { None };
    events.into_iter().filter_map(|logged| build(logged.event)).collect()
}

async fn a_row_goes_there_and_back_in_every_state(database: &TestDatabase) {
    let storage = database.storage();
    let ended = |end| BuildState::Ended { ran_since: Some(NOW), at: NOW, end };
    let failed = BuildEnd::Failed { failure: BuildFailure::Exited, code: Some(3), message: "its last words".into() };
    let states = [
        BuildState::Queued,
        BuildState::Preparing { since: NOW },
        BuildState::Running { since: NOW },
        ended(BuildEnd::Succeeded),
        ended(failed),
        ended(BuildEnd::Cancelled),
        BuildState::Ended { ran_since: None, at: NOW, end: BuildEnd::Lost },
    ];
    for (n, state) in (1..).zip(states) {
        let workspace = if n % 2 == 0 { Workspace::Archive } else { Workspace::Folder("/srv/code \u{1f600}".into()) };
        let user_id = Some(vocab::UserId::new(id(50)));
        let written = Build { workspace, user_id, retry_of: Some(build_id(99)), prompt: "x".into(), state, ..made(n, Lending::HandOver) };
        storage.add_build(&written, trail(n)).await.unwrap();
        assert_eq!(storage.build(written.id).await.unwrap(), Some(written));
    }
    assert_eq!(storage.build(build_id(98)).await.unwrap(), None);
    assert_eq!(storage.builds_waiting().await.unwrap(), 1);
    // What no database takes as text is left out, and the rest is kept.
    let odd = queued(database, 20, Lending::Lend).await;
    assert_eq!(storage.build(odd).await.unwrap().unwrap().prompt, "do number 20;  and 'quotes'");
}

async fn the_oldest_comes_first_and_of_many_owners_one_gets_it(database: &TestDatabase) {
    for n in [3, 1, 2] {
        queued(database, n, Lending::Lend).await;
    }
    for n in 1..=3 {
        let since = database.storage().head().await.unwrap();
        let names: Vec<String> = (0..8).map(|n| format!("process {n}")).collect();
        // Room for one more each time: whoever asks, it is the oldest, and only one of them has it.
        let all = join_all(names.iter().map(|name| claimed(database, name, n))).await;
        let got: Vec<BuildId> = all.into_iter().flatten().collect();
        assert_eq!(got, [build_id(u128::from(n))]);
        assert_eq!(told(database, since).await, got, "open pages hear of it once");
    }
    assert_eq!(claimed(database, "late", 9).await, None, "nothing waits any more");
}

async fn no_more_than_allowed_are_under_way_whoever_runs_them(database: &TestDatabase) {
    for n in 1..=6 {
        queued(database, n, Lending::Lend).await;
    }
    let names: Vec<String> = (0..6).map(|n| format!("process {n}")).collect();
    let all = join_all(names.iter().map(|name| claimed(database, name, 3))).await;
    let got: BTreeSet<BuildId> = all.iter().flatten().copied().collect();
    assert_eq!(got, (1..=3).map(build_id).collect());
    assert_eq!(claimed(database, "another", 3).await, None);
    let holder = &names[all.iter().position(|got| *got == Some(build_id(2))).unwrap()];
    let running = BuildState::Running { since: NOW };
    assert!(database.storage().step_build(build_id(2), &owner(holder), &running, Trail::default()).await.unwrap());
    assert_eq!(claimed(database, "another", 3).await, None, "running counts as preparing does");
    let over = running.ended(BuildEnd::Succeeded, NOW).unwrap();
    assert!(database.storage().step_build(build_id(2), &owner(holder), &over, Trail::default()).await.unwrap());
    assert_eq!(claimed(database, "another", 3).await, Some(build_id(4)));
}

async fn a_handed_over_sign_in_is_one_build_s_at_a_time(database: &TestDatabase) {
    let storage = database.storage();
    let first = queued(database, 1, Lending::HandOver).await;
    queued(database, 2, Lending::HandOver).await;
    queued(database, 3, Lending::Lend).await;
    storage.add_build(&Build { provider_id: provider("codex"), ..made(4, Lending::HandOver) }, Trail::default()).await.unwrap();
    assert_eq!(claimed(database, "a", 9).await, Some(first));
    assert_eq!(claimed(database, "b", 9).await, Some(build_id(3)), "who only borrows a token does not wait for it");
    assert_eq!(claimed(database, "b", 9).await, Some(build_id(4)), "nor another provider's");
    assert_eq!(claimed(database, "b", 9).await, None);
    assert_eq!(phase(database, build_id(2)).await, BuildPhase::Queued);
    let end = BuildState::Preparing { since: NOW }.ended(BuildEnd::Cancelled, NOW).unwrap();
    assert!(storage.step_build(first, &owner("a"), &end, Trail::default()).await.unwrap());
    assert_eq!(claimed(database, "b", 9).await, Some(build_id(2)));
}

async fn a_hold_lasts_as_long_as_the_database_s_clock_says(database: &TestDatabase) {
    let storage = database.storage();
    let (kept, gone) = (queued(database, 1, Lending::Lend).await, queued(database, 2, Lending::Lend).await);
    let (a, b) = (owner("a"), owner("b"));
    assert_eq!(claimed(database, "a", 9).await, Some(kept));
    assert_eq!(storage.claim_build(&b, Duration::from_millis(20), 9).await.unwrap().unwrap().id, gone);
    let running = BuildState::Running { since: NOW };
    assert!(storage.step_build(gone, &b, &running, Trail::default()).await.unwrap());
    let until = number(database, "SELECT lease_until FROM build WHERE owner = 'a'").await;
    let ahead = until - i64::try_from(storage.now().await.unwrap().unix_timestamp_nanos() / 1000).unwrap();
    assert!((30_000_000..=60_000_000).contains(&ahead), "{ahead}");
    tokio::time::sleep(Duration::from_millis(60)).await;
    let since = storage.head().await.unwrap();
    assert_eq!(storage.lose_builds().await.unwrap(), [gone]);
    assert_eq!(told(database, since).await, [gone]);
    let BuildState::Ended { ran_since, at, end } = storage.build(gone).await.unwrap().unwrap().state else { panic!("it is over") };
    assert_eq!((ran_since, end), (Some(NOW), BuildEnd::Lost));
    assert!((storage.now().await.unwrap() - at).abs() < time::Duration::minutes(1));
    assert!(storage.lose_builds().await.unwrap().is_empty(), "once");
    // A stranger renews nothing, and who was away for too long hears so.
    assert_eq!(storage.hold_build(kept, &a, LEASE).await.unwrap(), BuildHold::Ours);
    assert_eq!(storage.hold_build(kept, &b, LEASE).await.unwrap(), BuildHold::Gone);
    assert_eq!(storage.hold_build(gone, &b, LEASE).await.unwrap(), BuildHold::Gone);
    assert_eq!(phase(database, gone).await, BuildPhase::Lost);
}

async fn one_that_ended_in_time_is_not_lost(database: &TestDatabase) {
    let storage = database.storage();
    let build = queued(database, 1, Lending::Lend).await;
    assert!(storage.claim_build(&owner("a"), Duration::ZERO, 9).await.unwrap().is_some());
    let end = BuildState::Preparing { since: NOW }.ended(BuildEnd::failed(BuildFailure::NotStarted, "no"), NOW).unwrap();
    // Its owner writes the end while everybody looks for builds that are lost: one of the two it is, and never both.
    let again = database.again().await;
    let (a, lost) = (owner("a"), async { again.lose_builds().await.unwrap() });
    let (ended, lost) = tokio::join!(storage.step_build(build, &a, &end, Trail::default()), lost);
    let (ended, lost) = (ended.unwrap(), !lost.is_empty());
    assert!(ended != lost, "ended: {ended}, lost: {lost}");
    assert_eq!(phase(database, build).await, if ended { BuildPhase::Failed } else { BuildPhase::Lost });
    again.close().await;
}

async fn each_state_is_cancelled_in_its_own_way(database: &TestDatabase) {
    let storage = database.storage();
    let [waiting, preparing, running] = [3, 1, 2];
    for n in [1, 2, 3] {
        queued(database, n, Lending::Lend).await;
    }
    let a = owner("a");
    for n in [preparing, running] {
        assert_eq!(claimed(database, "a", 9).await, Some(build_id(n)));
    }
    let since_now = BuildState::Running { since: NOW };
    assert!(storage.step_build(build_id(running), &a, &since_now, Trail::default()).await.unwrap());
    let before = rows(database, "audit_log").await;
    for n in [waiting, preparing, running] {
        assert!(storage.cancel_build(build_id(n), trail(n + 10)).await.unwrap());
    }
    assert_eq!(phase(database, build_id(waiting)).await, BuildPhase::Cancelled, "nobody has to be asked");
    for n in [preparing, running] {
        assert!(phase(database, build_id(n)).await.is_open(), "its process ends it");
        assert_eq!(storage.hold_build(build_id(n), &a, LEASE).await.unwrap(), BuildHold::CancelAsked);
    }
    let over = since_now.ended(BuildEnd::Cancelled, NOW).unwrap();
    assert!(storage.step_build(build_id(running), &a, &over, Trail::default()).await.unwrap());
    for n in [waiting, running, 77] {
        assert!(!storage.cancel_build(build_id(n), trail(n + 20)).await.unwrap(), "over, or not there");
    }
    assert_eq!(rows(database, "audit_log").await, before + 3, "what did not happen leaves no trace");
    assert_eq!(claimed(database, "b", 9).await, None);
}

async fn one_that_is_cancelled_while_it_is_taken_stays_cancelled(database: &TestDatabase) {
    let storage = database.storage();
    let again = database.again().await;
    for n in 1..=20 {
        let build = queued(database, n, Lending::Lend).await;
        let a = owner("a");
        let (taken, cancelled) = tokio::join!(again.claim_build(&a, LEASE, 99), storage.cancel_build(build, Trail::default()));
        assert!(cancelled.unwrap(), "it was open all the time");
        match taken.unwrap() {
            Some(_) => assert_eq!(storage.hold_build(build, &a, LEASE).await.unwrap(), BuildHold::CancelAsked),
            None => assert_eq!(phase(database, build).await, BuildPhase::Cancelled),
        }
    }
    again.close().await;
}

async fn a_stranger_writes_no_state(database: &TestDatabase) {
    let storage = database.storage();
    let build = queued(database, 1, Lending::Lend).await;
    let running = BuildState::Running { since: NOW };
    assert!(!storage.step_build(build, &owner("a"), &running, trail(11)).await.unwrap(), "nobody's yet");
    assert_eq!(claimed(database, "a", 9).await, Some(build));
    assert!(!storage.step_build(build, &owner("b"), &running, trail(12)).await.unwrap());
    assert!(storage.step_build(build, &owner("a"), &running, trail(13)).await.unwrap());
    let over = running.clone().ended(BuildEnd::Succeeded, NOW).unwrap();
    assert!(storage.step_build(build, &owner("a"), &over, trail(14)).await.unwrap());
    assert!(!storage.step_build(build, &owner("a"), &running, trail(15)).await.unwrap(), "over is over");
    assert_eq!(rows(database, "audit_log").await, 3, "of the start and of the two steps that were made");
    assert_eq!(phase(database, build).await, BuildPhase::Succeeded);
}

async fn pieces_of_a_log_have_places_of_their_own(database: &TestDatabase) {
    let storage = database.storage();
    let (build, other) = (queued(database, 1, Lending::Lend).await, queued(database, 2, Lending::Lend).await);
    let again = database.again().await;
    // Two processes write at once, as happens when one is taken for gone and is not.
    let texts: Vec<(String, bool)> = (0..30).map(|n| (format!("line {n}\n"), n % 2 == 0)).collect();
    let writing = texts.iter().map(|(text, here)| (if *here { storage } else { &again }).log_build(build, text, Trail::default()));
    for done in join_all(writing).await {
        done.unwrap();
    }
    storage.log_build(other, "elsewhere\n", Trail::default()).await.unwrap();
    let all = storage.build_log(build, 0, 100).await.unwrap();
    assert_eq!(all.iter().map(|piece| piece.seq).collect::<Vec<_>>(), (1..=30).collect::<Vec<_>>());
    let kept: BTreeSet<&str> = all.iter().map(|piece| piece.text.as_str()).collect();
    assert_eq!(kept, texts.iter().map(|(text, _)| text.as_str()).collect());
    let part = storage.build_log(build, 28, 1).await.unwrap();
    assert_eq!(part, all[28..29]);
    assert!(storage.build_log(build, 30, 9).await.unwrap().is_empty() && storage.build_log(build, u64::MAX, 9).await.unwrap().is_empty());
    assert_eq!(storage.build_log(other, 0, 9).await.unwrap()[0].seq, 1);
    assert!(storage.log_build(build_id(98), "of nothing\n", trail(30)).await.is_err());
    execute(database, "DELETE FROM build").await;
    assert_eq!(rows(database, "build_log").await, 0, "a log goes with its build");
    again.close().await;
}

async fn the_history_is_read_page_by_page(database: &TestDatabase) {
    let storage = database.storage();
    for n in 1..=7 {
        queued(database, n, Lending::Lend).await;
    }
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let page = storage.builds(before, 3).await.unwrap();
        assert!(page.len() <= 3);
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        seen.extend(page.into_iter().map(|build| build.id));
    }
    assert_eq!(seen, (1..=7).rev().map(build_id).collect::<Vec<_>>(), "newest first, each once");
}
