//! `unreadable-script`: a file that is selected as a migration and of which the id or the parents are not known.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Text};
use crate::script::{MAX_BYTES, Name, Problem, Script, Sides, Span, Unknown};
use crate::shell::word;
use crate::snapshot::FETCH_CONTENTS;

use super::words::{count, list, quoted};
use super::{Context, Kind, Level, Rule, facts};

pub static RULE: Rule = Rule {
    name: "unreadable-script",
    summary: "a migration whose id or parents cannot be read",
    level: Level::Error,
    kind: Kind::Integrity,
    page: include_str!("unreadable-script.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    if context.scripts.iter().all(|script| script.problems.is_empty()) {
        return;
    }
    let mut lost: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (id, cause) in facts::defined_by_unread(context) {
        lost.entry(cause).or_default().push(id);
    }
    findings.extend(from_the_git_log(context));
    for (position, script) in context.scripts.iter().enumerate() {
        let before = findings.len();
        inspect(script, findings);
        let is_conflict = script
            .problems
            .iter()
            .any(|problem| matches!(problem, Problem::ConflictMarkers(_) | Problem::Unmerged(_)));
        // The conflict is not in the working tree as long as nobody merges.
        if let (true, Some(merge)) = (is_conflict, context.merge) {
            for finding in &mut findings[before..] {
                let command = format!("git merge --no-commit {}", word(&merge.other));
                finding.help.insert(0, format!("begin the merge:   {command}").into());
            }
        }
        if let (Some(ids), Some(finding)) = (lost.get(&position), findings.get_mut(before)) {
            let ids = list(ids);
            finding.notes.push(
                format!("other revisions name {ids}, which this file seems to define").into(),
            );
        }
    }
}

/// Whether alembic-git-revisions computes the value: its template writes the call into every file of a project.
fn is_from_the_git_log(problem: &Problem) -> Option<Span> {
    match problem {
        Problem::Unknown { name: Name::DownRevision, span, why: Unknown::Call(called) } => {
            (&**called == "get_down_revision").then_some(*span)
        }
        _ => None,
    }
}

/// One finding for all files of a project that leaves its history to alembic-git-revisions.
fn from_the_git_log(context: &Context<'_>) -> Option<Diagnostic> {
    let all = context.scripts.iter().flat_map(|script| {
        script.problems.iter().filter_map(is_from_the_git_log).map(move |span| (script, span))
    });
    let all: Vec<(&Script, Span)> = all.collect();
    let (&(first, span), rest) = all.split_first()?;
    let message = match rest.len() {
        0 => {
            "`down_revision` is computed when the file runs, so its value is not known here".into()
        }
        more => format!(
            "`down_revision` is computed when the file runs, here and in {}, so its value is not known",
            count(more, "other file")
        ),
    };
    let mut finding = Diagnostic::new(RULE.name, message)
        .at(&first.path, Some(span), "alembic-git-revisions takes it from the git log")
        .about(all.iter().filter_map(|(script, _)| script.id()));
    for (script, span) in rest {
        finding = finding.also(&script.path, Some(*span), "");
    }
    Some(
        finding.note("the history cannot be known without running the code").help(
            "leave this environment to alembic-git-revisions (`exclude`), or write the ids down",
        ),
    )
}

/// Reports each cause once: what follows from another problem of the same file is left out.
fn inspect(script: &Script, findings: &mut Vec<Diagnostic>) {
    let markers = script.problems.iter().find_map(|problem| match problem {
        Problem::ConflictMarkers(span) => Some(*span),
        _ => None,
    });
    if let Some(span) = markers {
        findings.push(conflict(script, span));
        return;
    }
    let broken = script.problems.iter().any(|problem| {
        matches!(
            problem,
            Problem::Syntax { .. }
                | Problem::TooDeep(_)
                | Problem::NulByte(_)
                | Problem::Undecodable { .. }
                | Problem::UnknownEncoding { .. }
        )
    });
    // What stands for bytes that cannot be decoded is no Python either.
    let undecodable =
        script.problems.iter().any(|problem| matches!(problem, Problem::Undecodable { .. }));
    let misses = |name| script.problems.contains(&Problem::Missing(name));
    let misses_both = misses(Name::Revision) && misses(Name::DownRevision);
    for problem in &script.problems {
        let consequence = match problem {
            Problem::Missing(_) => broken,
            Problem::Syntax { .. } => undecodable,
            _ => false,
        };
        let repeated = misses_both && *problem == Problem::Missing(Name::DownRevision);
        if !consequence && !repeated {
            findings.extend(report(script, problem, misses_both));
        }
    }
}

