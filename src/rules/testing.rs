//! Small projects for the tests of rules, written as histories: `a <- b <- c, b <- d` is a fork after `b`.
//!
//! Texts and places are made here, without the parser, so that a test of a rule tests the rule.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::environment::{Environment, ExpectedHeads, Launch, Origin, VersionLocation};
use crate::graph::RevisionGraph;
use crate::published::{Altered, Deleted, PublishedScripts, Version};
use crate::report::{Sources, text};
use crate::revision::{BranchLabel, Edges, Revision, RevisionId};
use crate::script::{Body, HeaderLine, IgnoreComment, Name, Operations, Problem, Script, Span};

use super::{Context, Merge, Rule};

/// One script to be.
#[derive(Clone, Default)]
pub struct Spec {
    pub id: String,
    pub parents: Vec<String>,
    pub labels: Vec<String>,
    pub depends: Vec<String>,
    pub message: String,
    pub file: Option<String>,
    pub revision_header: Option<String>,
    pub revises_header: Option<String>,
    pub create_date: Option<String>,
    pub upgrade: Option<String>,
    pub ignores: Vec<String>,
    pub problems: Vec<Problem>,
    pub unread: bool,
    pub parents_unknown: bool,
    pub published: bool,
    pub source: Option<String>,
}

/// A project of a few scripts.
pub struct Project {
    specs: Vec<Spec>,
    pub environment: Environment,
    /// What `main` holds, and what it held when the branch left, where that differs.
    baseline: Vec<Self>,
    operations: Vec<(String, Operations)>,
    /// The two sides of which this is the merge.
    sides: Option<Box<(Self, Self)>>,
}

pub fn environment() -> Environment {
    Environment {
        name: "alembic.ini".into(),
        config: Some("/project/alembic.ini".into()),
        section: "alembic".into(),
        origin: Origin::Here,
        script_location: "/project".into(),

        launch: Launch::Alembic { from: None },
        version_locations: vec![VersionLocation {
            written: None,
            path: "/project/versions".into(),
            exists: true,
        }],
        recursive: false,
        sourceless: false,
        file_template: "%(rev)s_%(slug)s".into(),
        truncate_slug_length: 40,
        expected_heads: ExpectedHeads::Total(1),
        module_roots: Vec::new(),
        configuration: std::sync::Arc::default(),
        governing: std::sync::Arc::default(),
    }
}

impl Project {
    /// The project of this history: chains separated by commas, children after `<-`; `?a` is defined by no file.
    /// Scripts are loaded in the order in which they are named first.
    pub fn new(history: &str) -> Self {
        let mut project = Self {
            specs: Vec::new(),
            environment: environment(),
            baseline: Vec::new(),
            operations: Vec::new(),
            sides: None,
        };
        for chain in history.split(',') {
            let mut parent: Option<String> = None;
            for id in chain.split("<-").map(str::trim).filter(|id| !id.is_empty()) {
                let name = id.trim_start_matches('?').to_owned();
                if !id.starts_with('?') && !project.specs.iter().any(|spec| spec.id == name) {
                    project.specs.push(Spec { id: name.clone(), ..Spec::default() });
                }
                if let Some(parent) = parent.replace(name.clone()) {
                    project.spec(&name).parents.push(parent);
                }
            }
        }
        project
    }

    fn spec(&mut self, id: &str) -> &mut Spec {
        self.specs.iter_mut().rev().find(|spec| spec.id == id).expect("an id of the history")
    }

    /// Changes one script.
    pub fn with(mut self, id: &str, change: impl FnOnce(&mut Spec)) -> Self {
        change(self.spec(id));
        self
    }

    /// Adds a script, possibly with an id that is there already.
    pub fn and(mut self, id: &str, change: impl FnOnce(&mut Spec)) -> Self {
        self.specs.push(Spec { id: id.into(), ..Spec::default() });
        change(self.specs.last_mut().expect("just pushed"));
        self
    }

    /// Adds a file of which nothing could be read.
    pub fn broken(self, file: &str, source: &str, problem: Problem) -> Self {
        self.and(file, |spec| {
            spec.file = Some(file.into());
            spec.source = Some(source.into());
            spec.unread = true;
            spec.problems = vec![problem];
        })
    }

    pub fn expecting(mut self, heads: ExpectedHeads) -> Self {
        self.environment.expected_heads = heads;
        self
    }

    /// Compares with a baseline `main`, where `there` is published.
    pub fn against(mut self, there: Self) -> Self {
        self.baseline.insert(0, there);
        self
    }

