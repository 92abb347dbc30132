//! What was found and what was tried, in words: the text of `onehead environments`.
//!
//! Pure: everything it says was found out before.

use std::path::Path;

use super::{Attempt, Discovery, Environment, ExpectedHeads, Origin, Outcome};

/// ` [section]`, or nothing for the section that needs no name.
pub(super) fn section_suffix(section: Option<&str>) -> String {
    match section {
        None | Some(super::options::DEFAULT) => String::new(),
        Some(section) => format!(" [{section}]"),
    }
}

/// A block per environment, then what led nowhere; paths as `shown` gives them. Ends with a newline.
pub fn describe(discovery: &Discovery, shown: &dyn Fn(&Path) -> String) -> String {
    let mut text = String::new();
    for environment in &discovery.environments {
        describe_one(&mut text, environment, shown);
        let same = discovery.attempts.iter().filter(
            |attempt| matches!(&attempt.outcome, Outcome::Same(name) if *name == environment.name),
        );
        for attempt in same {
            line(&mut text, "also found by", &place(attempt, shown));
        }
        text.push('\n');
    }
    let rest: Vec<&Attempt> = discovery
        .attempts
        .iter()
        .filter(|attempt| matches!(attempt.outcome, Outcome::Failed(_) | Outcome::Skipped(_)))
        .collect();
    if !rest.is_empty() {
        text.push_str("tried without success:\n");
    }
    for attempt in rest {
        let (why, tried) = match &attempt.outcome {
            Outcome::Failed(failure) => (failure.sentence(), failure.tried()),
            Outcome::Skipped(why) => ((*why).to_string(), &[][..]),
            Outcome::Found(_) | Outcome::Same(_) => continue,
        };
        text.extend(["  ", &place(attempt, shown), ": ", &why, "\n"]);
        for path in tried {
            text.extend(["    not there: ", &shown(path), "\n"]);
        }
    }
    while text.ends_with("\n\n") {
        text.pop();
    }
    text
}

fn place(attempt: &Attempt, shown: &dyn Fn(&Path) -> String) -> String {
    let line = match &attempt.outcome {
        Outcome::Failed(super::Failure::Option(error)) => error.line,
        _ => None,
    };
    let line = line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{}{line}{}", shown(&attempt.path), section_suffix(attempt.section.as_deref()))
}

fn describe_one(text: &mut String, environment: &Environment, shown: &dyn Fn(&Path) -> String) {
    text.push_str(&environment.name);
    text.push('\n');
    line(text, "found", origin(environment.origin));
    if let Some(config) = &environment.config {
        line(text, "configuration", &format!("{} [{}]", shown(config), environment.section));
    }
    line(text, "script location", &shown(&environment.script_location));
    for location in &environment.version_locations {
        let mark = if location.exists { "" } else { "  (does not exist)" };
        let recursive = if environment.recursive { "  (with its subfolders)" } else { "" };
        let value = format!("{}{recursive}{mark}", shown(&location.path));
        line(text, "version location", &value);
    }
    if environment.sourceless {
        line(text, "sourceless", "yes: compiled files count");
    }
    if environment.file_template != "%(rev)s_%(slug)s" {
        line(text, "file template", &environment.file_template);
    }
    if environment.truncate_slug_length != 40 {
        line(text, "slug length", &environment.truncate_slug_length.to_string());
    }
    if let Some(path) = &environment.governing.path {
        line(text, "judged by", &shown(path));
    }
    match &environment.expected_heads {
        ExpectedHeads::Total(1) => {}
        ExpectedHeads::Total(total) => line(text, "expected heads", &total.to_string()),
        ExpectedHeads::PerLabel(labels) => {
            let each: Vec<_> = labels.iter().map(|(label, n)| format!("{label} {n}")).collect();
            line(text, "expected heads", &each.join(", "));
        }
    }
}

fn line(text: &mut String, name: &str, value: &str) {
    text.extend([format!("  {name:<16}  "), value.to_string(), "\n".to_string()]);
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Named => "named by -c, -n or ALEMBIC_CONFIG",
        Origin::Arguments => "named by --script-location or --version-location",
        Origin::Configured => "described under [[tool.onehead.environments]]",
        Origin::Here => "what Alembic would use from here, or from the nearest folder above",
        Origin::Search => "by looking through the repository",
    }
}
