//! Histories in one line, for unit tests.

use std::path::PathBuf;

use crate::revision::{BranchLabel, Edges, Revision, RevisionId};
use crate::script::Script;

/// Scripts of a history such as `a <- b <- c, b <- d`, in the order in which their ids are defined.
///
/// `x <- y` defines `y` with the parent `x`; a name at the start of a line that is never defined otherwise is a base.
/// `a + b <- m` gives `m` two parents. `y(label)` declares a branch label, `y[dep]` a dependency, `?x <- y` a parent
/// that no script defines.
pub(crate) fn scripts(history: &str) -> Vec<Script> {
    let mut scripts: Vec<Script> = Vec::new();
    for line in history.split(',').map(str::trim).filter(|line| !line.is_empty()) {
        let mut before: Option<Vec<String>> = None;
        for item in line.split("<-").map(str::trim) {
            if let Some(parents) = before.take() {
                let name = define(&mut scripts, item, &parents);
                before = Some(vec![name]);
            } else {
                let names = item.split('+').map(str::trim);
                before = Some(names.map(|name| first_of_line(&mut scripts, name)).collect());
            }
        }
    }
    scripts
}

fn first_of_line(scripts: &mut Vec<Script>, item: &str) -> String {
    if let Some(missing) = item.strip_prefix('?') {
        return missing.to_owned();
    }
    let name = item.split(['(', '[']).next().unwrap_or(item);
    if scripts.iter().all(|script| script.id().is_none_or(|id| id.as_str() != name)) {
        define(scripts, item, &[]);
    }
    name.to_owned()
}

fn define(scripts: &mut Vec<Script>, item: &str, parents: &[String]) -> String {
    let name = item.split(['(', '[']).next().unwrap_or(item).to_owned();
    let between = |open: char, close: char| -> Vec<Box<str>> {
        let inside = item.split_once(open).and_then(|(_, rest)| rest.split_once(close));
        inside
            .map(|(list, _)| list.split_whitespace().map(Into::into).collect())
            .unwrap_or_default()
    };
    let existing =
        scripts.iter_mut().find(|script| script.id().is_some_and(|id| id.as_str() == name));
    let parents = parents.iter().map(|id| RevisionId::new(id.as_str()));
    if let Some(revision) = existing.and_then(|script| script.revision.as_mut())
        && item == name
    {
        revision.edges.parents.extend(parents);
        return name;
    }
    let mut script = Script::unread(PathBuf::from(format!("/p/versions/{name}.py")));
    script.revision = Some(Revision {
        id: RevisionId::new(name.as_str()),
        edges: Edges { parents: parents.collect(), dependencies: between('[', ']') },
        labels: between('(', ')').into_iter().map(BranchLabel::new).collect(),
        docstring: name.as_str().into(),
        parents_known: true,
    });
    scripts.push(script);
    name
}
