//! 217 recorded histories, each with what the real Alembic 1.20.1 said of it, against the graph.
//!
//! `tests/data/graph-vectors.json` holds a case a line. A value that varied with Python's hash seed is
//! `{"unstable": [...]}`: any of the values seen is right, compared as sets.

#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot read its data has failed"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use onehead::graph::symbol::{Found, LookupError};
use onehead::graph::{Node, RevisionGraph};
use onehead::revision::{BranchLabel, Edges, Revision, RevisionId};
use onehead::script::{Name, Problem, Script, Span};
use serde_json::Value;

/// Cases in which the answer differs on purpose: (case, what is compared, reason). Each is a row of COMPATIBILITY.md.
const DEVIATIONS: &[(&str, &str, &str)] = &[
    (
        "down_revision False",
        "load",
        "a value of a wrong type is unreadable, whatever exception it ends in",
    ),
    ("integer label", "load", "Alembic loads it and dies when it prints the label"),
    ("integer label", "aaaa labels", "Alembic loads it and dies when it prints the label"),
];

#[test]
fn every_recorded_history() {
    let text = std::fs::read_to_string("tests/data/graph-vectors.json").expect("the vectors");
    let vectors: Value = serde_json::from_str(&text).expect("JSON");
    let cases = vectors["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), 217);
    let mut failures = Vec::new();
    for case in cases {
        Case::new(case, &mut failures).run();
    }
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
}

struct Case<'c> {
    name: &'c str,
    input: &'c Value,
    expected: &'c Value,
    failures: &'c mut Vec<String>,
}

impl<'c> Case<'c> {
    fn new(case: &'c Value, failures: &'c mut Vec<String>) -> Self {
        let name = case["name"].as_str().expect("a name");
        Self { name, input: case, expected: &case["expected"], failures }
    }

    fn run(mut self) {
        let revisions = self.input["revisions"].as_array().expect("revisions");
        let scripts: Vec<Script> =
            revisions.iter().enumerate().map(|(index, value)| script(index, value)).collect();
        let graph = RevisionGraph::build(&scripts);
        self.load(&graph);
        if self.expected["load"] == "ok" {
            self.ends_and_points(&graph);
            self.nodes(&graph);
            self.lookups(&graph);
            self.ranges(&graph);
        }
    }

    fn same(&mut self, what: &str, ours: &Value, theirs: &Value) {
        let matches = match theirs.get("unstable") {
            Some(seen) => {
                seen.as_array().expect("values").iter().any(|value| as_set(value) == as_set(ours))
            }
            None => ours == theirs,
        };
        let known = DEVIATIONS.iter().any(|row| row.0 == self.name && row.1 == what);
        if matches == known {
            self.failures.push(format!("{}: {what}: ours {ours}, Alembic's {theirs}", self.name));
        }
    }

    fn load(&mut self, graph: &RevisionGraph<'_>) {
        let load = &self.expected["load"];
        let Some(error) = graph.load_error() else {
            return self.same("load", &"ok".into(), load);
        };
        let stable = |value: &'c Value, key: &str| value[key].as_str().map(str::to_owned);
        let candidates: Vec<&Value> = match load.get("unstable") {
            Some(seen) => seen.as_array().expect("values").iter().collect(),
            None => vec![load],
        };
        let agrees = candidates.iter().any(|candidate| {
            let class = stable(candidate, "traceback").or(stable(candidate, "command_error"));
            // Python's own TypeErrors name internals; that there is one is what counts.
            class.as_deref() == Some(error.class)
                && (error.class == "TypeError"
                    || stable(candidate, "message").as_deref() == Some(&error.message))
        });
        if agrees == DEVIATIONS.iter().any(|row| row.0 == self.name && row.1 == "load") {
            self.failures.push(format!("{}: load: ours {error:?}, Alembic's {load}", self.name));
        }
    }

