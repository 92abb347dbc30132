//! What was rewritten, read again: it must say what was asked, and all else as before.
//!
//! Compares two readings of a script; places do not count. It changes nothing.

use super::super::Rewrite;
use super::Obstacle;
use crate::revision::RevisionId;
use crate::script::{Body, HeaderLine, Name, Problem, Script};

/// Whether the script as it reads now says what was asked, and all else as before.
pub fn verify(before: &Script, after: &Script, rewrite: &Rewrite) -> Result<(), Obstacle> {
    let differing = |name| Err(Obstacle::NotInPlace(name));
    let asked = [
        (rewrite.id.is_some(), Name::Revision),
        (rewrite.parents.is_some(), Name::DownRevision),
        (rewrite.dependencies.is_some(), Name::DependsOn),
    ];
    let asked: Vec<Name> = asked.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect();
    let blamed = asked.first().copied().unwrap_or(Name::Revision);
    if problems(before, &asked) != problems(after, &[]) {
        return differing(blamed);
    }
    let (Some(old), Some(new)) = (&before.revision, &after.revision) else {
        return differing(Name::Revision);
    };
    if new.id != *rewrite.id.as_ref().unwrap_or(&old.id) {
        return differing(Name::Revision);
    }
    let is_known = rewrite.parents.is_some() || old.parents_known;
    let parents = rewrite.parents.as_ref().unwrap_or(&old.edges.parents);
    if new.edges.parents != *parents || new.parents_known != is_known {
        return differing(Name::DownRevision);
    }
    let dependencies = rewrite.dependencies.as_ref().unwrap_or(&old.edges.dependencies);
    if new.edges.dependencies != *dependencies {
        return differing(Name::DependsOn);
    }
    let is_same_kind = |a: &Body, b: &Body| std::mem::discriminant(a) == std::mem::discriminant(b);
    let labels_differ = new.labels != old.labels;
    if labels_differ
        || before.ignores.len() != after.ignores.len()
        || !is_same_kind(&before.upgrade, &after.upgrade)
    {
        return differing(blamed);
    }
    verify_header(before, after, rewrite)
}

/// The docstring apart from the lines that may change, and that those say what the code says, where they did before.
fn verify_header(before: &Script, after: &Script, rewrite: &Rewrite) -> Result<(), Obstacle> {
    let (Some(old), Some(new)) = (&before.revision, &after.revision) else { return Ok(()) };
    let ids = |parents: &[RevisionId]| parents.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (old_parents, new_parents) = (ids(&old.edges.parents), ids(&new.edges.parents));
    let agrees = |line: &HeaderLine, parents: &[String]| {
        line.agrees_with_parents(&parents.iter().map(String::as_str).collect::<Vec<_>>())
    };
    // A backslash in the source of a docstring means something else in its text.
    let is_said = |was: &HeaderLine, is: &HeaderLine| {
        was.text == is.text || new.docstring.contains(&*is.text)
    };
    let lost = match (&before.header.revision, &after.header.revision) {
        (Some(was), Some(is)) => {
            let follows = rewrite.align_header || was.agrees_with_id(old.id.as_str());
            if follows {
                !is.agrees_with_id(new.id.as_str()) || !is_said(was, is)
            } else {
                was.text != is.text
            }
        }
        (was, is) => was.is_some() != is.is_some(),
    };
    if lost {
        return Err(Obstacle::Header("Revision ID:"));
    }
    let lost = match (&before.header.revises, &after.header.revises) {
        (Some(was), Some(is)) => {
            let follows = rewrite.align_header || old.parents_known && agrees(was, &old_parents);
            if follows && new.parents_known {
                !agrees(is, &new_parents) || !is_said(was, is)
            } else {
                was.text != is.text
            }
        }
        (was, is) => was.is_some() != is.is_some(),
    };
    let (was, is) = (rest_of_docstring(&old.docstring), rest_of_docstring(&new.docstring));
    if lost || was != is {
        return Err(Obstacle::Header("Revises:"));
    }
    Ok(())
}

/// The lines of a docstring, but for the text of those that repeat a value.
fn rest_of_docstring(docstring: &str) -> Vec<&str> {
    let kept = |line| {
        let names = ["Revision ID:", "Revises:"];
        let trimmed = str::trim_start(line);
        names.into_iter().find(|name| trimmed.starts_with(name)).unwrap_or(line)
    };
    docstring.split('\n').map(kept).collect()
}

/// The problems of a script without their places and without those that vanish with a new value.
fn problems(script: &Script, rewritten: &[Name]) -> Vec<String> {
    let describe = |problem: &Problem| match problem {
        Problem::Unknown { name, .. } | Problem::WrongType { name, .. }
            if rewritten.contains(name) =>
        {
            None
        }
        Problem::Unknown { name, why, .. } => Some(format!("{name:?} {why:?}")),
        Problem::WrongType { name, python_type, .. } => Some(format!("{name:?} {python_type}")),
        Problem::Missing(name) => Some(format!("{name:?}")),
        _ => Some("other".to_owned()),
    };
    let mut found: Vec<String> = script.problems.iter().filter_map(describe).collect();
    found.sort();
    found
}
