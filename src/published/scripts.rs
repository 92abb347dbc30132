//! What a baseline says of the scripts of one environment: what is published, what came after, what is gone, and what is
//! not here as it is there.
//!
//! "Changed" is meant against what this branch started from and against the tip: what is as it was, or as it has become
//! meanwhile, was not changed here. Asks git nothing, and judges nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Published, PublishedFile, PublishedFiles};
use crate::revision::{Revision, RevisionId};
use crate::script::{self, Name, Operations, Problem, Script};

/// What a baseline says of the scripts of one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishedScripts {
    /// The baseline as messages name it.
    pub name: String,
    /// For each script, by position, the revision as the baseline has it; `None` for what is unpublished.
    pub revisions: Vec<Option<Revision>>,
    /// Revisions of the tip that no script defines and that this branch never had: what came after it left.
    pub ahead: Vec<Revision>,
    /// Revisions of the tip that no script defines although this branch had them.
    pub deleted: Vec<Deleted>,
    /// Revisions that scripts define and that the tip has no more: what was taken back after this branch left.
    pub reverted: Vec<Revision>,
    /// Published scripts whose files are not the same here, in load order.
    pub altered: Vec<Altered>,
}

/// A published revision that no script defines any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// The revision as the tip of the baseline has it.
    pub revision: Revision,
    /// Where its file would lie.
    pub path: PathBuf,
}

/// A published script whose file is not the same here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Altered {
    /// The position of the script.
    pub script: usize,
    /// The revision as the tip of the baseline has it, and as it was when this branch left it, where these differ.
    pub versions: Vec<Version>,
    /// What became of its code.
    pub operations: Operations,
}

/// A revision as the baseline has it, or had it when this branch left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// What it says of itself.
    pub revision: Revision,
    /// The names of which it is not known what they hold.
    pub unknown: Vec<Name>,
}

impl Version {
    /// What a script says of itself; `None` where it has no id.
    pub(super) fn of(script: Script) -> Option<Self> {
        let unknown = script.problems.iter().filter_map(|problem| match problem {
            Problem::Unknown { name, .. } | Problem::WrongType { name, .. } => Some(*name),
            _ => None,
        });
        let unknown = unknown.collect();
        Some(Self { revision: script.revision?, unknown })
    }
}

/// Gives the content of a file as it is here; `None` where it cannot be read.
pub type Content<'a> = &'a dyn Fn(&Path) -> Option<Vec<u8>>;

impl Published {
    /// Whether the revision `id`, which stands in the file at the resolved `path` of the working tree, is published in
    /// the environment of this index.
    pub fn contains(&self, environment: usize, path: &Path, id: &RevisionId) -> bool {
        self.environments.get(environment).is_some_and(|files| {
            files.same.contains(path) || files.of_script(id, path).next().is_some()
        })
    }

    /// What the baseline says of `scripts`, which are those of the environment of this index. Code is not compared.
    ///
    /// Of several scripts with one id that is published, the one in the published file is; where none lies there, all
    /// of them count as published, so that none is moved by mistake.
    pub fn scripts(&self, environment: usize, scripts: &[Script]) -> PublishedScripts {
        let name = self.name.clone();
        let Some(files) = self.environments.get(environment) else {
            let revisions = vec![None; scripts.len()];
            return PublishedScripts { name, revisions, ..Default::default() };
        };
        let mut result = PublishedScripts {
            name,
            revisions: files.revisions(scripts),
            ..PublishedScripts::default()
        };
        if files.others.is_empty() {
            return result;
        }
        let is_gone = |revision: &&Revision| {
            let known = files.of(&revision.id);
            !known.is_empty() && known.iter().all(|file| !file.at_tip)
        };
        result.reverted = result.revisions.iter().flatten().filter(is_gone).cloned().collect();
        let here: BTreeSet<&RevisionId> = scripts.iter().filter_map(Script::id).collect();
        let absent = files.others.iter().filter(|(id, _)| !here.contains(id));
        let of_tip = |file: &&PublishedFile| file.at_tip && !file.elsewhere;
        for file in absent.flat_map(|(_, files)| files).filter(of_tip) {
            let revision = file.version.revision.clone();
            if file.at_base {
                result.deleted.push(Deleted { revision, path: file.path.clone() });
            } else {
                result.ahead.push(revision);
            }
        }
        result.altered = files.altered(scripts, &result.revisions);
        result
    }

