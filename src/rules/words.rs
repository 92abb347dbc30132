//! Words that several rules share: number words, lists, and names as Python or a shell would take them.
//!
//! Nothing here escapes for a terminal; that is the report's business.

use std::path::Path;

use crate::diagnostic::Text;
use crate::environment::{Environment, Launch};
use crate::python::repr::repr;
use crate::shell::word;

/// How many names a message lists before it says how many more there are.
const LISTED: usize = 10;

/// `1 head`, `2 heads`.
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// The name in backticks.
pub fn quoted(name: impl std::fmt::Display) -> String {
    format!("`{name}`")
}

/// `a`, `b` and `c`, each in backticks; a long list is cut and says by how much.
pub fn list<T: std::fmt::Display>(names: impl IntoIterator<Item = T>) -> String {
    let mut shown: Vec<String> = Vec::new();
    let mut more = 0;
    for name in names {
        if shown.len() < LISTED {
            shown.push(quoted(name));
        } else {
            more += 1;
        }
    }
    let last = if more > 0 { Some(format!("{more} more")) } else { shown.pop() };
    match last {
        None => String::new(),
        Some(last) if shown.is_empty() => last,
        Some(last) => format!("{} and {last}", shown.join(", ")),
    }
}

/// The text as a literal in the style of Alembic's users: double quotes where that needs no escapes.
pub fn literal(text: &str) -> String {
    let plain = text.chars().all(|c| !c.is_control() && c != '"' && c != '\\');
    if plain { format!("\"{text}\"") } else { repr(text) }
}

/// A command of Alembic as it is named in a sentence: with the section where it is not the usual one, without what
/// depends on the directory run from.
pub fn alembic(environment: &Environment) -> String {
    match environment.launch {
        Launch::FlaskMigrate => "flask db".to_owned(),
        Launch::Alembic { .. } if is_usual(&environment.section) => "alembic".to_owned(),
        Launch::Alembic { .. } => format!("alembic -n {}", word(&environment.section)),
    }
}

/// Goes on with a command of Alembic that can be pasted where onehead was run: in the right folder, with the right
/// configuration and section. `arguments` are the subcommand and what follows it, as a shell takes them.
pub fn pasted(text: Text, environment: &Environment, arguments: &str) -> Text {
    let config = environment.config.as_deref();
    match &environment.launch {
        Launch::FlaskMigrate => {
            let folder = config.and_then(Path::parent);
            let text = text.within(folder.and_then(Path::parent), "flask db ");
            let usual = folder.is_none_or(|folder| folder.ends_with("migrations"));
            let (subcommand, rest) = arguments.split_once(' ').unwrap_or((arguments, ""));
            let name = folder.and_then(Path::file_name).unwrap_or_default().to_string_lossy();
            let folder = if usual { String::new() } else { format!("-d {} ", word(&name)) };
            text.words(format!("{subcommand} {folder}{rest}")).outside()
        }
        Launch::Alembic { from } => {
            let text = text.within(from.as_deref(), "alembic").configured(config, from.as_deref());
            let section = if is_usual(&environment.section) {
                String::new()
            } else {
                format!(" -n {}", word(&environment.section))
            };
            text.words(format!("{section} {arguments}")).outside()
        }
    }
}

/// A command of Alembic's as [`pasted`] gives it, with these arguments: in the place of `{}`, else at its end.
pub fn with_arguments(alembic: &str, arguments: &str) -> String {
    match alembic.split_once("{}") {
        Some((before, after)) => format!("{before}{arguments}{after}"),
        None => format!("{alembic} {arguments}"),
    }
}

/// Goes on with a command of ours that can be pasted where onehead was run, for this environment.
pub fn own(text: Text, environment: &Environment, subcommand: &str) -> Text {
    let text = text.words(format!("onehead {subcommand}"));
    let text = text.configured(environment.config.as_deref(), None);
    if is_usual(&environment.section) || environment.config.is_none() {
        return text;
    }
    text.words(format!(" -n {}", word(&environment.section)))
}

fn is_usual(section: &str) -> bool {
    section == "alembic" || section.is_empty()
}

#[cfg(test)]
mod tests {
    use super::{count, list, literal, pasted};
    use crate::diagnostic::Text;
    use crate::environment::{Environment, Launch};

    #[test]
    fn numbers_agree_with_their_noun() {
        assert_eq!([count(1, "head"), count(2, "head")], ["1 head", "2 heads"]);
    }

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
    }

    #[test]
    fn long_lists_are_cut() {
        let shown = list(0..25);
        assert!(shown.ends_with("`8`, `9` and 15 more"), "{shown}");
    }

    #[test]
    fn literals_have_double_quotes_where_they_can() {
        assert_eq!(literal("c3d9"), "\"c3d9\"");
        assert_eq!(literal("a\"b"), "'a\"b'");
    }

    #[track_caller]
    fn check_pasted(change: impl FnOnce(&mut Environment), directory: &str, expected: &str) {
        let mut environment = crate::rules::testing::environment();
        change(&mut environment);
        let sources = crate::report::Sources {
            root: "/project".into(),
            directory: directory.into(),
            ..Default::default()
        };
        let text = pasted(Text::default(), &environment, "merge heads");
        assert_eq!(text.render(&|path| sources.from_directory(path)), expected);
    }

    #[test]
    fn a_command_is_for_the_directory_run_from() {
        check_pasted(|_| (), "/project", "alembic merge heads");
        check_pasted(|_| (), "/project/a", "alembic -c ../alembic.ini merge heads");
        let from = |folder: &str| Launch::Alembic { from: Some(folder.into()) };
        check_pasted(|one| one.launch = from("/project"), "/project", "alembic merge heads");
        check_pasted(
            |one| one.launch = from("/project"),
            "/project/a b",
            "(cd .. && alembic merge heads)",
        );
        check_pasted(
            |one| {
                one.config = Some("/project/my db/alembic.ini".into());
                one.section = "a b".into();
                one.launch = from("/project/my db");
            },
            "/project",
            "(cd 'my db' && alembic -n 'a b' merge heads)",
        );
        check_pasted(
            |one| {
                one.config = Some("/project/my db/alembic.ini".into());
                one.launch = from("/project");
            },
            "/project",
            "alembic -c 'my db/alembic.ini' merge heads",
        );
    }

    #[test]
    fn flask_migrate_has_its_own_command() {
        let flask = |config: &str| {
            let config = config.into();
            move |one: &mut Environment| {
                one.config = Some(config);
                one.launch = Launch::FlaskMigrate;
            }
        };
        check_pasted(flask("/project/migrations/alembic.ini"), "/project", "flask db merge heads");
        check_pasted(
            flask("/project/web/db/alembic.ini"),
            "/project",
            "(cd web && flask db merge -d db heads)",
        );
    }
}
