//! Ignore comments: `# onehead: ignore[rule, rule]` anywhere in a script silences findings in that file.
//!
//! What concerns the history as a whole is not silenced by a comment in one file. The comments were read with the
//! scripts; nothing is parsed here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::rules::settings::{Decision, RuleSettings};
use crate::rules::unused_ignore::{self, Why};
use crate::rules::{Kind, find};
use crate::script::Script;

/// Rules that a comment cannot silence.
const UNSILENCEABLE: [&str; 2] = ["multiple-heads", "fork-on-merge"];

/// What is left after the ignore comments.
pub struct Suppressed {
    /// The findings that no comment silences, and those about comments of no use.
    pub findings: Vec<Diagnostic>,
    /// Whether a finding was silenced on which other answers rest.
    pub uncertain: bool,
}

/// Takes away what the comments of `scripts` silence, and adds what `unused-ignore` has to say. A rule that did not
/// look at a file (off, not selected, or the file is out of scope) does not make its comment unused.
pub fn suppress(
    scripts: &[Script],
    in_scope: &[bool],
    settings: &RuleSettings,
    findings: Vec<Diagnostic>,
) -> Suppressed {
    let commented = scripts.iter().filter(|script| !script.ignores.is_empty());
    let names: BTreeMap<&Path, BTreeSet<&str>> = commented
        .map(|script| {
            let names = script.ignores.iter().flat_map(|comment| &comment.rules);
            (script.path.as_path(), names.map(|(name, _)| &**name).collect())
        })
        .collect();
    if names.is_empty() {
        return Suppressed { findings, uncertain: false };
    }
    let mut used: BTreeSet<(&Path, &'static str)> = BTreeSet::new();
    let mut kept = Vec::new();
    let mut uncertain = false;
    for finding in findings {
        match silencing(&names, &finding) {
            Some(path) => {
                used.insert((path, finding.rule));
                uncertain |= find(finding.rule).is_some_and(|rule| rule.kind == Kind::Integrity);
            }
            None => kept.push(finding),
        }
    }
    for (script, &in_scope) in scripts.iter().zip(in_scope) {
        if !names.get(script.path.as_path()).is_some_and(|names| names.contains("unused-ignore")) {
            unused(script, in_scope, settings, &used, &mut kept);
        }
    }
    Suppressed { findings: kept, uncertain }
}

/// The file whose comment silences the finding.
fn silencing<'a>(
    names: &BTreeMap<&'a Path, BTreeSet<&str>>,
    finding: &Diagnostic,
) -> Option<&'a Path> {
    if UNSILENCEABLE.contains(&finding.rule) {
        return None;
    }
    let place = &finding.primary.as_ref()?.place;
    let (&path, rules) = names.get_key_value(place.path.as_path())?;
    rules.contains(finding.rule).then_some(path)
}

