//! What `--diff` shows, given to `git apply`, makes exactly the new files.

use std::fs;
use std::path::Path;
use std::process::Command;

use onehead::fix::diff::unified;
use onehead::fix::{Change, ContentHash};
use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_assert_eq, proptest};

use crate::room::{Tree, changes, new_tree, old_tree, tree, write_tree};

fn shown(root: &Path) -> impl Fn(&Path) -> String {
    move |path| path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned()
}

/// The tree after `git apply`.
fn applied(old: &Tree, changes: impl Fn(&Path) -> Vec<Change>) -> Result<Tree, String> {
    let scratch = tempfile::tempdir().expect("a folder");
    let root = scratch.path().canonicalize().expect("resolved");
    write_tree(&root, old);
    let git = |arguments: &[&str]| {
        let output = Command::new("git").current_dir(&root).args(arguments).output().expect("git");
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    };
    git(&["init", "-q"])?;
    let changes = changes(&root).into_iter().map(|change| {
        let bytes = fs::read(change.path()).ok();
        (change, bytes)
    });
    let diff = unified(&changes.collect::<Vec<_>>(), &shown(&root));
    fs::write(root.join(".git/patch"), &diff).expect("written");
    if !diff.is_empty() {
        git(&["apply", "--whitespace=nowarn", ".git/patch"])
            .map_err(|error| format!("{error}\n{}", String::from_utf8_lossy(&diff)))?;
    }
    Ok(tree(&root))
}

#[test]
fn every_kind_of_change() {
    assert_eq!(applied(&old_tree(), changes), Ok(new_tree()));
}

#[test]
fn as_a_reader_sees_it() {
    let root = Path::new("/p");
    let old = "one\ntwo\nthree\nfour\nfive\n";
    let seen = ContentHash::of(old.as_bytes());
    let path = |name: &str| root.join("versions").join(name);
    let changes = [
        (
            Change::Edit { path: path("a.py"), seen, content: old.replace("five\n", "5").into() },
            Some(old.into()),
        ),
        (Change::Create { path: path("b.py"), content: b"b\n".to_vec() }, None),
        (
            Change::Rename {
                from: path("c.py"),
                to: path("c d.py"),
                seen,
                content: old.replace("one", "1").into(),
            },
            Some(old.into()),
        ),
        (Change::Delete { path: path("e.py"), seen }, Some(b"e\n".to_vec())),
    ];
    let diff = unified(&changes, &shown(root));
    insta::assert_snapshot!(String::from_utf8_lossy(&diff).replace('\t', "<tab>"), @r#"
    diff --git a/versions/a.py b/versions/a.py
    --- a/versions/a.py
    +++ b/versions/a.py
    @@ -2,4 +2,4 @@
     two
     three
     four
    -five
    +5
    \ No newline at end of file
    diff --git a/versions/b.py b/versions/b.py
    new file mode 100644
    --- /dev/null
    +++ b/versions/b.py
    @@ -0,0 +1 @@
    +b
    diff --git a/versions/c.py b/versions/c d.py
    similarity index 83%
    rename from versions/c.py
    rename to versions/c d.py
    --- a/versions/c.py
    +++ b/versions/c d.py<tab>
    @@ -1,4 +1,4 @@
    -one
    +1
     two
     three
     four
    diff --git a/versions/e.py b/versions/e.py
    deleted file mode 100644
    --- a/versions/e.py
    +++ /dev/null
    @@ -1 +0,0 @@
    -e
    "#);
}

/// Lines that repeat, in several encodings and with several ends, and perhaps none at the end of the file.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::sample::select(vec!["a", "b", "", "caf\u{e9}", "-- x", "+++ y", "@@"]);
    let end = prop::sample::select(vec!["\n", "\n", "\n", "\r\n", "\u{c}\n"]);
    (prop::collection::vec((line, end), 0..24), any::<bool>(), any::<bool>()).prop_map(
        |(lines, cut, latin)| {
            let mut text: String = lines.into_iter().flat_map(|(line, end)| [line, end]).collect();
            if cut {
                text.truncate(text.trim_end().len());
            }
            if latin {
                text.chars().map(|c| u8::try_from(u32::from(c)).expect("small")).collect()
            } else {
                text.into()
            }
        },
    )
}

fn name() -> impl Strategy<Value = String> {
    "[ab]{1,2}( c|\"q|\\\\|\u{e9}|\t|)\\.py".prop_map(|name| format!("versions/{name}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_changes(
        files in prop::collection::btree_map(name(), (text(), text(), 0_u8..5), 1..5),
    ) {
        let old: Tree = files
            .iter()
            .filter(|(_, (_, _, kind))| *kind != 1)
            .map(|(name, (old, ..))| (name.clone(), old.clone()))
            .collect();
        let mut new = Tree::new();
        for (name, (before, after, kind)) in &files {
            match kind {
                0 | 1 => new.insert(name.clone(), after.clone()),
                2 => new.insert(format!("{name}_moved.py"), after.clone()),
                3 => new.insert(format!("{name}_moved.py"), before.clone()),
                _ => None,
            };
        }
        let changes = |root: &Path| -> Vec<Change> {
            let change = |(name, (before, after, kind)): (&String, &(Vec<u8>, Vec<u8>, u8))| {
                let (path, seen) = (root.join(name), ContentHash::of(before));
                let to = root.join(format!("{name}_moved.py"));
                match kind {
                    0 => Change::Edit { path, seen, content: after.clone() },
                    1 => Change::Create { path, content: after.clone() },
                    2 => Change::Rename { from: path, to, seen, content: after.clone() },
                    3 => Change::Rename { from: path, to, seen, content: before.clone() },
                    _ => Change::Delete { path, seen },
                }
            };
            files.iter().map(change).collect()
        };
        prop_assert_eq!(applied(&old, changes), Ok(new));
    }
}