    fn ends_and_points(&mut self, graph: &RevisionGraph<'_>) {
        let expected = self.expected;
        let ids = |nodes: &[Node]| -> Value {
            nodes.iter().map(|&node| graph.id(node).as_str()).collect::<Vec<_>>().into()
        };
        let all: Vec<Node> = graph.nodes().collect();
        let pick = |test: &dyn Fn(Node) -> bool| -> Value {
            ids(&all.iter().copied().filter(|&node| test(node)).collect::<Vec<_>>())
        };
        self.same("heads", &ids(graph.heads()), &expected["heads"]);
        self.same("effective_heads", &ids(graph.upgrade_heads()), &expected["effective_heads"]);
        self.same("bases", &ids(graph.bases()), &expected["bases"]);
        self.same("map_order", &ids(&all), &expected["map_order"]);
        self.same(
            "branch_points",
            &pick(&|node| graph.is_branch_point(node)),
            &expected["branch_points"],
        );
        self.same(
            "effective_branch_points",
            &pick(&|node| graph.dependents(node).len() > 1),
            &expected["effective_branch_points"],
        );
        self.same(
            "merge_points",
            &pick(&|node| graph.is_merge_point(node)),
            &expected["merge_points"],
        );
    }

    fn nodes(&mut self, graph: &RevisionGraph<'_>) {
        let expected = self.expected["nodes"].as_object().expect("nodes");
        for (id, facts) in expected {
            let Some(node) = graph.find(id) else {
                self.failures.push(format!("{}: no node {id}", self.name));
                continue;
            };
            let sorted = |nodes: &[Node]| -> Value {
                let ids: BTreeSet<&str> =
                    nodes.iter().map(|&node| graph.id(node).as_str()).collect();
                ids.into_iter().collect::<Vec<_>>().into()
            };
            self.same(&format!("{id} next"), &sorted(graph.children(node)), &set(&facts["next"]));
            self.same(
                &format!("{id} all_next"),
                &sorted(graph.dependents(node)),
                &set(&facts["all_next"]),
            );
            self.same(&format!("{id} labels"), &graph.labels(node).into(), &set(&facts["labels"]));
            self.same(
                &format!("{id} resolved_deps"),
                &sorted(graph.dependencies(node)),
                &set(&facts["resolved_deps"]),
            );
            self.same(
                &format!("{id} normalized_deps"),
                &sorted(&graph.normalized_dependencies(node)),
                &set(&facts["normalized_deps"]),
            );
        }
    }

    fn lookups(&mut self, graph: &RevisionGraph<'_>) {
        let found = |found: Found| match found {
            Found::Revision(node) => graph.id(node).as_str().into(),
            Found::Base => "base".into(),
            Found::Nothing => Value::Null,
        };
        for (argument, expected) in self.expected["lookups"].as_object().expect("lookups") {
            let many = graph.get_revisions(argument);
            let many = many.map(|all| all.into_iter().map(found).collect::<Vec<_>>());
            self.outcome(&format!("get_revisions {argument}"), &many, &expected["get_revisions"]);
            self.detail(&format!("raw {argument}"), &many, &expected["raw"]);
            let one = graph.get_revision(argument);
            let one = one.map(|node| vec![found(node.map_or(Found::Nothing, Found::Revision))]);
            self.outcome(&format!("get_revision {argument}"), &one, &expected["get_revision"]);
        }
    }

    fn ranges(&mut self, graph: &RevisionGraph<'_>) {
        let ids = |order: Vec<Node>| -> Vec<Value> {
            order.into_iter().map(|node| graph.id(node).as_str().into()).collect()
        };
        let history = graph.history().map(ids);
        self.outcome("history_order", &history, &self.expected["history_order"]);
        for (range, expected) in self.expected["ranges"].as_object().expect("ranges") {
            // Without exactly one colon the command line refuses before it asks the graph.
            let mut ends = range.trim().split(':');
            let (Some(lower), Some(upper), None) = (ends.next(), ends.next(), ends.next()) else {
                continue;
            };
            let lower = if lower.is_empty() { "base" } else { lower };
            let upper = if upper.is_empty() { "heads" } else { upper };
            if lower == "current" || upper == "current" {
                continue;
            }
            let ours = graph.history_range(lower, upper).map(ids);
            self.outcome(&format!("range {range}"), &ours, expected);
        }
    }