fn unused(
    script: &Script,
    in_scope: bool,
    settings: &RuleSettings,
    used: &BTreeSet<(&Path, &'static str)>,
    findings: &mut Vec<Diagnostic>,
) {
    for comment in script.ignores.iter().filter(|comment| comment.rules.is_empty()) {
        findings.push(unused_ignore::names_nothing(script, comment.span));
    }
    for (name, span) in script.ignores.iter().flat_map(|comment| &comment.rules) {
        let why = match find(name) {
            _ if UNSILENCEABLE.contains(&&**name) => Why::Unsilenceable,
            None => Why::Unknown,
            Some(rule) => {
                let looked = match rule.kind {
                    Kind::Hygiene => in_scope,
                    // What a comment silences here is no finding any more where it is published.
                    Kind::Published => false,
                    _ => true,
                };
                let runs = matches!(settings.decide(rule), Decision::Own | Decision::Fixed(_));
                if !looked || !runs || used.contains(&(script.path.as_path(), rule.name)) {
                    continue;
                }
                Why::Nothing
            }
        };
        findings.push(unused_ignore::report(script, name, *span, &why));
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{Scope, check_scripts};
    use crate::report::text;
    use crate::rules::settings::RuleSettings;
    use crate::rules::testing::Project;

    #[track_caller]
    fn rules(project: &Project, expected: &str) {
        let (scripts, _) = project.build();
        let checked =
            check_scripts(&project.environment, &scripts, &RuleSettings::default(), &Scope::All);
        let rules: Vec<&str> = checked.findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules.join(" "), expected);
    }

    fn ignoring(history: &str, id: &str, names: &str) -> Project {
        Project::new(history).with(id, |spec| spec.ignores = vec![names.into()])
    }

    #[test]
    fn a_comment_silences_its_rule_in_its_file() {
        rules(&ignoring("a1b2c3d4e5f6", "a1b2c3d4e5f6", "placeholder-id"), "");
        rules(
            &ignoring("a1b2c3d4e5f6 <- b", "b", "placeholder-id"),
            "placeholder-id unused-ignore",
        );
    }

    #[test]
    fn a_comment_cannot_silence_what_concerns_the_history() {
        rules(&ignoring("a <- b, a <- c", "c", "multiple-heads"), "multiple-heads unused-ignore");
    }

    #[test]
    fn rules_that_did_not_run_do_not_make_a_comment_unused() {
        rules(&ignoring("a", "a", "empty-message"), "");
        rules(&ignoring("a", "a", "stale-header"), "unused-ignore");
    }

    #[test]
    fn a_comment_without_names_silences_nothing() {
        let project = ignoring("a1b2c3d4e5f6", "a1b2c3d4e5f6", "");
        rules(&project, "placeholder-id unused-ignore");
        rules(
            &ignoring("a", "a", "").with("a", |spec| spec.ignores.push("unused-ignore".into())),
            "",
        );
    }

    #[test]
    fn unused_ignore_can_be_silenced() {
        rules(&ignoring("a", "a", "stale-header, unused-ignore"), "");
    }

    #[test]
    fn silencing_an_integrity_finding_makes_the_answer_uncertain() {
        let project = ignoring("?x <- a", "a", "missing-parent");
        let (scripts, _) = project.build();
        let settings = RuleSettings::default();
        let checked = check_scripts(&project.environment, &scripts, &settings, &Scope::All);
        assert!(checked.findings.is_empty());
        assert!(checked.uncertain);
    }

    #[test]
    fn comments_of_no_use_as_they_are_shown() {
        let project = ignoring("a", "a", "stale-header, stale-headers, blah, multiple-heads");
        let (scripts, sources) = project.build();
        let settings = RuleSettings::default();
        let checked = check_scripts(&project.environment, &scripts, &settings, &Scope::All);
        let shown: Vec<String> =
            checked.findings.iter().map(|one| text::finding(one, &sources, false)).collect();
        insta::assert_snapshot!(shown.join("\n"), @"
        warning[unused-ignore]: this comment silences nothing: `stale-header` finds nothing in this file
         --> versions/a_x.py:6:19
          |
        6 | # onehead: ignore[stale-header, stale-headers, blah, multiple-heads]
          |                   ^^^^^^^^^^^^
          |
          = help: remove `stale-header` from the comment in versions/a_x.py

        warning[unused-ignore]: `stale-headers` is no rule
         --> versions/a_x.py:6:33
          |
        6 | # onehead: ignore[stale-header, stale-headers, blah, multiple-heads]
          |                                 ^^^^^^^^^^^^^
          |
          = help: did you mean `stale-header`?

        warning[unused-ignore]: `blah` is no rule
         --> versions/a_x.py:6:48
          |
        6 | # onehead: ignore[stale-header, stale-headers, blah, multiple-heads]
          |                                                ^^^^
          |
          = help: remove `blah` from the comment in versions/a_x.py

        warning[unused-ignore]: a comment cannot silence `multiple-heads`
         --> versions/a_x.py:6:54
          |
        6 | # onehead: ignore[stale-header, stale-headers, blah, multiple-heads]
          |                                                      ^^^^^^^^^^^^^^
          |
          = note: it concerns the history as a whole and not this file
          = help: to expect several heads, set `expected-heads` in the configuration
        ");
    }
}