    /// Says what the baseline held when this branch left it.
    pub fn before(mut self, there: Self) -> Self {
        self.baseline.push(there);
        self
    }

    /// Says how the code of a script compares with the baseline's.
    pub fn doing(mut self, id: &str, operations: Operations) -> Self {
        self.operations.push((id.into(), operations));
        self
    }

    /// Says that this is what a merge of `ours` with `theirs`, called `origin/main`, would give.
    pub fn merging(mut self, ours: Self, theirs: Self) -> Self {
        self.sides = Some(Box::new((ours, theirs)));
        self
    }

    /// What the baseline says of `scripts`.
    fn published(&self, scripts: &[Script]) -> Option<PublishedScripts> {
        let there: Vec<Vec<(Script, &Spec)>> = self.baseline.iter().map(Self::written).collect();
        let tip = there.first()?;
        let mut published = PublishedScripts { name: "main".into(), ..Default::default() };
        for (position, (script, spec)) in scripts.iter().zip(&self.specs).enumerate() {
            let known = there.iter().flatten().filter(|(known, _)| known.id() == script.id());
            let known: Vec<_> = known.filter(|_| script.id().is_some()).collect();
            let revisions = known.iter().filter_map(|(known, _)| known.revision.clone());
            let versions: Vec<Version> =
                revisions.map(|revision| Version { revision, unknown: Vec::new() }).collect();
            published.revisions.push(versions.first().map(|version| version.revision.clone()));
            let told = self.operations.iter().find(|(id, _)| *id == spec.id);
            let upgrade = known.iter().all(|(_, known)| known.upgrade != spec.upgrade);
            let operations = match told {
                Some((_, operations)) => *operations,
                None if upgrade => Operations::Changed { upgrade, downgrade: false },
                None => Operations::Same,
            };
            let is_same = |(known, _): &&(Script, &Spec)| known == script;
            if !known.is_empty() && !known.first().is_some_and(is_same) {
                published.altered.push(Altered { script: position, versions, operations });
            }
        }
        for (known, _) in tip.iter().filter(|(known, _)| known.id().is_some()) {
            if !scripts.iter().any(|script| script.id() == known.id()) {
                let deleted = known
                    .revision
                    .clone()
                    .map(|revision| Deleted { revision, path: known.path.clone() });
                published.deleted.extend(deleted);
            }
        }
        Some(published)
    }

    fn written(&self) -> Vec<(Script, &Spec)> {
        self.specs.iter().map(|spec| (write(spec).0, spec)).collect()
    }

    /// The scripts and their texts.
    pub fn build(&self) -> (Vec<Script>, Sources) {
        let root = PathBuf::from("/project");
        let mut texts = BTreeMap::new();
        let mut scripts = Vec::new();
        for spec in &self.specs {
            let (script, text) = write(spec);
            texts.insert(script.path.clone(), text.into());
            scripts.push(script);
        }
        (scripts, Sources { root: root.clone(), directory: root, texts })
    }

    /// What `rule` alone finds.
    pub fn findings(&self, rule: &Rule) -> Vec<Diagnostic> {
        let (scripts, _) = self.build();
        let graph = RevisionGraph::build(&scripts);
        let in_scope: Vec<bool> = self.specs.iter().map(|spec| !spec.published).collect();
        let published = self.published(&scripts);
        let sides = self.sides.as_ref().map(|sides| (sides.0.build().0, sides.1.build().0));
        let graphs = sides
            .as_ref()
            .map(|(ours, theirs)| (RevisionGraph::build(ours), RevisionGraph::build(theirs)));
        let merge = graphs.as_ref().map(|(ours, theirs)| Merge {
            other: "origin/main".into(),
            ours,
            theirs,
        });
        let context = Context {
            environment: &self.environment,
            scripts: &scripts,
            graph: &graph,
            in_scope: &in_scope,
            published: published.as_ref(),
            merge: merge.as_ref(),
        };
        let mut findings = Vec::new();
        (rule.check)(&context, &mut findings);
        for finding in &mut findings {
            finding.severity = finding.own_severity.unwrap_or(rule.level.severity());
        }
        findings
    }

    /// What `rule` alone finds, as the user sees it.
    pub fn text(&self, rule: &Rule) -> String {
        let (_, sources) = self.build();
        let findings = self.findings(rule);
        let shown: Vec<String> =
            findings.iter().map(|finding| text::finding(finding, &sources, false)).collect();
        shown.join("\n")
    }
}