/// The finding for one problem; `None` for what `unknown-value` says.
fn report(script: &Script, problem: &Problem, misses_both: bool) -> Option<Diagnostic> {
    let found = match problem {
        Problem::Missing(name) => missing(script, *name, misses_both),
        Problem::Unknown { name: Name::BranchLabels | Name::DependsOn, .. } => return None,
        problem if is_from_the_git_log(problem).is_some() => return None,
        Problem::Unknown { name, span, why } => unknown(script, *name, *span, why),
        Problem::WrongType { name, span, python_type } => {
            wrong_type(script, *name, *span, python_type)
        }
        Problem::Unmerged(sides) => unmerged(script, *sides),
        Problem::OutsideLink(target) => outside_link(script, target),
        Problem::NoContent => no_content(script),
        other => unread(script, other)?,
    };
    Some(match script.id() {
        Some(id) => found.about([id]),
        None => found,
    })
}

/// A merge in which git does not know what becomes of the file.
fn unmerged(script: &Script, sides: Sides) -> Diagnostic {
    let name = quoted(facts::file_name(&script.path));
    let what = match sides {
        Sides::Both => "both sides changed it",
        Sides::Ours => "this side changed it, the other deleted or moved it",
        Sides::Theirs => "the other side changed it, this one deleted or moved it",
    };
    Diagnostic::new(
        RULE.name,
        format!("{name} is in a merge conflict that is not resolved: {what}"),
    )
    .at(&script.path, None, "")
    .note("what becomes of it is up to whoever resolves the conflict")
    .help(Text::from("resolve it in the working tree, then:   git add ").argument(&script.path))
}

/// A link of which git has the target's name and nothing else.
fn outside_link(script: &Script, target: &str) -> Diagnostic {
    let name = quoted(facts::file_name(&script.path));
    let message = format!(
        "{name} is a symbolic link to {}, which lies outside of the repository",
        quoted(target)
    );
    Diagnostic::new(RULE.name, message)
        .at(&script.path, None, "")
        .note("git has nothing but the link, and what it leads to is part of no commit")
        .help(
            Text::from("put the file itself in the place of the link:   rm ")
                .argument(&script.path),
        )
}

/// A file of which a partial clone has nothing but the name.
fn no_content(script: &Script) -> Diagnostic {
    let name = quoted(facts::file_name(&script.path));
    Diagnostic::new(RULE.name, format!("this partial clone does not have the content of {name}"))
        .at(&script.path, None, "")
        .note("what it says is not known, and nothing is fetched without being asked for")
        .help(format!("bring the contents here:   {FETCH_CONTENTS}"))
}

