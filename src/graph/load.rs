//! Whether Alembic can load a history, and in whose words it says that it cannot.
//!
//! The order of the tests is that of `RevisionMap._revision_map` (1.20.1): file by file first, then labels,
//! dependencies, parents, circles. Only the first failure is told, as there.

use super::{Node, RevisionGraph};
use crate::python::repr::repr;
use crate::revision::Revision;
use crate::script::{Name, Problem, Script};

/// Why Alembic cannot load the history: the first thing it would stop at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// Python's class name, such as `KeyError` or `CycleDetected`.
    pub class: &'static str,
    /// Alembic's own sentence, as `str()` of the exception gives it. Python's wording of syntax errors varies with its
    /// version; there it is ours.
    pub message: String,
}

impl LoadError {
    fn new(class: &'static str, message: impl Into<String>) -> Self {
        Self { class, message: message.into() }
    }

    fn key_error(key: &str) -> Self {
        Self::new("KeyError", repr(key))
    }
}

impl RevisionGraph<'_> {
    /// What Alembic would stop at when it loads this history; `None` when it loads, as far as can be told without
    /// running the scripts.
    pub fn load_error(&self) -> Option<LoadError> {
        self.scripts
            .iter()
            .find_map(script_error)
            .or_else(|| self.label_error())
            .or_else(|| self.dependency_error())
            .or_else(|| self.parent_error())
            .or_else(|| self.cycle_error())
    }

    fn label_error(&self) -> Option<LoadError> {
        let duplicate = self.duplicate_labels().into_iter().next()?;
        let message = format!(
            "Branch name '{}' in revision {} already used by revision {}",
            duplicate.label,
            self.id(duplicate.node),
            self.id(duplicate.first)
        );
        Some(LoadError::new("RevisionError", message))
    }

    fn dependency_error(&self) -> Option<LoadError> {
        let missing =
            self.missing_dependencies().into_iter().find(|missing| !missing.text.is_empty())?;
        Some(LoadError::key_error(missing.text))
    }

    /// A parent that is no key of the map. A label is a key by then, and is stumbled over when circles are looked for.
    fn parent_error(&self) -> Option<LoadError> {
        let open = self.nodes().filter(|&node| !self.has_all_parents(node));
        let parents = open.flat_map(|node| self.revision(node).edges.parents.iter());
        let mut missing = parents.filter(|id| self.find(id.as_str()).is_none());
        missing
            .find(|id| self.find_label(id.as_str()).is_none())
            .map(|id| LoadError::key_error(id.as_str()))
    }

    fn cycle_error(&self) -> Option<LoadError> {
        if self.map_order.is_empty() {
            return None;
        }
        if self.heads.is_empty() || self.line_starts.is_empty() {
            return Some(self.cycle_message("CycleDetected", "Cycle", self.nodes(), false));
        }
        if let Some(missing) = self.missing_parents().first() {
            return Some(LoadError::key_error(missing.text));
        }
        let unreached = self.unreached(false);
        let deleted: Vec<Node> = self.nodes().filter(|node| unreached[node.index()]).collect();
        if !deleted.is_empty() {
            return Some(self.cycle_message("CycleDetected", "Cycle", deleted.into_iter(), true));
        }
        let class = "DependencyCycleDetected";
        let kind = "Dependency cycle";
        if self.upgrade_heads.is_empty() || self.upgrade_line_starts.is_empty() {
            return Some(self.cycle_message(class, kind, self.nodes(), false));
        }
        let unreached = self.unreached(true);
        let deleted: Vec<Node> = self.nodes().filter(|node| unreached[node.index()]).collect();
        (!deleted.is_empty()).then(|| self.cycle_message(class, kind, deleted.into_iter(), true))
    }

    fn cycle_message(
        &self,
        class: &'static str,
        kind: &str,
        nodes: impl Iterator<Item = Node>,
        sorted: bool,
    ) -> LoadError {
        let mut ids: Vec<&str> = nodes.map(|node| self.id(node).as_str()).collect();
        if sorted {
            ids.sort_unstable();
        }
        LoadError::new(class, format!("{kind} is detected in revisions ({})", ids.join(", ")))
    }
}

/// What Alembic would stop at in this file alone (`Script._from_path`, `Revision.__init__`).
fn script_error(script: &Script) -> Option<LoadError> {
    let by_problem = script.problems.iter().find_map(|problem| problem_error(script, problem));
    by_problem.or_else(|| script.revision.as_ref().and_then(revision_error))
}

fn revision_error(revision: &Revision) -> Option<LoadError> {
    let id = &revision.id;
    if revision.edges.parents.contains(id) {
        let message = format!("Self-loop is detected in revisions ({id})");
        return Some(LoadError::new("LoopDetected", message));
    }
    if revision.edges.dependencies.iter().any(|name| **name == *id.as_str()) {
        let message = format!("Dependency self-loop is detected in revisions ({id})");
        return Some(LoadError::new("DependencyLoopDetected", message));
    }
    let reserved: Vec<String> = id.reserved_characters().iter().map(char::to_string).collect();
    (!reserved.is_empty()).then(|| {
        let reserved = reserved.join(", ");
        let message =
            format!("Character(s) '{reserved}' not allowed in revision identifier '{id}'");
        LoadError::new("RevisionError", message)
    })
}

fn problem_error(script: &Script, problem: &Problem) -> Option<LoadError> {
    let file_name = script.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let error = match problem {
        Problem::Unreadable(reason) => LoadError::new("OSError", &**reason),
        Problem::NoContent => LoadError::new("OSError", "its content is not in this clone"),
        Problem::Unmerged(_) => LoadError::new("SyntaxError", "merge conflict"),
        Problem::BrokenLink(_) | Problem::OutsideLink(_) => {
            let message = format!("Can't find Python file {}", script.path.display());
            LoadError::new("ImportError", message)
        }
        Problem::Missing(Name::Revision) => LoadError::new(
            "CommandError",
            format!(
                "Could not determine revision id from filename {file_name}. Be sure the 'revision' variable is \
                 declared inside the script (please see 'Upgrading from Alembic 0.1 to 0.2' in the documentation)."
            ),
        ),
        Problem::Missing(name) => {
            let module: String = (file_name.chars())
                .map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' })
                .collect();
            let message = format!("module '{module}' has no attribute '{}'", name.as_str());
            LoadError::new("AttributeError", message)
        }
        Problem::WrongType { name, python_type, .. } => {
            LoadError::new("TypeError", format!("'{}' is of type {python_type}", name.as_str()))
        }
        Problem::Syntax { message, .. } => LoadError::new("SyntaxError", &**message),
        Problem::TooDeep(_) => LoadError::new("SyntaxError", "too many nested parentheses"),
        Problem::NulByte(_) => {
            LoadError::new("SyntaxError", "source code string cannot contain null bytes")
        }
        Problem::ConflictMarkers(_) => LoadError::new("SyntaxError", "invalid syntax"),
        Problem::Undecodable { encoding, .. } => LoadError::new(
            "SyntaxError",
            format!("(unicode error) '{encoding}' codec can't decode bytes"),
        ),
        Problem::UnknownEncoding { encoding, .. } => {
            LoadError::new("SyntaxError", format!("unknown encoding: {encoding}"))
        }
        // Alembic reads these, or would have to be asked.
        Problem::NotAFile
        | Problem::TooLarge(_)
        | Problem::CompiledOnly
        | Problem::Unknown { .. } => {
            return None;
        }
    };
    Some(error)
}
