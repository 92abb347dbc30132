//! Random histories: what is said of a merge before it is made, beside the merge that git then makes.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use super::Room;
use super::random::{Random, State, Stream};
use super::support::Answer;

/// How many histories there are.
fn histories() -> usize {
    let number = std::env::var("ONEHEAD_TEST_MERGES").ok();
    number.and_then(|number| number.parse().ok()).unwrap_or(300)
}

/// As many repositories, each with its share of the histories.
const THREADS: usize = 4;

/// What git is told about merging.
const CONFIGURATIONS: [(&str, &str); 6] = [
    ("merge.renames", "false"),
    ("merge.directoryRenames", "true"),
    ("merge.directoryRenames", "false"),
    ("merge.renormalize", "true"),
    ("merge.conflictStyle", "diff3"),
    ("core.autocrlf", "true"),
];

const ATTRIBUTES: [&str; 3] =
    ["*.py merge=union\n", "*.py text eol=crlf\n*.ini text eol=crlf\n", "*.py -merge\n"];

/// How often what may happen did.
#[derive(Default, Debug)]
struct Seen {
    clean: usize,
    conflicts_elsewhere: usize,
    conflicts_in_migrations: usize,
    conflicts_in_configuration: usize,
    problems: usize,
    nowhere: usize,
}

