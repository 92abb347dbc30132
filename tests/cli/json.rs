//! The keys and the types of every JSON document, as `docs/json.md` promises them, on the examples and on files that
//! hold what JSON has to escape.

use serde_json::Value;

use crate::examples::example;
use crate::support::Project;

/// Keys and what they hold: `s` a text, `i` a number, `b` a truth, `[` a list of texts, `*` what is checked by itself;
/// with `?` or null.
const ENVIRONMENT: &str = "name:s config:s? section:s script_location:s version_locations:[ revision_count:i heads:[ \
                           upgrade_heads:[? bases:[ branch_points:[ merge_points:[ findings:*";
const REVISION: &str = "revision:s down_revision:[ depends_on:[ branch_labels:[ path:s message:s is_head:b \
                        is_branch_point:b is_merge_point:b";
const FINDING: &str = "rule:s severity:s message:s path:s? line:i? column:i? end_line:i? end_column:i? revisions:[ \
                       related:* notes:[ help:[ fix:*";
const RELATED: &str = "path:s line:i? column:i? message:s";

const FOUND: &str = "asked:s environment:s revision:s message:s paths:[ gone:* renamed:* added:* branches:[ tags:[ stashes:[ \
                     other_refs:[ only_in:s? parents:* children:* contents:*";
const COMMIT: &str = "id:s short:s author:s date:s subject:s";

#[track_caller]
fn has_keys(value: &Value, keys: &str) {
    let object = value.as_object().expect("an object");
    let mut wanted = Vec::new();
    for (key, kind) in keys.split_whitespace().map(|one| one.split_once(':').expect("a kind")) {
        wanted.push(key);
        let held = &value[key];
        let holds = match kind.trim_end_matches('?') {
            "s" => held.is_string(),
            "i" => held.is_u64(),
            "b" => held.is_boolean(),
            "[" => held.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
            _ => true,
        };
        assert!(holds || kind.ends_with('?') && held.is_null(), "`{key}` in {value}");
    }
    wanted.sort_unstable();
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, wanted);
}

