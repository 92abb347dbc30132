//! `unused-ignore`: an ignore comment that silences nothing, or names no rule.
//!
//! It looks at the findings of the others, so [`crate::suppress`] finds it; here is what it says.

use crate::diagnostic::{Diagnostic, Text};
use crate::script::{Script, Span};

use super::settings::nearest_rule;
use super::{Context, Kind, Level, Rule};

pub static RULE: Rule = Rule {
    name: "unused-ignore",
    summary: "an ignore comment that silences nothing or names no rule",
    level: Level::Warning,
    kind: Kind::Meta,
    page: include_str!("unused-ignore.md"),
    check,
};

fn check(_: &Context<'_>, _: &mut Vec<Diagnostic>) {}

/// The finding for an ignore comment without names, which stands at `span` of `script`.
pub fn names_nothing(script: &Script, span: Span) -> Diagnostic {
    Diagnostic::new(RULE.name, "this comment names no rule, so it silences nothing")
        .at(&script.path, Some(span), "")
        .about(script.id())
        .help("name the rules in brackets: `# onehead: ignore[<rule>, <rule>]`")
}

/// Why a name in an ignore comment is of no use.
pub enum Why {
    /// It is no rule.
    Unknown,
    /// A comment in one file cannot silence what concerns the whole history.
    Unsilenceable,
    /// The rule finds nothing in this file.
    Nothing,
}

/// The finding for `name`, which stands at `span` of `script`.
pub fn report(script: &Script, name: &str, span: Span, why: &Why) -> Diagnostic {
    let remove = || Text::from(format!("remove `{name}` from the comment in ")).path(&script.path);
    let finding = |message: String| {
        Diagnostic::new(RULE.name, message).at(&script.path, Some(span), "").about(script.id())
    };
    match why {
        Why::Unknown => {
            let finding = finding(format!("`{name}` is no rule"));
            match nearest_rule(name) {
                Some(nearest) => finding.help(format!("did you mean `{nearest}`?")),
                None => finding.help(remove()),
            }
        }
        Why::Unsilenceable => finding(format!("a comment cannot silence `{name}`"))
            .note("it concerns the history as a whole and not this file")
            .help("to expect several heads, set `expected-heads` in the configuration"),
        Why::Nothing => {
            finding(format!("this comment silences nothing: `{name}` finds nothing in this file"))
                .help(remove())
        }
    }
}
