//! What `init` makes of a `.pre-commit-config.yaml`, read again by Python's YAML and by the real pre-commit and prek.

use std::path::PathBuf;
use std::process::Command;

use crate::room::Room;

fn programs() -> PathBuf {
    let folder = std::env::var_os("ONEHEAD_TEST_HOOK_MANAGERS");
    PathBuf::from(folder.expect("ONEHEAD_TEST_HOOK_MANAGERS is set, see CONTRIBUTING.md"))
}

/// Takes pairs of files: the second must be the first with one more repository, in which the hooks are.
const COMPARES: &str = "
import sys, yaml
for before_path, after_path in zip(sys.argv[1::2], sys.argv[2::2]):
    before, after = (yaml.safe_load(open(path, encoding='utf-8-sig', newline='')) for path in (before_path, after_path))
    added = after['repos'].pop()
    before['repos'] = before['repos'] or []
    assert before == after, (before_path, before, after)
    assert set(added) == {'repo', 'rev', 'hooks'}, added
    assert added['hooks'] == [{'id': 'alembic-heads'}, {'id': 'alembic-heads-push'}], added
    assert isinstance(added['rev'], str), added
";

/// Files as people write them: how deep dashes stand, how far keys from dashes, what comes before and after.
fn files() -> Vec<String> {
    let mut files = Vec::new();
    for indent in ["", "  ", "    "] {
        for gap in [" ", "   "] {
            for deeper in ["", "  "] {
                let key = format!("{indent} {gap}");
                let hook = format!("{key}{deeper}");
                let repository = |name: &str| {
                    format!(
                        "{indent}-{gap}repo: https://example.org/{name}  # {name}\n{key}rev: '1'\n{key}hooks:\n{hook}-{gap}id: {name}\n\
                         {hook} {gap}args: [--x,\n{hook} {gap}  '--y # z']\n{hook} {gap}exclude: |\n{hook} {gap}  ^a\n\n\
                         {hook} {gap}  # no comment\n"
                    )
                };
                let (one, two) = (repository("one"), repository("two"));
                let list = format!("repos:  # all\n{one}\n{indent}# between\n{two}");
                for (head, tail) in [
                    ("", ""),
                    ("# head\n---\n", "# tail\n"),
                    ("exclude: ^x\n", "\n# about ci\nci:\n  skip: [one]\n"),
                    ("default_stages: [pre-commit]\n", "fail_fast: true\n"),
                ] {
                    let text = format!("{head}{list}{tail}");
                    files.push(text.replace('\n', "\r\n"));
                    // Where the text at the end would get a line end, it is refused.
                    files.push(text.trim_end().replace("exclude: |\n", "exclude: |-\n"));
                    files.push(text);
                }
            }
        }
    }
    for text in [
        "repos: []\n",
        "repos: []  # none yet\nci: {skip: []}\n",
        "repos:\n- {repo: meta, hooks: [{id: identity}]}\n",
        "repos:\n  -\n    repo: meta\n    hooks: [{id: identity}]\n",
        "'repos':\n- hooks:\n  - id: identity\n  repo: meta",
        "\"repos\" :\n  # first\n  - repo: meta\n    hooks:\n      - id: identity\n        name: >-\n          a: b\n          # c\n",
    ] {
        files.push(text.to_owned());
    }
    files
}

#[test]
fn every_way_to_write_it_stays_what_it_was() {
    let room = Room::new();
    let python = programs().join("python");
    let files = files();
    assert!(files.len() > 100);
    let (mut pairs, mut written) = (Vec::new(), Vec::new());
    for (at, text) in files.iter().enumerate() {
        room.project.write(".pre-commit-config.yaml", text);
        room.onehead(&["init", "--yes", "--quiet"]).exits(0).prints(".pre-commit-config.yaml\n");
        let path = room.project.path();
        let [before, after] = ["before", "after"].map(|name| path.join(format!("{name}{at}.yaml")));
        std::fs::write(&before, text).unwrap();
        std::fs::copy(path.join(".pre-commit-config.yaml"), &after).unwrap();
        let bytes = std::fs::read_to_string(&after).unwrap();
        assert_eq!(bytes.contains("\r\n"), text.contains("\r\n"), "{bytes:?}");
        assert!(!bytes.replace("\r\n", "").contains('\r'), "{bytes:?}");
        pairs.extend([before, after.clone()]);
        written.push(after);
    }
    let output = Command::new(&python).args(["-c", COMPARES]).args(&pairs).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for program in ["pre-commit", "prek"] {
        let mut command = room.project.command(&programs().join(program));
        let output = command.arg("validate-config").args(&written).output().unwrap();
        assert!(output.status.success(), "{program}: {output:?}");
    }
}