/// What keeps the text itself from being read.
fn unread(script: &Script, problem: &Problem) -> Option<Diagnostic> {
    let name = quoted(facts::file_name(&script.path));
    let stops = "every alembic command stops at this file";
    let (message, span, note, help) = match problem {
        Problem::Unreadable(reason) => (
            format!("{name} cannot be read: {reason}"),
            None,
            stops.to_owned(),
            Text::from("look at its owner and mode:   ls -l ").argument(&script.path),
        ),
        Problem::BrokenLink(target) => (
            format!("{name} is a symbolic link to `{target}`, which does not exist"),
            None,
            "every alembic command stops with `ImportError: Can't find Python file`".to_owned(),
            Text::from("remove the link, or bring its target back:   rm ").argument(&script.path),
        ),
        Problem::NotAFile => (
            format!("{name} is named like a migration and is no file"),
            None,
            stops.to_owned(),
            Text::from("give it a name that does not end in `.py`, or move it away:   ls -ld ").argument(&script.path),
        ),
        Problem::TooLarge(bytes) => (
            format!("{name} has {bytes} bytes, more than the {MAX_BYTES} that are read"),
            None,
            "a migration of this size is hardly meant as one".to_owned(),
            Text::from("keep the data in a file of its own and load it in `upgrade()`"),
        ),
        Problem::TooDeep(span) => (
            "brackets or indents are nested deeper than Python allows".to_owned(),
            Some(*span),
            "every alembic command stops with a `SyntaxError` at this file".to_owned(),
            check_with_python(script),
        ),
        Problem::Undecodable { encoding, span } => (
            format!("bytes that are not valid {encoding}"),
            Some(*span),
            "every alembic command stops with a `SyntaxError` at this file".to_owned(),
            "save the file as UTF-8, or name its encoding in the first line:   # -*- coding: latin-1 -*-".into(),
        ),
        Problem::UnknownEncoding { encoding, span } => (
            format!("`{encoding}` is no encoding that can be read"),
            Some(*span),
            "Python stops with `SyntaxError: unknown encoding` where it does not know it either".to_owned(),
            "save the file as UTF-8 and remove this line".into(),
        ),
        Problem::NulByte(span) => (
            "a NUL byte, which Python refuses".to_owned(),
            Some(*span),
            "every alembic command stops with `source code string cannot contain null bytes`".to_owned(),
            "save the file as UTF-8 without NUL bytes".into(),
        ),
        Problem::Syntax { message, span } => (
            format!("not valid Python: {message}"),
            Some(*span),
            "every alembic command stops with a `SyntaxError` at this file".to_owned(),
            check_with_python(script),
        ),
        Problem::CompiledOnly => (
            format!("{name} is compiled and its source is not there"),
            None,
            "alembic runs it under `sourceless`; here its values cannot be known".to_owned(),
            "put the `.py` file beside it, or leave this environment out with `exclude`".into(),
        ),
        _ => return None,
    };
    let finding = Diagnostic::new(RULE.name, message).at(&script.path, span, "");
    Some(finding.note(note).help(help))
}

fn check_with_python(script: &Script) -> Text {
    Text::from("see what Python says of it:   python3 -m py_compile ").argument(&script.path)
}

fn missing(script: &Script, name: Name, both: bool) -> Diagnostic {
    let file = facts::file_name(&script.path);
    if both {
        return Diagnostic::new(
            RULE.name,
            format!("`{file}` is no migration: it assigns neither `revision` nor `down_revision`"),
        )
        .at(&script.path, None, "")
        .note(without_id(&file))
        .help(
            Text::from("move it out of the versions folder:   mv ")
                .argument(&script.path)
                .words(" ")
                .argument(outside(script)),
        );
    }
    let finding =
        Diagnostic::new(RULE.name, format!("`{file}` does not assign `{}`", name.as_str()));
    match name {
        Name::Revision => finding
            .at(&script.path, None, "")
            .note(without_id(&file))
            .help(Text::from("write `revision = \"<its id>\"` in ").path(&script.path)),
        _ => finding
            .at(&script.path, script.values.get(Name::Revision), "")
            .note(format!(
                "every alembic command stops with `AttributeError: module '{}' has no attribute '{}'`",
                module_name(&file),
                name.as_str(),
            ))
            .help(Text::from("write `down_revision = \"<the id before it>\"`, or `None` for the first, in ").path(&script.path)),
    }
}

/// The same file one folder further up.
fn outside(script: &Script) -> PathBuf {
    let folder = script.path.parent().and_then(Path::parent).unwrap_or(Path::new(""));
    folder.join(script.path.file_name().unwrap_or_default())
}