#[test]
fn a_merge_is_judged_as_git_makes_it() {
    let seen: Vec<Seen> = std::thread::scope(|scope| {
        let run = |thread| scope.spawn(move || share(thread));
        let threads: Vec<_> = (0..THREADS).map(run).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    // What never happened was not proved.
    let sum = |count: fn(&Seen) -> usize| seen.iter().map(count).sum::<usize>();
    assert!(sum(|one| one.clean) >= histories() / 4, "{seen:?}");
    assert!(sum(|one| one.conflicts_elsewhere) >= histories() / 30, "{seen:?}");
    assert!(sum(|one| one.conflicts_in_migrations) >= histories() / 30, "{seen:?}");
    assert!(sum(|one| one.conflicts_in_configuration) >= histories() / 100, "{seen:?}");
    assert!(sum(|one| one.problems) >= histories() / 10, "{seen:?}");
}

fn share(thread: usize) -> Seen {
    let mut room = Room::empty();
    let seeds = (0..histories()).filter(|seed| seed % THREADS == thread);
    let mut stream = Stream::default();
    for seed in seeds.clone() {
        write(&mut stream, seed);
    }
    import(&room, &stream);
    let mut seen = Seen::default();
    for seed in seeds {
        room.variables.retain(|(name, _)| !name.to_string_lossy().starts_with("GIT_CONFIG_"));
        let configuration = CONFIGURATIONS.get(seed % 12).copied();
        if let Some((key, value)) = configuration {
            room = room
                .variable("GIT_CONFIG_COUNT", "1")
                .variable("GIT_CONFIG_KEY_0", key)
                .variable("GIT_CONFIG_VALUE_0", value);
        }
        judge(&room, seed, &mut seen);
    }
    seen
}

/// Two branches `o<seed>` and `t<seed>` from one commit; one in five has merged back and forth before.
fn write(stream: &mut Stream, seed: usize) {
    let mut random = Random::new(seed as u64 + 1);
    let attributes = ATTRIBUTES.get(random.below(9)).copied().unwrap_or_default();
    let base = State::base(&mut random, attributes);
    let (ours, theirs) = (format!("o{seed}"), format!("t{seed}"));
    let root = stream.commit(&ours, &base, &[]);
    let mut side = |stream: &mut Stream, branch: &str, from: &State, parents: &[usize], step| {
        let mut state = from.clone();
        for number in 0..=random.below(3) {
            state.work(&mut random, &branch[..1], step + number);
        }
        (stream.commit(branch, &state, parents), state)
    };
    let (o, our_state) = side(stream, &ours, &base, &[root], 0);
    let (t, their_state) = side(stream, &theirs, &base, &[root], 0);
    if seed.is_multiple_of(5) {
        // Each takes the other's commit and keeps its own files or takes the other's: two merge bases.
        let (o2, our_state) = side(stream, &ours, &our_state, &[o, t], 10);
        let (t2, their_state) = side(stream, &theirs, &our_state, &[t, o], 20);
        side(stream, &ours, &our_state, &[o2], 30);
        side(stream, &theirs, &their_state, &[t2], 40);
    } else if seed.is_multiple_of(3) {
        side(stream, &ours, &our_state, &[o], 10);
        side(stream, &theirs, &their_state, &[t], 10);
    }
}

fn import(room: &Room, stream: &Stream) {
    let mut command = room.command("git", ".".as_ref(), &["fast-import", "--quiet", "--force"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stream.text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// What is published is no matter here: the same commits are here and there.
const CHECK: &str = "check --format json --select multiple-heads,fork-on-merge";

/// Makes the merge and compares.
fn judge(room: &Room, number: usize, seen: &mut Seen) {
    // Everything is written anew, since what is configured about line ends changes.
    clear(room);
    room.git(&format!("checkout -q -f --detach o{number}"));
    let before = room.onehead(&format!("{CHECK} --merge-with t{number}"));
    let output =
        room.try_git(".", &["merge", "-q", "--no-commit", "--no-ff", &format!("t{number}")]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "seed {number}: {output:?}");
    let after = room.onehead(CHECK);
    let staged = room.onehead(&format!("{CHECK} --staged"));
    let listing = room.git("ls-files -u -z");
    let unmerged: BTreeSet<&str> =
        listing.split('\0').filter_map(|line| line.split('\t').nth(1)).collect();
    // What only the common ancestor has is gone on both sides.
    let on_a_side = listing.split('\0').filter(|line| !line.contains(" 1\t"));
    let on_a_side: BTreeSet<&str> = on_a_side.filter_map(|line| line.split('\t').nth(1)).collect();
    let all = || format!("seed {number}, in conflict: {listing:?}\n{before}\n{after}\n{staged}");
    let in_configuration =
        on_a_side.iter().any(|path| matches!(*path, "alembic.ini" | "pyproject.toml"));
    if in_configuration {
        seen.conflicts_in_configuration += 1;
        assert_eq!((before.status, staged.status), (2, 2), "{}", all());
        assert!(before.stdout.contains("conflict in it"), "{}", all());
    } else if after.status == 2 {
        // The merge leaves a configuration that leads nowhere.
        seen.nowhere += 1;
        assert_eq!((before.status, staged.status), (2, 2), "{}", all());
    } else if on_a_side.iter().any(|path| is_listed(&after, path)) {
        seen.conflicts_in_migrations += 1;
        conflicts(&before, &on_a_side, &all);
        conflicts(&staged, &on_a_side, &all);
    } else if on_a_side.iter().any(|path| path.starts_with("common/")) {
        // A link may lead there.
    } else {
        seen.clean += usize::from(unmerged.is_empty());
        seen.conflicts_elsewhere += usize::from(!unmerged.is_empty());
        seen.problems += usize::from(after.status == 1);
        assert_eq!(before.status, after.status, "{}", all());
        assert_eq!(staged.status, after.status, "{}", all());
        assert_eq!(apart_from_snapshot(&before), apart_from_snapshot(&after), "{}", all());
        assert_eq!(apart_from_snapshot(&staged), apart_from_snapshot(&after), "{}", all());
    }
}

/// Takes away the working tree and the index.
fn clear(room: &Room) {
    let _ = std::fs::remove_file(room.path().join(".git/index"));
    for entry in std::fs::read_dir(room.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with(".git") {
            std::fs::remove_dir_all(path).unwrap();
        } else if !path.is_dir() {
            std::fs::remove_file(path).unwrap();
        }
    }
}

/// The answer without the name of what was judged. Of a fork only the heads: before the merge it is told otherwise than after.
fn apart_from_snapshot(answer: &Answer) -> Value {
    let mut document = answer.json();
    document.as_object_mut().unwrap().remove("snapshot");
    let findings = document["environments"][0]["findings"].as_array_mut().unwrap();
    for finding in &mut *findings {
        if finding["rule"] == "multiple-heads" || finding["rule"] == "fork-on-merge" {
            *finding = finding["revisions"].clone();
        } else {
            // Notes tell what became of a lost revision, and in which of these it is not.
            finding.as_object_mut().unwrap().remove("notes");
        }
    }
    findings.sort_by_key(Value::to_string);
    document
}

/// Whether a path of git's is a migration in the folder that an answer is about.
fn is_listed(answer: &Answer, path: &str) -> bool {
    let document = answer.json();
    let folder = document["environments"][0]["version_locations"][0].as_str();
    let folder = folder.unwrap_or_else(|| panic!("{answer}"));
    let inside = path.strip_prefix(folder).is_some_and(|rest| rest.rfind('/') == Some(0));
    path.rsplit('.').next() == Some("py") && inside
}

/// Every migration about which git disagrees has a finding of its own.
fn conflicts(answer: &Answer, on_a_side: &BTreeSet<&str>, all: &dyn Fn() -> String) {
    assert_eq!(answer.status, 1, "{}", all());
    let document = answer.json();
    let findings = document["environments"][0]["findings"].as_array().unwrap().iter();
    let found: BTreeSet<&str> = findings
        .filter(|finding| finding["rule"] == "unreadable-script")
        .filter_map(|finding| finding["path"].as_str())
        .collect();
    let wanted = on_a_side.iter().filter(|path| is_listed(answer, path));
    let missed: Vec<_> = wanted.filter(|path| !found.contains(**path)).collect();
    assert!(missed.is_empty(), "no finding about {missed:?}\n{}", all());
}
