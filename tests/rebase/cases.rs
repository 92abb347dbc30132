//! The worked cases of `tests/data/rebase-cases.json`: what is asked, and everything that must come of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use onehead::environment::ExpectedHeads;
use onehead::fix::rebase::{Outcome, Plan};
use serde_json::{Value, json};

use crate::history::{Arguments, Rev, ask, carried_out, closures};

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(texts) => texts.iter().map(|text| text.as_str().unwrap().into()).collect(),
        _ => Vec::new(),
    }
}

fn rev(value: &Value) -> Rev {
    let baseline =
        |name: &str| texts(value.get(format!("published_{name}")).unwrap_or(&value[name]));
    Rev {
        id: value["revision"].as_str().unwrap().into(),
        parents: texts(&value["down_revision"]),
        dependencies: texts(&value["depends_on"]),
        labels: texts(&value["branch_labels"]),
        operations: value["has_operations"].as_bool().unwrap(),
        date: value["create_date"].as_str().map(str::to_owned),
        file: value["file"].as_str().unwrap().into(),
        published: value["published"]
            .as_bool()
            .unwrap()
            .then(|| (baseline("down_revision"), baseline("depends_on"))),
    }
}

fn expected_heads(value: &Value) -> ExpectedHeads {
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    match value.as_object() {
        None => ExpectedHeads::Total(number(value)),
        Some(labels) => ExpectedHeads::PerLabel(
            labels.iter().map(|(label, heads)| (label.clone(), number(heads))).collect(),
        ),
    }
}

fn arguments(value: &Value) -> Arguments {
    Arguments {
        revs: texts(&value["revs"]),
        onto: value["onto"].as_str().map(str::to_owned),
        new_ids: false,
    }
}

/// A list as Python would write the value: nothing, one text, or several.
fn scalar(texts: &[impl ToString]) -> Value {
    match texts {
        [] => Value::Null,
        [only] => json!(only.to_string()),
        several => json!(several.iter().map(ToString::to_string).collect::<Vec<_>>()),
    }
}

/// The commands that take the moved revisions back before the move: one per lowest changed revision.
fn before(history: &[Rev], plan: &Plan) -> Vec<String> {
    let Some(below) = closures(history, true) else { return Vec::new() };
    let mut changed: BTreeSet<usize> = plan.dropped.iter().copied().collect();
    let edges = plan.rewrites.iter().filter(|one| one.parents.is_some() || one.id.is_some());
    changed.extend(edges.map(|rewrite| rewrite.script));
    let is_lowest = |at: &&usize| below[**at].intersection(&changed).count() == 1;
    let lowest = changed.iter().filter(is_lowest).map(|&at| {
        let rev = &history[at];
        let parent = rev.parents.first().map_or("base", String::as_str);
        format!("alembic downgrade {}@{parent}", rev.id)
    });
    lowest.collect()
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Skips => "skips",
        Outcome::Unlocatable => "unlocatable",
        Outcome::ReadAsAnother => "read-as-another",
        Outcome::RunsAgain => "runs-again",
        Outcome::Unknown => "unknown",
    }
}

fn stamps(plan: &Plan) -> Vec<Value> {
    let groups = plan.stamps.iter().map(|group| {
        let ids = |ids: &[onehead::revision::RevisionId]| {
            ids.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let mut value = json!({
            "stamps": ids(&group.stamps),
            "outcome": outcome(group.outcome),
            "revisions": ids(&group.skipped),
        });
        if !group.runs_again.is_empty() {
            value["runs_again"] = json!(ids(&group.runs_again));
        }
        if group.harmless {
            value["harmless"] = json!(true);
        }
        value
    });
    groups.collect()
}

/// What the planner says, in the shape of the cases.
fn answer(history: &[Rev], expected: &ExpectedHeads, arguments: &Arguments) -> Value {
    let plan = match ask(history, expected, arguments) {
        Ok(plan) => plan,
        Err(refusal) => {
            let revisions: Vec<String> =
                refusal.revisions().iter().map(ToString::to_string).collect();
            return json!({"refusal": {"code": refusal.code(), "revisions": revisions}});
        }
    };
    let after = carried_out(history, &Plan { dropped: Vec::new(), ..plan.clone() });
    let changes = plan.rewrites.iter().filter_map(|rewrite| {
        let mut change = json!({
            "revision": after[rewrite.script].id,
            "down_revision": scalar(rewrite.parents.as_ref()?),
        });
        if plan.restored.contains(&rewrite.script) {
            change["restored"] = json!(true);
        }
        Some(change)
    });
    let dependencies = plan.rewrites.iter().filter_map(|rewrite| {
        let dependencies = rewrite.dependencies.as_ref()?;
        Some(json!({"revision": after[rewrite.script].id, "depends_on": scalar(dependencies)}))
    });
    let file = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let renamed = plan.renamed.iter().map(|one| {
        json!({"from": one.from.to_string(), "to": one.to.to_string(),
               "file_from": file(&one.file_from), "file_to": file(&one.file_to)})
    });
    json!({
        "changes": changes.collect::<Vec<_>>(),
        "depends_on_changes": dependencies.collect::<Vec<_>>(),
        "dropped": plan.dropped.iter().map(|&at| history[at].id.clone()).collect::<Vec<_>>(),
        "renamed": renamed.collect::<Vec<_>>(),
        "warnings": plan.warnings.iter().map(onehead::fix::rebase::Warning::code).collect::<Vec<_>>(),
        "skipped_by_stamp": stamps(&plan),
        "before": before(history, &plan),
        "refusal": null,
    })
}

/// Without what is empty; ids in a group, and the groups, in one order.
fn tidied(mut value: Value) -> BTreeMap<String, Value> {
    let sorted = |list: &mut Value| {
        if let Some(list) = list.as_array_mut() {
            list.sort_by_key(Value::to_string);
        }
    };
    for list in ["changes", "dropped", "renamed", "before", "depends_on_changes"] {
        sorted(&mut value[list]);
    }
    for group in value["skipped_by_stamp"].as_array_mut().into_iter().flatten() {
        for list in ["revisions", "stamps", "runs_again"] {
            if group.get(list).is_some() {
                sorted(&mut group[list]);
            }
        }
    }
    sorted(&mut value["skipped_by_stamp"]);
    let entries = value.as_object().unwrap().clone().into_iter();
    entries.filter(|(_, value)| !value.is_null() && *value != json!([])).collect()
}

#[test]
fn the_worked_cases() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rebase-cases.json");
    let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let history: Vec<Rev> = case["revisions"].as_array().unwrap().iter().map(rev).collect();
        let expected = expected_heads(&case["expected_heads"]);
        let found = tidied(answer(&history, &expected, &arguments(&case["args"])));
        let wanted = tidied(case["expected"].clone());
        if found != wanted {
            wrong.push(format!("{}:\n  wanted {wanted:?}\n  found  {found:?}", case["name"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(cases.len() >= 45, "{}", cases.len());
}