/// Alembic's sentence (1.20.1, `Script._from_path`).
fn without_id(file: &str) -> String {
    format!(
        "every alembic command stops with `Could not determine revision id from filename {file}. \
         Be sure the 'revision' variable is declared inside the script`"
    )
}

/// The module name that Alembic gives to a file (1.20.1, `util.load_python_file`: non-word characters become `_`).
fn module_name(file: &str) -> String {
    file.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect()
}

fn wrong_type(script: &Script, name: Name, span: Span, python_type: &str) -> Diagnostic {
    // A tuple can be iterated and hashed, so `Revision.verify_rev_id` and the map take it (1.20.1).
    let consequence = if name == Name::Revision && python_type == "tuple" {
        "alembic takes the whole tuple for the id, and then no command can find it"
    } else {
        "every alembic command stops with a `TypeError` at this file"
    };
    let name = name.as_str();
    Diagnostic::new(
        RULE.name,
        format!("`{name}` is of type `{python_type}`, which alembic does not take"),
    )
    .at(&script.path, Some(span), "")
    .note(consequence)
    .help(Text::from(format!("write `{name}` as a string, with quotes, in ")).path(&script.path))
}

/// How a value is decided that only running the code could tell, and what is to be seen there.
pub fn computed(name: Name, why: &Unknown) -> (String, String) {
    let name = name.as_str();
    match why {
        Unknown::Conditional(keyword) => (
            format!("`{name}` is assigned below `{keyword}`, so its value is not known here"),
            String::new(),
        ),
        Unknown::Call(called) => (
            format!("`{name}` is computed when the file runs, so its value is not known here"),
            format!("the value is what `{called}` returns"),
        ),
        Unknown::Computed => (
            format!("`{name}` is computed when the file runs, so its value is not known here"),
            String::new(),
        ),
        Unknown::Conflict { .. } => {
            (format!("`{name}` stands in an unfinished merge of git"), String::new())
        }
        Unknown::Rebound => (
            format!("`{name}` may be changed later in the file, so its value is not known here"),
            "this may change it".to_owned(),
        ),
    }
}

fn unknown(script: &Script, name: Name, span: Span, why: &Unknown) -> Diagnostic {
    let (message, seen) = computed(name, why);
    let finding = Diagnostic::new(RULE.name, message).at(&script.path, Some(span), seen);
    let finding = finding.note("the history cannot be known beyond this file without running it");
    finding.help(
        Text::from(format!("write the value of `{}` down as a string in ", name.as_str()))
            .path(&script.path),
    )
}

