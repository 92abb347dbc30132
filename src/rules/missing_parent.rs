//! `missing-parent`: a `down_revision` that no file defines.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, FixKind, Text};
use crate::graph::Missing;
use crate::script::Name;

use super::words::{literal, quoted};
use super::{Context, Kind, Level, Rule, facts};
use crate::python::repr::repr;
use crate::shell::word;

pub static RULE: Rule = Rule {
    name: "missing-parent",
    summary: "a `down_revision` that no file defines",
    level: Level::Error,
    kind: Kind::Integrity,
    page: include_str!("missing-parent.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let missing = context.graph.missing_parents();
    if missing.is_empty() {
        return;
    }
    let caused = facts::defined_by_unread(context);
    let prefixes = facts::Prefixes::of(context);
    let mut by_id: BTreeMap<&str, Vec<&Missing<'_>>> = BTreeMap::new();
    let mut order = Vec::new();
    for one in missing.iter().filter(|one| !caused.contains_key(one.text)) {
        let children = by_id.entry(one.text).or_default();
        if children.is_empty() {
            order.push(one.text);
        }
        children.push(one);
    }
    findings.extend(order.iter().filter_map(|id| by_id.get(id)).filter_map(|children| {
        let (first, rest) = children.split_first()?;
        Some(report(context, &prefixes, first, rest))
    }));
}

fn report(
    context: &Context<'_>,
    prefixes: &facts::Prefixes<'_>,
    first: &Missing<'_>,
    rest: &[&Missing<'_>],
) -> Diagnostic {
    let graph = context.graph;
    let child = graph.id(first.child);
    let message = if first.text.is_empty() {
        format!("{} follows a revision with an empty id, which no file defines", quoted(child))
    } else {
        format!("{} follows {}, which no file defines", quoted(child), quoted(first.text))
    };
    let script = graph.script(first.child);
    let place = script.parent_spans.get(first.position).copied();
    let mut finding = Diagnostic::new(RULE.name, message)
        .at(&script.path, place.or(script.values.get(Name::DownRevision)), "")
        .about([child]);
    for one in rest.iter().filter(|one| one.child != first.child) {
        let script = graph.script(one.child);
        let place = script.parent_spans.get(one.position).copied();
        finding = finding.about([graph.id(one.child)]).also(
            &script.path,
            place.or(script.values.get(Name::DownRevision)),
            format!("{} follows it too", quoted(graph.id(one.child))),
        );
    }
    advise(context, prefixes, first, finding)
}

/// Adds what Alembic does and what was probably meant.
fn advise(
    context: &Context<'_>,
    prefixes: &facts::Prefixes<'_>,
    missing: &Missing<'_>,
    finding: Diagnostic,
) -> Diagnostic {
    let graph = context.graph;
    let text = missing.text;
    let path = &graph.script(missing.child).path;
    let write = |value: &str| Text::from(format!("write `down_revision = {value}` in ")).path(path);
    let finding = finding
        .note(format!("every alembic command stops with `KeyError: {}`", repr(text)))
        .fixed_by(FixKind::Edit);
    if let Some(node) = graph.find_label(text) {
        return finding
            .note(format!("{} is a branch label, and `down_revision` takes ids only", quoted(text)))
            .help(write(&literal(graph.id(node).as_str())));
    }
    if text.is_empty() || text == "None" {
        return finding.help(write("None"));
    }
    let exact = facts::Exact {
        name: "down_revision",
        symbol: "`down_revision` takes full ids only, not what stands for one",
        prefix: "`down_revision` takes full ids only, not the start of one",
    };
    facts::advise_exact(context, prefixes, missing, &exact, finding, |lost| {
        lost.help(bring_back(text)).fixed_by(FixKind::Restore)
    })
}

/// The command that brings the file of a lost revision back. An id that could be taken for an option is given as what
/// it is: the last argument.
pub fn bring_back(id: &str) -> String {
    let id = word(id);
    if id.starts_with("'-") {
        return format!("bring it back:   onehead where --restore -- {id}");
    }
    format!("bring it back:   onehead where {id} --restore")
}

#[cfg(test)]
mod tests {
    use super::{RULE, bring_back};
    use crate::rules::testing::{Project, check_rule};
    use crate::script::Problem;

    #[test]
    fn parents_that_exist_are_no_finding() {
        check_rule(&RULE, "a <- b <- c", "");
    }

    #[test]
    fn each_missing_id_is_one_finding() {
        check_rule(&RULE, "?x <- b, ?x <- c", "`b` follows `x`, which no file defines");
        let both = "`b` follows `x`, which no file defines\n`b` follows `y`, which no file defines";
        check_rule(&RULE, "?x <- b, ?y <- b", both);
    }

    #[test]
    fn a_file_that_could_not_be_read_is_the_cause() {
        let project = Project::new("a <- b, ?x <- c").broken("x_add.py", "", Problem::NotAFile);
        assert_eq!(project.findings(&RULE), []);
    }

    #[test]
    fn a_lost_parent_as_it_is_shown() {
        insta::assert_snapshot!(Project::new("?c3d9 <- e5a7, ?c3d9 <- f6b8").text(&RULE), @r#"
        error[missing-parent]: `e5a7` follows `c3d9`, which no file defines
         --> versions/e5a7_x.py:5:17
          |
        5 | down_revision = "c3d9"
          |                 ^^^^^^
          |
         ::: versions/f6b8_x.py:5:17
          |
        5 | down_revision = "c3d9"
          |                 ------ `f6b8` follows it too
          |
          = note: every alembic command stops with `KeyError: 'c3d9'`
          = help: bring it back:   onehead where c3d9 --restore
        "#);
    }

    #[test]
    fn an_id_comes_back_as_a_shell_takes_it() {
        let check = |id: &str, expected: &str| assert_eq!(bring_back(id), expected);
        check("c3d9", "bring it back:   onehead where c3d9 --restore");
        check("a b", "bring it back:   onehead where 'a b' --restore");
        check("-x", "bring it back:   onehead where --restore -- '-x'");
        check("a\n", "bring it back:   onehead where $'a\\n' --restore");
    }

    #[test]
    fn a_label_is_no_parent() {
        let project = Project::new("a1b2 <- b, ?gxy <- c")
            .with("a1b2", |spec| spec.labels = vec!["gxy".into()]);
        insta::assert_snapshot!(project.text(&RULE), @r#"
        error[missing-parent]: `c` follows `gxy`, which no file defines
         --> versions/c_x.py:5:17
          |
        5 | down_revision = "gxy"
          |                 ^^^^^
          |
          = note: every alembic command stops with `KeyError: 'gxy'`
          = note: `gxy` is a branch label, and `down_revision` takes ids only
          = help: write `down_revision = "a1b2"` in versions/c_x.py
        "#);
    }

    #[test]
    fn the_start_of_an_id_is_no_parent() {
        insta::assert_snapshot!(Project::new("a1b2c3 <- b, ?a1b2 <- c").text(&RULE), @r#"
        error[missing-parent]: `c` follows `a1b2`, which no file defines
         --> versions/c_x.py:5:17
          |
        5 | down_revision = "a1b2"
          |                 ^^^^^^
          |
          = note: every alembic command stops with `KeyError: 'a1b2'`
          = note: `down_revision` takes full ids only, not the start of one
          = help: write `down_revision = "a1b2c3"` in versions/c_x.py
        "#);
    }

    #[test]
    fn the_start_of_several_ids() {
        insta::assert_snapshot!(Project::new("a1b2c3 <- a1b2d4, ?a1b2 <- c").text(&RULE), @r#"
        error[missing-parent]: `c` follows `a1b2`, which no file defines
         --> versions/c_x.py:5:17
          |
        5 | down_revision = "a1b2"
          |                 ^^^^^^
          |
          = note: every alembic command stops with `KeyError: 'a1b2'`
          = note: several ids start with `a1b2`: `a1b2c3` and `a1b2d4`
          = help: write `down_revision = "<the full id>"` in versions/c_x.py
        "#);
    }

    #[test]
    fn a_symbol_is_no_parent() {
        insta::assert_snapshot!(Project::new("a <- b, ?head <- c").text(&RULE), @r#"
        error[missing-parent]: `c` follows `head`, which no file defines
         --> versions/c_x.py:5:17
          |
        5 | down_revision = "head"
          |                 ^^^^^^
          |
          = note: every alembic command stops with `KeyError: 'head'`
          = note: `down_revision` takes full ids only, not what stands for one
          = help: write `down_revision = "b"` in versions/c_x.py
        "#);
        let helps = |history: &str| Project::new(history).text(&RULE);
        assert!(
            helps("a <- b, a <- d, ?head <- c").contains("`down_revision = \"<the full id>\"` in")
        );
        assert!(helps("a <- b, ?gxy@head <- c").contains("`down_revision = \"<the full id>\"` in"));
    }

    #[test]
    fn ids_in_one_string_or_with_space_around() {
        let text = |written: &str| {
            let project = Project::new("a <- b, a <- d, c");
            project.with("c", |spec| spec.parents = vec![written.into()]).text(&RULE)
        };
        assert!(
            text("b, d")
                .contains("help: write `down_revision = (\"b\", \"d\")` in versions/c_x.py")
        );
        assert!(text("b ").contains("help: write `down_revision = \"b\"` in versions/c_x.py"));
        assert!(text("b, x").contains("help: bring it back:   onehead where 'b, x' --restore"));
    }

    #[test]
    fn the_word_none_as_a_string() {
        insta::assert_snapshot!(Project::new("?None <- c").text(&RULE), @r#"
        error[missing-parent]: `c` follows `None`, which no file defines
         --> versions/c_x.py:5:17
          |
        5 | down_revision = "None"
          |                 ^^^^^^
          |
          = note: every alembic command stops with `KeyError: 'None'`
          = help: write `down_revision = None` in versions/c_x.py
        "#);
    }
}
