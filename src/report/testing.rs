//! Small reports for the tests of the writers.

use std::path::PathBuf;

use super::{EnvironmentFacts, EnvironmentReport, Report, Sources};
use crate::diagnostic::Diagnostic;

/// Sources of a project at `/project`.
pub fn sources(texts: &[(&str, &str)]) -> Sources {
    Sources {
        root: "/project".into(),
        directory: "/project".into(),
        texts: texts.iter().map(|&(path, text)| (PathBuf::from(path), text.into())).collect(),
    }
}

/// A report on environments with these findings.
pub fn report(environments: Vec<(&str, Vec<Diagnostic>)>) -> Report {
    let environments = environments.into_iter().map(|(name, findings)| EnvironmentReport {
        facts: EnvironmentFacts {
            name: name.into(),
            config: Some(PathBuf::from("/project").join(name)),
            section: "alembic".into(),
            script_location: "/project/migrations".into(),
            version_locations: vec!["/project/migrations/versions".into()],
            revision_count: 344,
            heads: vec!["c3".into()],
            upgrade_heads: Some(vec!["c3".into()]),
            bases: vec!["a1".into()],
            branch_points: Vec::new(),
            merge_points: Vec::new(),
        },
        findings,
        uncertain: false,
    });
    Report {
        environments: environments.collect(),
        snapshot: "worktree".into(),
        baseline: None,
        mended: None,
    }
}
