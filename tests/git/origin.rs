//! Who added files, and which branches have them.

use std::path::Path;

use onehead::git::{BranchKind, Git, Walk};

use super::Repository;

fn commit(repository: &Repository, author: &str, subject: &str) {
    repository.git(&["add", "-A"]);
    let author = format!("{author} <{author}@example.org>");
    let date = "2024-02-03T04:05:06+0100";
    repository.git(&["commit", "-q", "--author", &author, "--date", date, "-m", subject]);
}

/// `a` on main by Ann; `b` and `c` on a branch by Bob, merged as pull request 7; `d` only in the merge.
fn merged() -> Repository {
    let repository = Repository::new(&[]);
    commit(&repository, "Ann", "first (#3), then (#4)");
    repository.git(&["checkout", "-q", "-b", "feature"]);
    repository.script("b");
    repository.write("with space \u{e9}.py", "1\n");
    commit(&repository, "Bob", "add b");
    repository.script("b2");
    commit(&repository, "Bob", "add b2");
    repository.git(&["checkout", "-q", "main"]);
    repository.write("on main", "1\n");
    commit(&repository, "Ann", "on main");
    repository.git(&["merge", "-q", "--no-ff", "--no-commit", "feature"]);
    repository.script("d");
    commit(&repository, "Cem", "Merge pull request #7 from x/feature");
    repository
}

/// The authors, subjects and pull requests of the commits that added the files; `-` for none.
#[track_caller]
fn check_origins(repository: &Repository, walk: Walk, files: &[&str], expected: &[&str]) {
    let paths: Vec<&Path> = files.iter().map(Path::new).collect();
    let origins = Git::new(&repository.top).origins(&["HEAD"], walk, &paths).unwrap();
    let words = origins.iter().map(|origin| match origin {
        Some(origin) => {
            assert!(origin.commit.as_str().starts_with(&origin.short));
            assert_eq!(origin.day, "2024-02-03");
            let request = origin.request().unwrap_or("-");
            format!("{}, {}, {request}", origin.author, origin.subject)
        }
        None => "-".to_string(),
    });
    assert_eq!(words.collect::<Vec<_>>(), expected);
}

#[test]
fn who_wrote_a_file() {
    let files = [
        "m/versions/a.py",
        "m/versions/b.py",
        "m/versions/b2.py",
        "with space \u{e9}.py",
        "m/versions/d.py",
        "nowhere.py",
    ];
    let expected = [
        "Ann, first (#3), then (#4), #4",
        "Bob, add b, -",
        "Bob, add b2, -",
        "Bob, add b, -",
        "Cem, Merge pull request #7 from x/feature, #7",
        "-",
    ];
    check_origins(&merged(), Walk::All, &files, &expected);
    check_origins(&merged(), Walk::All, &[], &[]);
}

#[test]
fn what_brought_a_file_here() {
    let files = ["m/versions/a.py", "m/versions/b.py", "m/versions/b2.py", "m/versions/d.py"];
    let merge = "Cem, Merge pull request #7 from x/feature, #7";
    let expected = ["Ann, first (#3), then (#4), #4", merge, merge, merge];
    check_origins(&merged(), Walk::FirstParent, &files, &expected);
}

#[test]
fn a_file_that_came_twice_came_last() {
    let repository = Repository::new(&[]);
    commit(&repository, "Ann", "one");
    repository.git(&["rm", "-q", "m/versions/a.py"]);
    commit(&repository, "Ann", "two");
    repository.script("a");
    commit(&repository, "Bob", "three");
    check_origins(&repository, Walk::All, &["m/versions/a.py"], &["Bob, three, -"]);
}

#[test]
fn a_moved_file_was_added_where_it_is() {
    let repository = Repository::new(&[]);
    commit(&repository, "Ann", "one");
    repository.git(&["mv", "m/versions/a.py", "m/versions/0001_a.py"]);
    commit(&repository, "Bob", "two");
    check_origins(&repository, Walk::All, &["m/versions/0001_a.py"], &["Bob, two, -"]);
}

#[test]
fn a_tip_that_is_not_there_is_an_error() {
    let repository = merged();
    let git = Git::new(&repository.top);
    let path = [Path::new("m/versions/a.py")];
    assert!(git.origins(&["nowhere"], Walk::All, &path).is_err());
    assert!(git.origins(&["--all"], Walk::All, &path).is_err());
    assert!(git.origins(&["feature", "main"], Walk::All, &path).unwrap()[0].is_some());
}

/// The branches, as `name kind`, that have the file.
#[track_caller]
fn check_branches(repository: &Repository, file: &str, expected: &[&str]) {
    let git = Git::new(&repository.top);
    let branches = git.branches(100).unwrap();
    let paths = [Path::new("nowhere"), Path::new(file)];
    let found = git.branches_with(&branches, &paths).unwrap();
    assert!(found[0].is_empty());
    let mut names: Vec<String> = found[1]
        .iter()
        .map(|&at| format!("{} {:?}", branches[at].name, branches[at].kind))
        .collect();
    names.sort();
    assert_eq!(names, expected);
}

#[test]
fn the_branches_that_have_a_file() {
    let repository = merged();
    repository.git(&["checkout", "-q", "-b", "mine", "feature"]);
    repository.script("e");
    commit(&repository, "Ann", "e");
    repository.git(&["remote", "add", "origin", "nowhere"]);
    repository.git(&["update-ref", "refs/remotes/origin/main", "main"]);
    repository.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    repository.git(&["update-ref", "refs/remotes/origin/theirs", "HEAD"]);
    repository.git(&["update-ref", "refs/remotes/origin/mine", "HEAD"]);
    repository.git(&["branch", "stacked"]);
    let expected =
        ["mine Current", "origin/mine Counterpart", "origin/theirs Remote", "stacked Local"];
    check_branches(&repository, "m/versions/e.py", &expected);
    repository.git(&["branch", "-q", "--set-upstream-to=origin/theirs"]);
    let expected =
        ["mine Current", "origin/mine Counterpart", "origin/theirs Counterpart", "stacked Local"];
    check_branches(&repository, "m/versions/e.py", &expected);
    check_branches(&repository, "m/versions/d.py", &["main Local", "origin/main Remote"]);
    assert!(BranchKind::Remote.is_other() && !BranchKind::Counterpart.is_other());
    repository.git(&["checkout", "-q", "--detach"]);
    check_branches(&repository, "m/versions/d.py", &["main Local", "origin/main Remote"]);
}

#[test]
fn the_newest_branches_are_kept() {
    let repository = merged();
    let git = Git::new(&repository.top);
    assert_eq!(git.branches(1).unwrap().len(), 1);
    assert_eq!(git.branches(9).unwrap().len(), 2);
    let unborn = Repository::new(&[]);
    assert!(Git::new(&unborn.top).branches(9).unwrap().is_empty());
}