/// The messages of what `rule` finds in `history`, one per line.
#[track_caller]
pub fn check_rule(rule: &Rule, history: &str, expected: &str) {
    let findings = Project::new(history).findings(rule);
    let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages.join("\n"), expected);
}

/// Text that remembers where its pieces stand.
#[derive(Default)]
struct Writer(String);

impl Writer {
    fn put(&mut self, text: &str) -> Span {
        let start = u32::try_from(self.0.len()).expect("small");
        self.0.push_str(text);
        Span { start, end: u32::try_from(self.0.len()).expect("small") }
    }

    /// Writes `name = value` and returns the places of the value and of its strings.
    fn assign(&mut self, name: Name, values: &[String]) -> (Span, Vec<Span>) {
        self.put(&format!("{} = ", name.as_str()));
        let start = self.0.len();
        let mut spans = Vec::new();
        if values.is_empty() {
            self.put("None");
        } else {
            let tuple = values.len() > 1;
            self.put(if tuple { "(" } else { "" });
            for (position, value) in values.iter().enumerate() {
                self.put(if position > 0 { ", " } else { "" });
                spans.push(self.put(&format!("{value:?}")));
            }
            self.put(if tuple { ")" } else { "" });
        }
        let end = u32::try_from(self.0.len()).expect("small");
        self.put("\n");
        (Span { start: u32::try_from(start).expect("small"), end }, spans)
    }

    fn header(&mut self, name: &str, text: Option<&String>) -> Option<HeaderLine> {
        let text = text?;
        self.put(name);
        let span = self.put(text);
        self.put("\n");
        Some(HeaderLine { text: text.as_str().into(), span })
    }
}

fn write(spec: &Spec) -> (Script, String) {
    let file = spec.file.clone().unwrap_or_else(|| format!("{}_x.py", spec.id));
    let mut script = Script::unread(PathBuf::from("/project/versions").join(file));
    script.problems.clone_from(&spec.problems);
    if let Some(source) = &spec.source {
        return (script, source.clone());
    }
    let mut out = Writer::default();
    out.put(&format!("\"\"\"{}\n\n", spec.message));
    script.header.revision = out.header("Revision ID: ", spec.revision_header.as_ref());
    script.header.revises = out.header("Revises: ", spec.revises_header.as_ref());
    script.header.create_date = out.header("Create Date: ", spec.create_date.as_ref());
    out.put("\"\"\"\n");
    let id = [spec.id.clone()];
    script.values.set(Name::Revision, out.assign(Name::Revision, &id).0);
    let (span, spans) = out.assign(Name::DownRevision, &spec.parents);
    script.values.set(Name::DownRevision, span);
    script.parent_spans = spans;
    if !spec.labels.is_empty() {
        let (span, spans) = out.assign(Name::BranchLabels, &spec.labels);
        script.values.set(Name::BranchLabels, span);
        script.label_spans = spans;
    }
    if !spec.depends.is_empty() {
        let (span, spans) = out.assign(Name::DependsOn, &spec.depends);
        script.values.set(Name::DependsOn, span);
        script.dependency_spans = spans;
    }
    for ignore in &spec.ignores {
        let start = out.put("# onehead: ignore[").start;
        let mut rules = Vec::new();
        for (position, name) in ignore.split(", ").filter(|name| !name.is_empty()).enumerate() {
            out.put(if position > 0 { ", " } else { "" });
            rules.push((name.into(), out.put(name)));
        }
        let end = out.put("]").end;
        out.put("\n");
        script.ignores.push(IgnoreComment { rules, span: Span { start, end } });
    }
    out.put("\n\ndef upgrade():\n    ");
    script.upgrade = if let Some(code) = &spec.upgrade {
        Body::Code(out.put(code))
    } else {
        out.put("pass");
        Body::Empty
    };
    out.put("\n\n\ndef downgrade():\n    pass\n");
    (script.downgrade, script.top_level) = (Body::Empty, Body::Empty);
    if !spec.unread {
        script.revision = Some(Revision {
            id: RevisionId::from(spec.id.as_str()),
            edges: Edges {
                parents: spec.parents.iter().map(|id| RevisionId::from(id.as_str())).collect(),
                dependencies: spec.depends.iter().map(|id| id.as_str().into()).collect(),
            },
            labels: spec.labels.iter().map(|label| BranchLabel::new(label.as_str())).collect(),
            docstring: spec.message.as_str().into(),
            parents_known: !spec.parents_unknown,
        });
    }
    (script, out.0)
}
