//! Scripts of other versions, and scripts that somebody edited.

use std::fs;

use sha2::{Digest as _, Sha256};

use crate::room::Room;
use crate::support::check;

/// A script of another version: its fingerprint is true, its text another.
fn other_version(version: u32, event: &str, body: &str) -> String {
    let digest = Sha256::digest(format!("#!/bin/sh\n{body}"));
    let hash = digest[..8].iter().fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
    format!("#!/bin/sh\n# onehead-hook {version} {event} {hash}\n{body}")
}

/// The texts of version 1, as they were released: they must be known for ever, and a change of the text is another
/// version.
#[test]
fn version_1_is_what_it_was() {
    for name in ["pre-commit", "pre-push", "post-checkout"] {
        for chained in [false, true] {
            let room = Room::new();
            if chained {
                room.foreign(name, "#!/bin/sh\n");
            }
            room.onehead(&["hook", "install", "--advice"]).exits(0);
            let written = fs::read_to_string(room.hook(name)).unwrap();
            let kind = if chained { "chained" } else { "alone" };
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hooks/version-1");
            let path = format!("{folder}/{name}-{kind}");
            let comparable = |text: &str| {
                let lines = text.split('\n').enumerate();
                let varies = |line: &str| {
                    line.starts_with("# onehead-hook") || line.starts_with("recorded=")
                };
                lines
                    .filter(|(_, line)| !varies(line))
                    .map(|(_, line)| line.to_owned())
                    .collect::<Vec<_>>()
            };
            let frozen = fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(comparable(&written), comparable(&frozen), "{path}");
            // The frozen one itself is known as ours and as nobody's edit.
            room.foreign(name, &frozen);
            room.onehead(&["hook", "uninstall"]).exits(0);
            assert_eq!(room.hook(name).exists(), chained, "{path}");
        }
    }
}

#[test]
fn an_earlier_version_is_renewed_in_place() {
    let room = Room::with_stand_in();
    let old = other_version(0, "pre-commit", "recorded='/nowhere'\nexec false\n");
    room.foreign("pre-commit", &old);
    room.onehead(&["hook", "status"])
        .exits(1)
        .shows("it is of an earlier onehead: `onehead hook install` renews it\n");
    room.onehead(&["hook", "install", "--pre-commit"])
        .exits(0)
        .prints("updated .git/hooks/pre-commit\n");
    assert!(room.git(&["commit", "-q", "--allow-empty", "-m", "x"]).status.success());
    assert_eq!(room.hooks(), ["pre-commit"]);
    room.foreign("pre-commit", &old);
    room.onehead(&["hook", "uninstall"]).exits(0);
    assert_eq!(room.hooks(), [] as [&str; 0]);
}

#[test]
fn a_later_version_is_left_unless_forced() {
    let room = Room::new();
    let new = other_version(99, "pre-push", "recorded='/nowhere'\nexec false\n");
    room.foreign("pre-push", &new);
    check!(room.onehead(&["hook", "install"]), @r"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: .git/hooks/pre-push was written by a later onehead (version 99 of the script)
    hint: nothing was written; upgrade onehead, or write it anew with `onehead hook install --force`
    ");
    assert_eq!(room.hooks(), ["pre-push"]);
    assert_eq!(fs::read_to_string(room.hook("pre-push")).unwrap(), new);
    room.onehead(&["hook", "install", "--force"]).exits(0).shows("updated .git/hooks/pre-push\n");
}

#[test]
fn an_edited_one_is_left_unless_forced_and_then_kept() {
    let room = Room::new();
    room.onehead(&["hook", "install", "--pre-push"]).exits(0);
    let edited = fs::read_to_string(room.hook("pre-push")).unwrap() + "# mine\n";
    room.foreign("pre-push", &edited);
    check!(room.onehead(&["hook", "install", "--pre-push"]), @r"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: .git/hooks/pre-push is a hook of onehead that was edited
    hint: nothing was written; `onehead hook install --force` writes it anew and keeps a copy
    ");
    check!(room.onehead(&["hook", "uninstall"]), @r"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: .git/hooks/pre-push was edited and stays
    hint: take it away by hand, or put it right first with `onehead hook install --force`
    ");
    let document = room.onehead(&["hook", "uninstall", "--format", "json"]).exits(1).json();
    let left =
        serde_json::json!([{"event": "pre-push", "action": "left", "path": ".git/hooks/pre-push"}]);
    assert_eq!(document["hooks"], left);
    assert_eq!(fs::read_to_string(room.hook("pre-push")).unwrap(), edited);
    room.onehead(&["hook", "install", "--pre-push", "--force"]).exits(0).prints(
        "updated .git/hooks/pre-push; the edited one is kept as .git/hooks/pre-push.onehead-edited1\n",
    );
    assert_eq!(fs::read_to_string(room.hook("pre-push.onehead-edited1")).unwrap(), edited);
    room.onehead(&["hook", "uninstall"]).exits(0);
    assert_eq!(room.hooks(), ["pre-push.onehead-edited1"]);
}

#[test]
fn one_that_lost_its_permission_is_renewed() {
    let room = Room::new();
    room.onehead(&["hook", "install", "--pre-push"]).exits(0);
    let none = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(room.hook("pre-push"), none).unwrap();
    room.onehead(&["hook", "status"]).exits(1).shows(
        "pre-push          broken      .git/hooks/pre-push\n                              it is not executable, so git \
         passes over it: chmod +x .git/hooks/pre-push\n",
    );
    room.onehead(&["hook", "install", "--pre-push"])
        .exits(0)
        .prints("updated .git/hooks/pre-push\n");
}