fn items(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn check_finding(finding: &Value) {
    has_keys(finding, FINDING);
    assert!(["error", "warning"].contains(&finding["severity"].as_str().expect("a text")));
    let place = ["line", "column", "end_line", "end_column"].map(|key| finding[key].as_u64());
    let [line, column, end_line, end_column] = place;
    assert!((line, column) <= (end_line, end_column) && line != Some(0) && column != Some(0));
    assert!(place.iter().all(|one| one.is_some() == line.is_some()), "{finding}");
    for related in items(&finding["related"]) {
        has_keys(related, RELATED);
    }
    if !finding["fix"].is_null() {
        has_keys(&finding["fix"], "kind:s");
    }
}

/// Runs `command` and goes over the whole document.
fn check_document(project: &Project, command: &[&str]) {
    let answer = project.onehead_with("", &[command, &["--format", "json"]].concat());
    let document = answer.json();
    assert_eq!(document["schema"], 1);
    if document.get("error").is_some() {
        answer.exits(2);
        has_keys(&document, "schema:i error:*");
        return has_keys(&document["error"], "message:s hint:s?");
    }
    let environments = items(&document["environments"]);
    if command[0] == "check" {
        has_keys(&document, "schema:i environments:* summary:* snapshot:s baseline:s?");
        has_keys(&document["summary"], "errors:i warnings:i fixed:i");
        let findings = environments.iter().flat_map(|one| items(&one["findings"]));
        let errors = findings.filter(|finding| finding["severity"] == "error").count();
        assert_eq!(document["summary"]["errors"], errors);
        answer.exits(i32::from(errors > 0));
    } else {
        has_keys(&document, "schema:i environments:*");
    }
    for environment in environments {
        for finding in items(&environment["findings"]) {
            check_finding(finding);
        }
        if ["history", "show"].contains(&command[0]) {
            has_keys(environment, &format!("{ENVIRONMENT} revisions:*"));
            for revision in items(&environment["revisions"]) {
                has_keys(revision, REVISION);
            }
        } else {
            has_keys(environment, ENVIRONMENT);
        }
    }
}

fn check_documents(project: &Project) {
    let commands: [&[&str]; 10] = [
        &["check"],
        &["check", "--all"],
        &["heads"],
        &["branches"],
        &["history"],
        &["show", "heads"],
        &["show", "nothing-of-this"],
        &["history", "-r", "a:b:c"],
        &["environments"],
        &["check", "--config", "nowhere.ini"],
    ];
    for command in commands {
        check_document(project, command);
    }
}

#[test]
fn documents_about_the_examples() {
    for name in ["linear", "labelled", "forked", "broken"] {
        check_documents(&example(name));
    }
}

#[test]
fn documents_about_files_that_mean_no_good() {
    let project = Project::new();
    let scripts: [&[u8]; 7] = [
        "\"\"\"m \u{1b}[31m\u{202e}\"\"\"\nrevision=\"a\\x1b\\\"1\"\ndown_revision=None\n".as_bytes(),
        "revision=\"\u{1f980}\"\ndown_revision=(\"a\", \"no\\n\")\nbranch_labels=(\"l\\\"\", \"l\\\"\")\n".as_bytes(),
        b"revision=\"c\"\ndown_revision=\"\xff\xfe\"\n",
        b"revision=\"d\"\ndown_revision=\"d\"\ndepends_on=\"\\ud800\"\n",
        b"revision=\"e\"\ndown_revision=f()\ndepends_on=g()\n",
        b"<<<<<<< HEAD\nrevision=\"f\"\n=======\nrevision=\"g\"\n>>>>>>> x\n",
        b"# coding: latin-1\nx = \"\xe4\"; revision=\"\xe4\"; down_revision=\"missing\"\n",
    ];
    for (index, script) in scripts.iter().enumerate() {
        project.write(&format!("versions/{index} \u{202e}.py"), *script);
    }
    check_documents(&project);
}

/// Goes over what `where` found.
pub fn check_found(document: &Value) {
    has_keys(document, "schema:i environments:* found:* nowhere:[");
    for found in items(&document["found"]) {
        has_keys(found, FOUND);
        let (gone, renamed) = (&found["gone"], &found["renamed"]);
        if !gone.is_null() {
            has_keys(gone, "how:s commit:* new_revision:s? new_path:s?");
        }
        if !renamed.is_null() {
            has_keys(renamed, "commit:* from:s to:s");
        }
        let commits = [&gone["commit"], &renamed["commit"], &found["added"]];
        commits
            .iter()
            .filter(|commit| !commit.is_null())
            .for_each(|commit| has_keys(commit, COMMIT));
        for relative in [&found["parents"], &found["children"]].into_iter().flat_map(items) {
            has_keys(relative, "revision:s path:s?");
        }
        for content in items(&found["contents"]) {
            has_keys(content, "object:s path:s commit:* refs:[");
            has_keys(&content["commit"], COMMIT);
        }
    }
}

const BRANCH: &str =
    "name:s names:[ refs:[ commit:s time:i state:s description:s reason:s? effects:*";

/// Goes over the document of `forecast`.
pub fn check_audit(document: &Value) {
    has_keys(document, "schema:i environments:* baseline:* first:* notes:[ histories:*");
    has_keys(&document["baseline"], "name:s commit:s");
    let commit = "id:s time:i date:s author:s subject:s";
    for history in items(&document["histories"]) {
        has_keys(history, "environment:s commits:i incidents:* changes:*");
        for incident in items(&history["incidents"]) {
            let keys = "rule:s heads:[ message:s? begin:* may_be_older:b seconds:i end:* repair:s?";
            has_keys(incident, keys);
            has_keys(&incident["begin"], commit);
            assert_eq!(incident["end"].is_null(), incident["repair"].is_null(), "{incident}");
            if !incident["end"].is_null() {
                has_keys(&incident["end"], commit);
            }
        }
        for change in items(&history["changes"]) {
            has_keys(change, "revision:s path:s change:s from:[ to:[ commit:*");
            has_keys(&change["commit"], commit);
        }
    }
}

pub fn check_forecast(document: &Value) {
    has_keys(
        document,
        "schema:i environments:* baseline:* summary:* branches:* collisions:* plan:*",
    );
    has_keys(&document["baseline"], "name:s commit:s");
    has_keys(&document["summary"], "open:i none:i lands:i forks:i breaks:i not_evaluated:i");
    for environment in items(&document["environments"]) {
        has_keys(environment, ENVIRONMENT);
    }
    for branch in items(&document["branches"]) {
        has_keys(branch, BRANCH);
        let states = ["none", "lands", "forks", "breaks", "not-evaluated"];
        assert!(states.contains(&branch["state"].as_str().expect("a text")));
        for effect in items(&branch["effects"]) {
            has_keys(effect, "environment:s state:s reason:s? heads:[ adds:* removes:[");
            for added in items(&effect["adds"]) {
                has_keys(added, "revision:s message:s path:s");
            }
        }
    }
    for collision in items(&document["collisions"]) {
        has_keys(collision, "branches:[ environment:s kind:s heads:[ revision:s? path:s?");
    }
    for step in items(&document["plan"]) {
        has_keys(step, "branch:s needs:*");
        for need in items(&step["needs"]) {
            has_keys(need, "environment:s kind:s after:s? onto:[ description:s");
        }
    }
}