fn conflict(script: &Script, span: Span) -> Diagnostic {
    let name = quoted(facts::file_name(&script.path));
    let mut finding = Diagnostic::new(
        RULE.name,
        format!("{name} holds the markers of an unfinished merge of git"),
    )
    .at(&script.path, Some(span), "");
    finding = match script.id() {
        Some(id) => finding.about([id]),
        None => finding,
    };
    for problem in &script.problems {
        if let Problem::Unknown { name, why: Unknown::Conflict { ours, theirs }, .. } = problem {
            let side = |value: &Option<Box<str>>| match value {
                Some(value) => quoted(value.chars().take(80).collect::<String>()),
                None => "nothing".to_owned(),
            };
            finding = finding.note(format!(
                "`{}` is {} on our side and {} on theirs",
                name.as_str(),
                side(ours),
                side(theirs),
            ));
        }
    }
    finding
        .note("every alembic command stops with a `SyntaxError` at this file")
        .help(Text::from("keep one side, then:   git add ").argument(&script.path))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Project, check_rule};
    use crate::script::{Name, Problem, Span, Unknown};

    fn text(problems: Vec<Problem>, source: &str) -> String {
        let project = Project::new("a").and("x", |spec| {
            spec.file = Some("c3d9_x.py".into());
            spec.source = Some(source.into());
            spec.problems = problems;
        });
        project.text(&RULE)
    }

    #[test]
    fn a_project_without_parents_in_its_files_is_one_finding() {
        let computed = || {
            let why = Unknown::Call("get_down_revision".into());
            vec![Problem::Unknown { name: Name::DownRevision, span: FIRST, why }]
        };
        let project = ["a", "b", "c"].iter().fold(Project::new("x"), |project, id| {
            project.and(id, |spec| spec.problems = computed())
        });
        let findings = project.findings(&RULE);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].message.contains("here and in 2 other files"));
        assert_eq!(findings[0].revisions.len(), 3);
    }

    const FIRST: Span = Span { start: 0, end: 4 };

    #[test]
    fn healthy_scripts_are_no_finding() {
        check_rule(&RULE, "a <- b", "");
    }

    #[test]
    fn what_cannot_be_opened() {
        let each = [
            Problem::Unreadable("permission denied".into()),
            Problem::BrokenLink("gone.py".into()),
            Problem::NotAFile,
            Problem::TooLarge(9_000_000),
            Problem::CompiledOnly,
        ];
        let shown: Vec<String> = each.into_iter().map(|problem| text(vec![problem], "")).collect();
        insta::assert_snapshot!(shown.join("\n"), @"
        error[unreadable-script]: `c3d9_x.py` cannot be read: permission denied
        --> versions/c3d9_x.py
         = note: every alembic command stops at this file
         = help: look at its owner and mode:   ls -l versions/c3d9_x.py

        error[unreadable-script]: `c3d9_x.py` is a symbolic link to `gone.py`, which does not exist
        --> versions/c3d9_x.py
         = note: every alembic command stops with `ImportError: Can't find Python file`
         = help: remove the link, or bring its target back:   rm versions/c3d9_x.py

        error[unreadable-script]: `c3d9_x.py` is named like a migration and is no file
        --> versions/c3d9_x.py
         = note: every alembic command stops at this file
         = help: give it a name that does not end in `.py`, or move it away:   ls -ld versions/c3d9_x.py

        error[unreadable-script]: `c3d9_x.py` has 9000000 bytes, more than the 8388608 that are read
        --> versions/c3d9_x.py
         = note: a migration of this size is hardly meant as one
         = help: keep the data in a file of its own and load it in `upgrade()`

        error[unreadable-script]: `c3d9_x.py` is compiled and its source is not there
        --> versions/c3d9_x.py
         = note: alembic runs it under `sourceless`; here its values cannot be known
         = help: put the `.py` file beside it, or leave this environment out with `exclude`
        ");
    }

    #[test]
    fn what_does_not_parse_because_of_its_bytes_is_one_finding() {
        let undecodable = Problem::Undecodable { encoding: "utf-8".into(), span: FIRST };
        let syntax = Problem::Syntax { message: "got unexpected token".into(), span: FIRST };
        let both = text(vec![undecodable.clone(), syntax], "abcdef\n");
        assert_eq!(both, text(vec![undecodable], "abcdef\n"));
    }

    #[test]
    fn what_python_cannot_decode_or_parse() {
        let each = [
            Problem::TooDeep(FIRST),
            Problem::Undecodable { encoding: "utf-8".into(), span: FIRST },
            Problem::UnknownEncoding { encoding: "klingon".into(), span: FIRST },
            Problem::NulByte(FIRST),
            Problem::Syntax { message: "expected an expression".into(), span: FIRST },
        ];
        let shown: Vec<String> =
            each.into_iter().map(|problem| text(vec![problem], "abcdef\n")).collect();
        insta::assert_snapshot!(shown.join("\n"), @"
        error[unreadable-script]: brackets or indents are nested deeper than Python allows
         --> versions/c3d9_x.py:1:1
          |
        1 | abcdef
          | ^^^^
          |
          = note: every alembic command stops with a `SyntaxError` at this file
          = help: see what Python says of it:   python3 -m py_compile versions/c3d9_x.py

        error[unreadable-script]: bytes that are not valid utf-8
         --> versions/c3d9_x.py:1:1
          |
        1 | abcdef
          | ^^^^
          |
          = note: every alembic command stops with a `SyntaxError` at this file
          = help: save the file as UTF-8, or name its encoding in the first line:   # -*- coding: latin-1 -*-

        error[unreadable-script]: `klingon` is no encoding that can be read
         --> versions/c3d9_x.py:1:1
          |
        1 | abcdef
          | ^^^^
          |
          = note: Python stops with `SyntaxError: unknown encoding` where it does not know it either
          = help: save the file as UTF-8 and remove this line

        error[unreadable-script]: a NUL byte, which Python refuses
         --> versions/c3d9_x.py:1:1
          |
        1 | abcdef
          | ^^^^
          |
          = note: every alembic command stops with `source code string cannot contain null bytes`
          = help: save the file as UTF-8 without NUL bytes

        error[unreadable-script]: not valid Python: expected an expression
         --> versions/c3d9_x.py:1:1
          |
        1 | abcdef
          | ^^^^
          |
          = note: every alembic command stops with a `SyntaxError` at this file
          = help: see what Python says of it:   python3 -m py_compile versions/c3d9_x.py
        ");
    }

    #[test]
    fn names_that_are_not_assigned() {
        let missing = Problem::Missing;
        let each = [
            vec![missing(Name::Revision)],
            vec![missing(Name::DownRevision)],
            vec![missing(Name::Revision), missing(Name::DownRevision)],
        ];
        let shown: Vec<String> = each.into_iter().map(|problems| text(problems, "")).collect();
        insta::assert_snapshot!(shown.join("\n"), @r#"
        error[unreadable-script]: `c3d9_x.py` does not assign `revision`
        --> versions/c3d9_x.py
         = note: every alembic command stops with `Could not determine revision id from filename c3d9_x.py. Be sure the 'revision' variable is declared inside the script`
         = help: write `revision = "<its id>"` in versions/c3d9_x.py

        error[unreadable-script]: `c3d9_x.py` does not assign `down_revision`
        --> versions/c3d9_x.py
         = note: every alembic command stops with `AttributeError: module 'c3d9_x_py' has no attribute 'down_revision'`
         = help: write `down_revision = "<the id before it>"`, or `None` for the first, in versions/c3d9_x.py

        error[unreadable-script]: `c3d9_x.py` is no migration: it assigns neither `revision` nor `down_revision`
        --> versions/c3d9_x.py
         = note: every alembic command stops with `Could not determine revision id from filename c3d9_x.py. Be sure the 'revision' variable is declared inside the script`
         = help: move it out of the versions folder:   mv versions/c3d9_x.py c3d9_x.py
        "#);
    }

    #[test]
    fn values_that_only_running_could_tell() {
        let unknown = |why| Problem::Unknown { name: Name::DownRevision, span: FIRST, why };
        let each = [
            unknown(Unknown::Call("get_down_revision".into())),
            unknown(Unknown::Call("f".into())),
            unknown(Unknown::Conditional("if")),
            unknown(Unknown::Computed),
            unknown(Unknown::Rebound),
            Problem::WrongType { name: Name::Revision, span: FIRST, python_type: "int" },
        ];
        let shown: Vec<String> =
            each.into_iter().map(|problem| text(vec![problem], "1234\n")).collect();
        insta::assert_snapshot!(shown.join("\n"), @"
        error[unreadable-script]: `down_revision` is computed when the file runs, so its value is not known here
         --> versions/c3d9_x.py:1:1
          |
        1 | 1234
          | ^^^^ alembic-git-revisions takes it from the git log
          |
          = note: the history cannot be known without running the code
          = help: leave this environment to alembic-git-revisions (`exclude`), or write the ids down

        error[unreadable-script]: `down_revision` is computed when the file runs, so its value is not known here
         --> versions/c3d9_x.py:1:1
          |
        1 | 1234
          | ^^^^ the value is what `f` returns
          |
          = note: the history cannot be known beyond this file without running it
          = help: write the value of `down_revision` down as a string in versions/c3d9_x.py

        error[unreadable-script]: `down_revision` is assigned below `if`, so its value is not known here
         --> versions/c3d9_x.py:1:1
          |
        1 | 1234
          | ^^^^
          |
          = note: the history cannot be known beyond this file without running it
          = help: write the value of `down_revision` down as a string in versions/c3d9_x.py

        error[unreadable-script]: `down_revision` is computed when the file runs, so its value is not known here
         --> versions/c3d9_x.py:1:1
          |
        1 | 1234
          | ^^^^
          |
          = note: the history cannot be known beyond this file without running it
          = help: write the value of `down_revision` down as a string in versions/c3d9_x.py

        error[unreadable-script]: `down_revision` may be changed later in the file, so its value is not known here
         --> versions/c3d9_x.py:1:1
          |
        1 | 1234
          | ^^^^ this may change it
          |
          = note: the history cannot be known beyond this file without running it
          = help: write the value of `down_revision` down as a string in versions/c3d9_x.py

        error[unreadable-script]: `revision` is of type `int`, which alembic does not take
         --> versions/c3d9_x.py:1:1
          |
        1 | 1234
          | ^^^^
          |
          = note: every alembic command stops with a `TypeError` at this file
          = help: write `revision` as a string, with quotes, in versions/c3d9_x.py
        ");
    }

    #[test]
    fn conflict_markers_are_the_one_cause() {
        let conflict =
            Unknown::Conflict { ours: Some("\"a\"".into()), theirs: Some("\"b\"".into()) };
        let problems = vec![
            Problem::ConflictMarkers(Span { start: 0, end: 12 }),
            Problem::Unknown { name: Name::DownRevision, span: FIRST, why: conflict },
            Problem::Syntax { message: "bad".into(), span: FIRST },
        ];
        insta::assert_snapshot!(text(problems, "<<<<<<< HEAD\n"), @r#"
        error[unreadable-script]: `c3d9_x.py` holds the markers of an unfinished merge of git
         --> versions/c3d9_x.py:1:1
          |
        1 | <<<<<<< HEAD
          | ^^^^^^^^^^^^
          |
          = note: `down_revision` is `"a"` on our side and `"b"` on theirs
          = note: every alembic command stops with a `SyntaxError` at this file
          = help: keep one side, then:   git add versions/c3d9_x.py
        "#);
    }

    #[test]
    fn a_conflict_that_a_merge_would_have_is_not_in_the_working_tree_yet() {
        let broken = || {
            let problem = Problem::ConflictMarkers(FIRST);
            Project::new("a").broken("x_add.py", "<<<<<<< HEAD\n", problem)
        };
        assert!(!broken().text(&RULE).contains("git merge"));
        let merge = broken().merging(Project::new("a"), Project::new("a"));
        let text = merge.text(&RULE);
        let begin = text.find("= help: begin the merge:   git merge --no-commit origin/main\n");
        assert!(begin.is_some() && begin < text.find("= help: keep one side"), "{text}");
    }

    #[test]
    fn a_missing_name_after_a_syntax_error_is_its_consequence() {
        let project = Project::new("a").and("x", |spec| {
            spec.source = Some(String::new());
            spec.problems = vec![
                Problem::Syntax { message: "bad".into(), span: Span::default() },
                Problem::Missing(Name::DownRevision),
            ];
        });
        assert_eq!(project.findings(&RULE).len(), 1);
    }

    #[test]
    fn what_the_file_seems_to_define_is_noted() {
        let project = Project::new("?c3d9 <- e5a7").broken("c3d9_x.py", "", Problem::NotAFile);
        let notes = &project.findings(&RULE)[0].notes;
        let last = notes.last().unwrap().render(&|_| String::new());
        assert_eq!(last, "other revisions name `c3d9`, which this file seems to define");
    }

    #[test]
    fn labels_that_are_not_known_are_another_rule() {
        let problem =
            Problem::Unknown { name: Name::DependsOn, span: FIRST, why: Unknown::Computed };
        assert_eq!(text(vec![problem], ""), "");
    }
}