    /// A list, or the sentence of the refusal, or the class of the crash.
    fn outcome(&mut self, what: &str, ours: &Result<Vec<Value>, LookupError>, theirs: &Value) {
        let ours: Value = match ours {
            Ok(list) => list.clone().into(),
            Err(error) => failure(error, &error.to_string(), theirs),
        };
        self.same(what, &ours, theirs);
    }

    fn detail(&mut self, what: &str, ours: &Result<Vec<Value>, LookupError>, theirs: &Value) {
        if let Err(error) = ours {
            let message = error.detail().unwrap_or_else(|| error.to_string());
            self.same(what, &failure(error, &message, theirs), theirs);
        }
    }
}

/// An error in the notation of the vectors. The class is taken over where the sentence says it all.
fn failure(error: &LookupError, message: &str, theirs: &Value) -> Value {
    let theirs = theirs["unstable"].get(0).unwrap_or(theirs);
    match error {
        LookupError::Crash(class) => {
            // An exception without words of its own, or with Python's.
            serde_json::json!({"traceback": class, "message": theirs["message"]})
        }
        LookupError::Endless => serde_json::json!({"hang": theirs["hang"]}),
        _ if theirs.get("traceback").is_some() => {
            serde_json::json!({"traceback": theirs["traceback"], "message": message})
        }
        _ => serde_json::json!({"command_error": theirs["command_error"], "message": message}),
    }
}

fn as_set(value: &Value) -> BTreeSet<String> {
    match value.as_array() {
        Some(list) => list.iter().map(Value::to_string).collect(),
        None => BTreeSet::from([value.to_string()]),
    }
}

fn set(value: &Value) -> Value {
    match value.as_array() {
        Some(list) => {
            let sorted: BTreeSet<&str> = list.iter().filter_map(Value::as_str).collect();
            sorted.into_iter().collect::<Vec<_>>().into()
        }
        None => value.clone(),
    }
}

/// A script as reading would make it of the case's encoding: null, a string, or a list in one of three notations.
fn script(index: usize, case: &Value) -> Script {
    let file = case["file"].as_str().map_or_else(|| format!("{index:03}_r.py"), str::to_owned);
    let mut script = Script::unread(PathBuf::from(format!("/p/m/versions/{file}")));
    let mut problems = Vec::new();
    let mut list = |name: Name| -> Vec<Box<str>> {
        let value = &case[name.as_str()];
        let value = value.get("list").or(value.get("set")).unwrap_or(value);
        let items = match value {
            Value::Null => Vec::new(),
            Value::Array(items) => items.iter().collect(),
            single => vec![single],
        };
        let is_none = name == Name::DownRevision && items.len() == 1 && items[0].is_null();
        let items = if is_none { Vec::new() } else { items };
        let texts = items.iter().map(|item| {
            let Some(text) = item.as_str() else {
                let span = Span::default();
                problems.push(Problem::WrongType { name, span, python_type: "int" });
                return Box::from("");
            };
            Box::from(text)
        });
        texts.collect()
    };
    let parents = list(Name::DownRevision);
    let dependencies = list(Name::DependsOn);
    let labels = list(Name::BranchLabels);
    let id = match case.get("revision") {
        Some(Value::String(id)) => Some(id.clone()),
        Some(_) => {
            let name = Name::Revision;
            problems.push(Problem::WrongType { name, span: Span::default(), python_type: "int" });
            None
        }
        // The legacy exception for files named by their id.
        None if file == "1a2b3c.py" => Some("1a2b3c".to_owned()),
        None => {
            problems.push(Problem::Missing(Name::Revision));
            None
        }
    };
    if case.get("down_revision").is_none() {
        problems.push(Problem::Missing(Name::DownRevision));
    }
    script.revision = id.map(|id| Revision {
        id: RevisionId::new(id),
        edges: Edges { parents: parents.into_iter().map(RevisionId::new).collect(), dependencies },
        labels: labels.into_iter().map(BranchLabel::new).collect(),
        docstring: format!("doc {index}").into(),
        parents_known: true,
    });
    script.problems = problems;
    script
}
