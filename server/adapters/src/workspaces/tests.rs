use super::*;
use std::ffi::OsStr;
use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SECRET: &str = "at-0123456789abcdef";

struct Bench {
    folder: TempDir,
    folders: BuildFolders,
    id: BuildId,
    place: PathBuf,
}

impl Bench {
    async fn make() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let folders = BuildFolders::new(folder.path().join("builds"), vec![folder.path().join("open")], vec![folder.path().join("builds")]);
        let id = BuildId::new(uuid::Uuid::from_u128(7));
        let place = folders.make(id).await.expect("made");
        Self { folder, folders, id, place }
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.place.join(name), bytes).expect("written");
    }

    async fn scrub(&self, patience: Duration) -> Looked {
        let secrets = vec![SECRET.to_owned().into(), String::new().into()];
        let mut looked = self.folders.scrub(self.id, secrets, Patience::new(patience)).await.expect("looked through");
        looked.held.first.sort();
        looked.named.first.sort();
        looked.unseen.first.sort();
        looked
    }

    async fn packed(&self) -> Vec<(String, tar::EntryType, String)> {
        let pieces: Vec<_> = self.folders.pack(self.id).await.expect("there").collect().await;
        let bytes = pieces.into_iter().collect::<io::Result<Vec<_>>>().expect("whole").concat();
        let mut archive = tar::Archive::new(&*bytes);
        let mut entries: Vec<_> = archive
            .entries()
            .expect("an archive")
            .map(|entry| {
                let mut entry = entry.expect("an entry");
                let mut text = String::new();
                io::Read::read_to_string(&mut entry, &mut text).expect("read");
                let link = entry.link_name().expect("read").map(|link| link.display().to_string());
                (entry.path().expect("a path").display().to_string(), entry.header().entry_type(), link.unwrap_or(text))
            })
            .collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries
    }
}

fn around(before: usize, after: usize) -> Vec<u8> {
    [vec![b'x'; before], SECRET.as_bytes().to_vec(), vec![b'y'; after]].concat()
}

fn now() -> OffsetDateTime {
    domain::Clock::now(&crate::SystemClock)
}

const LONG: Duration = Duration::from_mins(5);

#[tokio::test]
async fn a_secret_is_found_wherever_it_lies() {
    let bench = Bench::make().await;
    bench.put("whole", around(0, 0));
    bench.put("across", around((1 << 20) - 5, 10));
    bench.put("large", around(20 << 20, 3));
    bench.put("closed", around(1, 1));
    bench.put("half", "at-0123456789abcde");
    bench.put("empty", "");
    std::fs::create_dir(bench.place.join("shut")).expect("made");
    bench.put("shut/deep", around(1, 1));
    for (name, mode) in [("closed", 0o000), ("shut", 0o000), (".", 0o300)] {
        std::fs::set_permissions(bench.place.join(name), Permissions::from_mode(mode)).expect("set");
    }
    symlink("/etc/passwd", bench.place.join("link")).expect("made");
    let looked = bench.scrub(LONG).await;
    assert_eq!(looked.held.first, ["across", "closed", "large", "shut/deep", "whole"]);
    assert_eq!((looked.held.more, looked.named, looked.unseen), (0, services::ports::Names::default(), services::ports::Names::default()));
    assert_eq!(bench.folders.artefacts(bench.id).await.map(|found| found.files), Some(2));
    assert!(bench.folders.remove(bench.id).await.expect("removed") && !bench.folders.remove(bench.id).await.expect("gone already"));
    assert!(bench.folders.artefacts(bench.id).await.is_none());
}

#[tokio::test]
async fn a_secret_in_a_name_or_in_where_a_link_leads_goes_too() {
    let bench = Bench::make().await;
    std::fs::create_dir_all(bench.place.join("sub").join(format!("x{SECRET}"))).expect("made");
    bench.put(&format!("sub/x{SECRET}/inner"), "x");
    bench.put(&format!("{SECRET}.txt"), "x");
    symlink(format!("nowhere/{SECRET}"), bench.place.join("sub/link")).expect("made");
    symlink("nowhere", bench.place.join("sub/kept")).expect("made");
    let looked = bench.scrub(LONG).await;
    assert_eq!(looked.named.first, ["sub", "sub", "the workspace"]);
    assert!(!format!("{looked:?}").contains(SECRET), "{looked:?}");
    let left: Vec<_> = bench.packed().await.into_iter().map(|(name, ..)| name).collect();
    assert_eq!(left, ["sub", "sub/kept"]);
}

#[tokio::test]
async fn what_is_more_than_anybody_waits_for_is_removed_unseen() {
    let bench = Bench::make().await;
    std::fs::File::create(bench.place.join("holes")).and_then(|file| file.set_len(1 << 42)).expect("a file of holes");
    bench.put("small", "kept");
    let began = Instant::now();
    assert_eq!(bench.scrub(LONG).await.unseen.first, ["holes"]);
    assert!(began.elapsed() < Duration::from_mins(1), "nobody read it");
    assert!(bench.place.join("small").exists());
    // At the end of the patience the rest goes, too.
    std::fs::create_dir(bench.place.join("sub")).expect("made");
    bench.put("sub/inner", "x");
    assert_eq!(bench.scrub(Duration::ZERO).await.unseen.first, ["small", "sub/inner"]);
    assert_eq!(bench.folders.artefacts(bench.id).await.map(|found| found.files), Some(0));
}

