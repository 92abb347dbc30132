//! Small reports for the tests of the writers.

use std::path::PathBuf;

use super::{EnvironmentFacts, EnvironmentReport, Report, Sources};
use crate::diagnostic::Diagnostic;

/// Texts that a format could take for more than text.
pub const HOSTILE: &[&str] = &[
    "a\nb\r\nc\rd\te",
    "::error file=x::y\n::stop-commands::z",
    "##[add-mask]x",
    "100% %0A %25 %3A",
    "a]]>b<![CDATA[c<!--d-->&amp;<e f='g' h=\"i\"/>",
    "\"quotes\" and 'quotes' and `ticks` \\ \\n \\u0041 {{x}} ${y} | @someone #1 [a](b)",
    "\u{1b}[31mred\u{1b}]8;;http://example.org\u{7}link\u{9b}2J",
    "\u{202e}thgir\u{2066}\u{200b}\u{feff}\u{2028}\u{2029}\u{85}",
    "\0\u{1}\u{8}\u{b}\u{c}\u{1f}\u{7f}",
    "\u{fffd}\u{fffe}\u{ffff}\u{1f980}\u{10ffff}",
    LONG,
];

/// The path of a file of such a name.
pub fn hostile_path(name: &str) -> String {
    format!("/project/{}.py", name.replace('/', "_"))
}

/// Ten thousand characters.
const LONG: &str = {
    const BYTES: [u8; 10_000] = [b'x'; 10_000];
    match std::str::from_utf8(&BYTES) {
        Ok(text) => text,
        Err(_) => "",
    }
};

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
