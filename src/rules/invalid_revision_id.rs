//! `invalid-revision-id`: an id that Alembic, or its table, does not take.

use crate::diagnostic::{Diagnostic, Severity, Text};
use crate::script::Name;
use crate::shell::word;

use super::words::quoted;
use super::{Context, Kind, Level, Rule};

pub static RULE: Rule = Rule {
    name: "invalid-revision-id",
    summary: "an id with characters that alembic refuses, or longer than its table holds",
    level: Level::Error,
    kind: Kind::Loading,
    page: include_str!("invalid-revision-id.md"),
    check,
};

/// The width of `alembic_version.version_num` (1.20.1, `DefaultImpl.version_table_impl`: `String(32)`).
const WIDTH: usize = 32;

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for script in context.scripts {
        let Some(id) = script.id() else { continue };
        let reserved = id.reserved_characters();
        let length = id.as_str().chars().count();
        let place = script.values.get(Name::Revision);
        if !reserved.is_empty() {
            let characters: Vec<String> = reserved.iter().map(char::to_string).collect();
            let sentence = format!(
                "Character(s) '{}' not allowed in revision identifier '{id}'",
                characters.join(", ")
            );
            let shown: Vec<String> = characters.iter().map(quoted).collect();
            findings.push(
                Diagnostic::new(
                    RULE.name,
                    format!("alembic refuses {} in the revision id {}", shown.join(", "), quoted(id)),
                )
                .at(&script.path, place, "")
                .about([id])
                .note(format!("every alembic command stops with `{sentence}`"))
                .help(
                    Text::from("change the id, also in the `down_revision` of what follows:   grep -rnF -- ")
                        .words(word(id.as_str()))
                        .words(" ")
                        .argument(script.path.parent().unwrap_or(&script.path)),
                ),
            );
        } else if length > WIDTH {
            findings.push(
                Diagnostic::new(
                    RULE.name,
                    format!("the revision id {} has {length} characters, alembic's table holds {WIDTH}", quoted(id)),
                )
                .weighs(Severity::Warning)
                .at(&script.path, place, "")
                .about([id])
                .note("a database that minds the width refuses it at the end of the migration: `value too long for type character varying(32)`")
                .help(
                    Text::from("shorten the id, also in the `down_revision` of what follows:   grep -rnF -- ")
                        .words(word(id.as_str()))
                        .words(" ")
                        .argument(script.path.parent().unwrap_or(&script.path)),
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Project, check_rule};

    #[test]
    fn ids_that_are_fine() {
        check_rule(&RULE, "0.57.0rc1 <- main_0001 <- 0383_update.py", "");
        check_rule(&RULE, &"x".repeat(32), "");
    }

    #[test]
    fn characters_that_alembic_refuses() {
        insta::assert_snapshot!(Project::new("a-b:c+d").text(&RULE), @r#"
        error[invalid-revision-id]: alembic refuses `+`, `-`, `:` in the revision id `a-b:c+d`
         --> versions/a-b:c+d_x.py:4:12
          |
        4 | revision = "a-b:c+d"
          |            ^^^^^^^^^
          |
          = note: every alembic command stops with `Character(s) '+, -, :' not allowed in revision identifier 'a-b:c+d'`
          = help: change the id, also in the `down_revision` of what follows:   grep -rnF -- a-b:c+d versions
        "#);
    }

    #[test]
    fn an_id_that_the_table_does_not_hold() {
        insta::assert_snapshot!(Project::new(&"x".repeat(33)).text(&RULE), @r#"
        warning[invalid-revision-id]: the revision id `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` has 33 characters, alembic's table holds 32
         --> versions/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_x.py:4:12
          |
        4 | revision = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
          |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = note: a database that minds the width refuses it at the end of the migration: `value too long for type character varying(32)`
          = help: shorten the id, also in the `down_revision` of what follows:   grep -rnF -- xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx versions
        "#);
    }
}