    /// As [`Published::scripts`], with the code of what is not the same here compared as well; `content` gives the bytes
    /// that the scripts were read from.
    pub fn compared(
        &self,
        environment: usize,
        scripts: &[Script],
        content: Content<'_>,
    ) -> PublishedScripts {
        let mut known = self.scripts(environment, scripts);
        let Some(files) = self.environments.get(environment) else { return known };
        for altered in &mut known.altered {
            let script = &scripts[altered.script];
            let Some(id) = script.id() else { continue };
            altered.operations = match content(&script.path) {
                Some(here) => operations(&here, files.of_script(id, &script.path)),
                None => Operations::Unreadable,
            };
        }
        known
    }

    /// The content of a published revision whose file is not the same here, as the tip of the baseline has it, or else
    /// as it was when this branch left; of several files that of this `path`.
    ///
    /// `None` where the file is the same, or the revision is not published.
    pub fn content(&self, environment: usize, path: &Path, id: &RevisionId) -> Option<&[u8]> {
        let known = self.environments.get(environment).map_or(&[][..], |files| files.of(id));
        let of_tip = || known.iter().filter(|file| file.at_tip);
        let file = of_tip().find(|file| file.path == path).or_else(|| of_tip().next());
        file.or_else(|| known.first()).map(|file| &*file.content)
    }
}

/// What became of the code of a published file.
fn operations<'a>(
    here: &[u8],
    versions: impl Iterator<Item = &'a PublishedFile> + Clone,
) -> Operations {
    if versions.clone().any(|version| *version.content == *here) {
        return Operations::Same;
    }
    // Told against the oldest version, which this branch started from.
    let mut result = Operations::Same;
    for version in versions {
        result = script::compare(here, &version.content);
        if result == Operations::Same {
            break;
        }
    }
    result
}

impl PublishedFiles {
    /// The files of this id, those of the tip first.
    pub(super) fn of(&self, id: &RevisionId) -> &[PublishedFile] {
        self.others.get(id).map_or(&[], Vec::as_slice)
    }

    /// The files of this id that are those of the script at `path`, those of the tip first.
    ///
    /// What came to the baseline after this branch left and lies in another file is another revision, to which chance
    /// or a running number gave the same id: the script here is nobody's but its author's, and is not set back to it.
    fn of_script<'a>(
        &'a self,
        id: &RevisionId,
        path: &'a Path,
    ) -> impl Iterator<Item = &'a PublishedFile> + Clone {
        self.of(id).iter().filter(move |file| file.at_base || file.path == path)
    }

    /// For each script the revision as the baseline has it.
    fn revisions(&self, scripts: &[Script]) -> Vec<Option<Revision>> {
        let at_home = |script: &Script, id: &RevisionId| {
            self.same.contains(&script.path)
                || self.of(id).iter().any(|file| file.path == script.path)
        };
        let mut home: BTreeSet<&RevisionId> = BTreeSet::new();
        if !self.others.is_empty() {
            let ids = scripts.iter().filter_map(|script| Some((script, script.id()?)));
            home.extend(ids.filter(|(script, id)| at_home(script, id)).map(|(_, id)| id));
        }
        let published = |script: &Script| {
            let revision = script.revision.as_ref()?;
            let id = &revision.id;
            if self.same.contains(&script.path) {
                return Some(revision.clone());
            }
            let known = || self.of_script(id, &script.path);
            let own = known().find(|file| file.path == script.path);
            own.or_else(|| known().next().filter(|_| !home.contains(id)))
                .map(|file| file.version.revision.clone())
        };
        scripts.iter().map(published).collect()
    }

    /// The published scripts whose files are not the same, given what is published.
    fn altered(&self, scripts: &[Script], published: &[Option<Revision>]) -> Vec<Altered> {
        let is_altered = |(_, (script, published)): &(usize, (&Script, &Option<Revision>))| {
            published.is_some() && !self.same.contains(&script.path)
        };
        let altered = scripts.iter().zip(published).enumerate().filter(is_altered);
        let altered = altered.map(|(position, (script, _))| {
            let mut versions: Vec<Version> = Vec::new();
            let files = script.id().into_iter().flat_map(|id| self.of_script(id, &script.path));
            for file in files {
                if !versions.contains(&file.version) {
                    versions.push(file.version.clone());
                }
            }
            Altered { script: position, versions, operations: Operations::NotCompared }
        });
        altered.collect()
    }
}
