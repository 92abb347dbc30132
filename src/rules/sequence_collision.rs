//! `sequence-collision`: two files with one number in a numbered project.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, FixKind, Text};
use crate::filename::{Sequence, is_numbered};
use crate::script::Script;

use super::words::{list, own};
use super::{Context, Kind, Level, Rule, facts};

pub static RULE: Rule = Rule {
    name: "sequence-collision",
    summary: "two files carry the same sequence number in a numbered project",
    level: Level::Warning,
    kind: Kind::Hygiene,
    page: include_str!("sequence-collision.md"),
    check,
};

/// A file of a version location.
struct Numbered<'a> {
    script: &'a Script,
    name: String,
    in_scope: bool,
}

/// The version location that a script lies in: the innermost one above it, else its folder. Locations are not
/// resolved and scripts are, so a location behind a symbolic link is known by its folder only.
pub fn location(context: &Context<'_>, script: &Script) -> PathBuf {
    let locations = context.environment.version_locations.iter().map(|one| one.path.as_path());
    let above = locations.filter(|location| script.path.starts_with(location));
    let folder = script.path.parent().unwrap_or(Path::new(""));
    above.max_by_key(|location| location.components().count()).unwrap_or(folder).to_owned()
}

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let mut locations: BTreeMap<PathBuf, Vec<Numbered<'_>>> = BTreeMap::new();
    for (script, &in_scope) in context.scripts.iter().zip(context.in_scope) {
        let name = facts::file_name(&script.path);
        let files = locations.entry(location(context, script)).or_default();
        files.push(Numbered { script, name, in_scope });
    }
    for files in locations.values() {
        if is_numbered(files.iter().map(|file| file.name.as_str())) {
            collisions(context, files, findings);
        }
    }
}

fn collisions(context: &Context<'_>, files: &[Numbered<'_>], findings: &mut Vec<Diagnostic>) {
    let mut by_number: BTreeMap<(&str, u32), Vec<&Numbered<'_>>> = BTreeMap::new();
    for file in files {
        if let Some(sequence) = Sequence::of(&file.name) {
            by_number.entry((sequence.prefix, sequence.number)).or_default().push(file);
        }
    }
    let mut next: BTreeMap<&str, u32> = BTreeMap::new();
    for &(prefix, number) in by_number.keys() {
        next.insert(prefix, number + 1);
    }
    for (&(prefix, _), same) in &by_number {
        findings.extend(report(context, same, next.get(prefix).copied().unwrap_or(1)));
    }
}

fn report(context: &Context<'_>, same: &[&Numbered<'_>], next: u32) -> Option<Diagnostic> {
    let at = same.iter().rposition(|file| file.in_scope)?;
    let file = same[at];
    let others: Vec<&&Numbered<'_>> = same
        .iter()
        // Two files with one id are another finding, and mended together with it.
        .filter(|other| other.script.path != file.script.path)
        .filter(|other| other.script.id().is_none() || other.script.id() != file.script.id())
        .collect();
    if others.is_empty() {
        return None;
    }
    let sequence = Sequence::of(&file.name)?;
    let digits = &file.name[sequence.prefix.len()..sequence.end()];
    let names = others.iter().map(|other| &other.name).chain([&file.name]);
    let message = format!("sequence number `{digits}` is carried by {}", list(names));
    let mut finding = Diagnostic::new(RULE.name, message).at(&file.script.path, None, "");
    finding = finding.about(file.script.id());
    for other in others {
        finding = finding.about(other.script.id()).also(&other.script.path, None, "");
    }
    let renamed = format!("{}{}", sequence.with(next), &file.name[sequence.end()..]);
    let path = &file.script.path;
    if let Some(id) = file.script.id()
        && id.as_str().contains(digits)
    {
        finding = finding.note(format!(
            "its id `{id}` holds the number as well: change it too, also in the `down_revision` of what follows"
        ));
    }
    let done = Text::from("or have it done, where the file is unpublished:   ");
    Some(
        finding
            .note("the number no longer says which of them comes first")
            .help(
                Text::from("take the next free number:   mv ")
                    .argument(path)
                    .words(" ")
                    .argument(path.with_file_name(renamed)),
            )
            .help(own(done, context.environment, "check --fix"))
            .fixed_by(FixKind::Rename),
    )
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Project, check_rule};

    #[test]
    fn numbers_of_their_own_are_no_finding() {
        check_rule(&RULE, "0001 <- 0002 <- 0003", "");
    }

    #[test]
    fn projects_without_numbers_are_left_alone() {
        check_rule(&RULE, "0001 <- a <- b, 0001 <- 1", "");
    }

    #[test]
    fn published_pairs_are_left_alone() {
        let project = Project::new("0001 <- 0002 <- 002");
        let published = project.with("0002", |spec| spec.published = true);
        assert_eq!(published.findings(&RULE).len(), 1);
        let all = ["0001", "0002", "002"]
            .into_iter()
            .fold(published, |project, id| project.with(id, |spec| spec.published = true));
        assert_eq!(all.findings(&RULE), []);
    }

    #[test]
    fn one_id_in_two_files_is_another_rule() {
        let project =
            Project::new("0001 <- 0002").and("0002", |spec| spec.file = Some("0002_y.py".into()));
        assert_eq!(project.findings(&RULE), []);
    }

    #[test]
    fn two_files_with_one_number() {
        let project = Project::new("a <- b <- c")
            .with("a", |spec| spec.file = Some("0001_first.py".into()))
            .with("b", |spec| spec.file = Some("0002_carts.py".into()))
            .with("c", |spec| spec.file = Some("0002_labels.py".into()));
        insta::assert_snapshot!(project.text(&RULE), @"
        warning[sequence-collision]: sequence number `0002` is carried by `0002_carts.py` and `0002_labels.py`
        --> versions/0002_labels.py
         = note: the number no longer says which of them comes first
         = help: take the next free number:   mv versions/0002_labels.py versions/0003_labels.py
         = help: or have it done, where the file is unpublished:   onehead check --fix
        ");
    }
}
