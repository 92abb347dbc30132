//! Histories as plain values: to ask the planner about, and to do what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use onehead::environment::ExpectedHeads;
use onehead::fix::rebase::{Plan, PublishedHistory, Question, Refusal, plan};
use onehead::graph::RevisionGraph;
use onehead::revision::{BranchLabel, Edges, Revision, RevisionId};
use onehead::script::{Body, HeaderLine, Script, Span};

/// One migration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rev {
    pub id: String,
    pub parents: Vec<String>,
    pub dependencies: Vec<String>,
    pub labels: Vec<String>,
    pub operations: bool,
    pub date: Option<String>,
    pub file: String,
    /// The baseline's parents and dependencies, where it is published.
    pub published: Option<(Vec<String>, Vec<String>)>,
}

impl Rev {
    pub fn new(id: &str, parents: &[&str]) -> Self {
        Self {
            id: id.into(),
            parents: parents.iter().map(ToString::to_string).collect(),
            dependencies: Vec::new(),
            labels: Vec::new(),
            operations: true,
            date: None,
            file: format!("{id}_x.py"),
            published: None,
        }
    }

    /// The same as it is now on the baseline.
    pub fn published(mut self) -> Self {
        self.published = Some((self.parents.clone(), self.dependencies.clone()));
        self
    }

    pub fn is_published(&self) -> bool {
        self.published.is_some()
    }

    fn revision(&self, parents: &[String], dependencies: &[String]) -> Revision {
        Revision {
            id: RevisionId::new(self.id.as_str()),
            edges: Edges {
                parents: parents.iter().map(|id| RevisionId::new(id.as_str())).collect(),
                dependencies: dependencies.iter().map(|id| id.as_str().into()).collect(),
            },
            labels: self.labels.iter().map(|label| BranchLabel::new(label.as_str())).collect(),
            docstring: "".into(),
            parents_known: true,
        }
    }

    pub fn script(&self) -> Script {
        let mut script = Script::unread(PathBuf::from("/p/versions").join(&self.file));
        script.revision = Some(self.revision(&self.parents, &self.dependencies));
        script.header.create_date = self
            .date
            .as_ref()
            .map(|date| HeaderLine { text: date.as_str().into(), span: Span::default() });
        if !self.operations {
            (script.upgrade, script.downgrade, script.top_level) =
                (Body::Empty, Body::Empty, Body::Empty);
        }
        script
    }
}

/// The arguments of the command.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    pub revs: Vec<String>,
    pub onto: Option<String>,
    pub new_ids: bool,
}

pub fn scripts(history: &[Rev]) -> Vec<Script> {
    history.iter().map(Rev::script).collect()
}

pub fn published(history: &[Rev]) -> PublishedHistory {
    let of_script = history.iter().map(|rev| {
        rev.published.as_ref().map(|(parents, dependencies)| rev.revision(parents, dependencies))
    });
    PublishedHistory {
        of_script: of_script.collect(),
        absent: Vec::new(),
        name: Some("origin/main".into()),
    }
}

pub fn ask(
    history: &[Rev],
    expected: &ExpectedHeads,
    arguments: &Arguments,
) -> Result<Plan, Refusal> {
    let scripts = scripts(history);
    let graph = RevisionGraph::build(&scripts);
    plan(&Question {
        scripts: &scripts,
        graph: &graph,
        expected,
        published: &published(history),
        revs: &arguments.revs,
        onto: arguments.onto.as_deref(),
        new_ids: arguments.new_ids,
    })
}

/// The history once the plan is carried out, without what it drops. The order of the files stays.
pub fn carried_out(history: &[Rev], plan: &Plan) -> Vec<Rev> {
    let mut after = history.to_vec();
    for rewrite in &plan.rewrites {
        let rev = &mut after[rewrite.script];
        if let Some(parents) = &rewrite.parents {
            rev.parents = parents.iter().map(ToString::to_string).collect();
        }
        if let Some(dependencies) = &rewrite.dependencies {
            rev.dependencies = dependencies.iter().map(ToString::to_string).collect();
        }
        if let Some(id) = &rewrite.id {
            rev.id = id.to_string();
        }
        if let Some(path) = &rewrite.path {
            rev.file = path.file_name().unwrap().to_string_lossy().into_owned();
        }
    }
    let mut position = 0;
    after.retain(|_| {
        position += 1;
        !plan.dropped.contains(&(position - 1))
    });
    after
}

pub type Set = BTreeSet<usize>;

/// Which file a name means: of two with the same id mine, from mine, else the published one.
fn find(history: &[Rev], name: &str, from: &Rev) -> Option<usize> {
    let named = |rev: &Rev| rev.id == name || rev.labels.iter().any(|label| label == name);
    let mut found: Vec<usize> = (0..history.len()).filter(|&at| named(&history[at])).collect();
    found.sort_by_key(|&at| history[at].is_published() != from.is_published());
    found.first().copied()
}

/// For each revision everything that it comes after, itself included; `None` on a circle or for what is missing.
pub fn closures(history: &[Rev], with_dependencies: bool) -> Option<Vec<Set>> {
    let mut known: BTreeMap<usize, Set> = BTreeMap::new();
    let before = |at: usize| -> Option<Vec<usize>> {
        let rev = &history[at];
        let dependencies = rev.dependencies.iter().filter(|_| with_dependencies);
        rev.parents.iter().chain(dependencies).map(|name| find(history, name, rev)).collect()
    };
    while known.len() < history.len() {
        let count = known.len();
        for at in 0..history.len() {
            let below = before(at)?;
            if !known.contains_key(&at) && below.iter().all(|below| known.contains_key(below)) {
                let mut set: Set = below.iter().flat_map(|below| known[below].clone()).collect();
                set.insert(at);
                known.insert(at, set);
            }
        }
        if known.len() == count {
            return None;
        }
    }
    Some(known.into_values().collect())
}

/// Nobody's parent.
pub fn heads(history: &[Rev]) -> Vec<String> {
    let is_head = |rev: &&Rev| !history.iter().any(|other| other.parents.contains(&rev.id));
    history.iter().filter(is_head).map(|rev| rev.id.clone()).collect()
}