#[tokio::test]
async fn folders_deeper_than_any_path_are_looked_through_counted_and_removed() {
    let bench = Bench::make().await;
    let name = "d".repeat(250);
    let below = |mut folder: OwnedFd, name: &str, deep: usize| {
        for _ in 0..deep {
            rustix::fs::mkdirat(&folder, name, rustix::fs::Mode::RWXU).expect("made");
            folder = walk::enter_ours(folder.as_fd(), OsStr::new(name)).expect("entered");
        }
        let flags = rustix::fs::OFlags::CREATE | rustix::fs::OFlags::WRONLY;
        let file = rustix::fs::openat(&folder, "stolen", flags, rustix::fs::Mode::RUSR).expect("made");
        io::Write::write_all(&mut std::fs::File::from(file), &around(3, 3)).expect("written");
    };
    // Longer than PATH_MAX; and deeper than there are descriptors, or a stack would bear.
    below(walk::root(&bench.place).expect("opened"), &name, 40);
    below(walk::root(&bench.place).expect("opened"), "s", 2000);
    let looked = bench.scrub(LONG).await;
    assert_eq!((looked.held.first.len(), looked.unseen.first.len()), (1, 1), "{looked:?}");
    assert_eq!(bench.folders.artefacts(bench.id).await.map(|found| found.files), Some(0));
    below(walk::root(&bench.place).expect("opened"), "t", 2000);
    assert!(bench.folders.remove(bench.id).await.expect("removed"));
    assert_eq!(std::fs::read_dir(bench.folder.path().join("builds")).expect("there").count(), 0);
}

#[tokio::test]
async fn a_folder_of_somebody_s_is_looked_at_and_left_as_it_is() {
    let bench = Bench::make().await;
    let open = bench.folder.path().join("open");
    std::fs::create_dir_all(open.join("sub")).expect("made");
    std::fs::write(open.join("sub/stolen"), around(2, 2)).expect("written");
    std::fs::write(open.join("clean"), "x").expect("written");
    symlink(SECRET, open.join("link")).expect("made");
    let look = async |since, patience| {
        bench.folders.look(&open, since, vec![SECRET.to_owned().into()], Patience::new(patience)).await.expect("looked at")
    };
    let began = now() - Duration::from_mins(1);
    let looked = look(began, LONG).await;
    assert_eq!(
        (looked.held.first.as_slice(), looked.named.first.as_slice()),
        (&["sub/stolen".to_owned()][..], &["the workspace".to_owned()][..])
    );
    assert!(open.join("sub/stolen").exists() && open.join("link").symlink_metadata().is_ok());
    let later = now() + Duration::from_mins(1);
    assert_eq!(look(later, LONG).await.held.first.len(), 0, "nothing has changed since");
    assert_eq!(look(began, Duration::ZERO).await.unseen.first.len(), 2, "and it says what it had no time for");
}

#[tokio::test]
async fn what_is_neither_file_nor_folder_nor_link_is_left_out_of_the_archive() {
    let bench = Bench::make().await;
    let _socket = std::os::unix::net::UnixListener::bind(bench.place.join("socket")).expect("bound");
    rustix::fs::mkfifoat(walk::root(&bench.place).expect("opened"), "pipe", rustix::fs::Mode::RWXU).expect("made");
    std::fs::create_dir_all(bench.place.join("sub/empty")).expect("made");
    bench.put("sub/file", "text");
    let long = format!("{}/x", "l".repeat(150));
    symlink(&long, bench.place.join("a-link")).expect("made");
    let deep = format!("sub/{}", "n".repeat(120));
    bench.put(&deep, "deep");
    let kinds = bench.packed().await;
    let expected = [
        ("a-link", tar::EntryType::Symlink, long.as_str()),
        ("sub", tar::EntryType::Directory, ""),
        ("sub/empty", tar::EntryType::Directory, ""),
        ("sub/file", tar::EntryType::Regular, "text"),
        (deep.as_str(), tar::EntryType::Regular, "deep"),
    ];
    assert_eq!(kinds, expected.map(|(name, kind, text)| (name.to_owned(), kind, text.to_owned())));
}

#[tokio::test]
async fn a_folder_that_overlaps_with_purser_s_own_is_refused_by_name() {
    let outer = tempfile::tempdir().expect("a folder");
    let at = |path: &str| outer.path().join(path);
    for folder in ["data/builds/other", "work", "beside"] {
        std::fs::create_dir_all(at(folder)).expect("made");
    }
    std::fs::write(at("beside/purser.db"), "").expect("written");
    symlink(at("data"), at("work/way-in")).expect("made");
    let folders = BuildFolders::new(at("data/builds"), vec![outer.path().to_owned()], vec![at("data"), at("beside/purser.db")]);
    assert_eq!(folders.folder(&at("work").display().to_string()).ok(), at("work").canonicalize().ok());
    for refused in ["data", "data/builds", "data/builds/other", "work/way-in/builds", "beside", ""] {
        let words = folders.folder(&at(refused).display().to_string()).expect_err(refused).to_string();
        assert!(words.contains("which no build may see"), "{refused}: {words}");
    }
}
