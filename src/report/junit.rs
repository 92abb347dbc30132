//! The XML of JUnit, which every service of continuous integration shows as tests: a suite for each environment, a test for each
//! rule that was looked at, so that what is fine is seen too.
//!
//! A rule that could not be judged is skipped and not passed. What fails no check (warnings, and what is old) is output of
//! a test that passes.

use std::fmt::Write as _;

use super::item::{Item, Weight, items};
use super::sanitize::sanitize;
use super::{EnvironmentReport, Report, Sources};
use crate::rules::words::count;
use crate::rules::{Kind, RULES, Rule};

/// What was looked at, and what it weighs.
pub struct Ran {
    /// Whether warnings fail too.
    pub strict: bool,
    /// For each environment the names of the rules that were on.
    pub rules: Vec<Vec<&'static str>>,
}

/// How a test ended.
struct Case {
    xml: String,
    failed: bool,
    skipped: bool,
}

/// The document.
pub fn junit(report: &Report, sources: &Sources, ran: &Ran) -> String {
    let mut suites = String::new();
    let mut all = Vec::new();
    for (index, environment) in report.environments.iter().enumerate() {
        let on = ran.rules.get(index).map(Vec::as_slice).unwrap_or_default();
        let cases = cases(report, environment, sources, ran.strict, on);
        let name = attribute(&environment.facts.name);
        let _ = writeln!(suites, "  <testsuite name=\"{name}\" {}>", numbers(&cases));
        suites.extend(cases.iter().map(|case| case.xml.as_str()));
        suites.push_str("  </testsuite>\n");
        all.extend(cases);
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"onehead\" {}>\n{suites}</testsuites>\n",
        numbers(&all)
    )
}

fn numbers(cases: &[Case]) -> String {
    let failed = cases.iter().filter(|case| case.failed).count();
    let skipped = cases.iter().filter(|case| case.skipped).count();
    format!("tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\"", cases.len())
}

fn cases(
    report: &Report,
    environment: &EnvironmentReport,
    sources: &Sources,
    strict: bool,
    on: &[&str],
) -> Vec<Case> {
    let items = items(environment, sources);
    let case = |rule: &&Rule| {
        let found: Vec<&Item<'_>> =
            items.iter().filter(|item| item.finding.rule == rule.name).collect();
        let is_on = on.contains(&rule.name) || !found.is_empty();
        is_on.then(|| self::case(rule, &found, report, environment, sources, strict))
    };
    RULES.iter().filter_map(case).collect()
}

fn case(
    rule: &Rule,
    found: &[&Item<'_>],
    report: &Report,
    environment: &EnvironmentReport,
    sources: &Sources,
    strict: bool,
) -> Case {
    let project = attribute(&environment.facts.name);
    let mut xml = format!("    <testcase classname=\"{project}\" name=\"{}\"", rule.name);
    let fails = |item: &&&Item<'_>| match item.weight() {
        Weight::Error => true,
        Weight::Warning => strict,
        Weight::Old => false,
    };
    let failing: Vec<&Item<'_>> = found.iter().filter(fails).copied().collect();
    if let Some(first) = failing.first().or_else(|| found.first()) {
        let _ = write!(xml, " file=\"{}\" line=\"{}\"", attribute(&first.path), first.line());
    }
    let told = |items: &[&Item<'_>]| {
        let told = items.iter().map(|item| {
            let word = match item.weight() {
                Weight::Old => "old",
                _ => item.finding.severity.as_str(),
            };
            let place = format!("{}:{}", sanitize(&item.path), item.line());
            format!("{word}: {place}: {}\n", item.text(sources))
        });
        escape(&told.collect::<String>())
    };
    let skipped = found.is_empty().then(|| reason(rule, report)).flatten();
    if let Some(first) = failing.first() {
        let more = match failing.len() - 1 {
            0 => String::new(),
            more => format!(" (and {} more)", count(more, "finding")),
        };
        let message = attribute(&format!("{}{more}", first.message));
        let kind = first.finding.severity.as_str();
        let _ = write!(xml, ">\n      <failure message=\"{message}\" type=\"{kind}\">");
        let _ = write!(xml, "{}</failure>\n    </testcase>\n", told(found));
    } else if !found.is_empty() {
        let _ = write!(xml, ">\n      <system-out>{}</system-out>\n    </testcase>\n", told(found));
    } else if let Some(reason) = skipped {
        let _ = write!(xml, ">\n      <skipped message=\"{reason}\"/>\n    </testcase>\n");
    } else {
        xml.push_str("/>\n");
    }
    Case { xml, failed: !failing.is_empty(), skipped: skipped.is_some() }
}

/// Why a rule that is on had nothing to look at.
fn reason(rule: &Rule, report: &Report) -> Option<&'static str> {
    if rule.name == "fork-on-merge" && !report.snapshot.starts_with("merge:") {
        return Some("nothing was merged: --merge-with REF");
    }
    let compares = rule.kind == Kind::Published && report.baseline.is_none();
    compares.then_some("not compared with a baseline")
}

/// Text of an element; XML 1.0 has no control characters, not even escaped, so that they are made visible before.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push('\n'),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// The value of an attribute of any XML, or its text, in one line.
pub(crate) fn attribute(text: &str) -> String {
    escape(&sanitize(text))
}

#[cfg(test)]
mod tests {
    use super::{Ran, junit};
    use crate::diagnostic::{Diagnostic, Severity};
    use crate::report::testing::{HOSTILE, hostile_path, report, sources};
    use crate::script::Span;

    fn ran(strict: bool) -> Ran {
        let rules = vec!["multiple-heads", "cycle", "fork-on-merge", "published-revision-changed"];
        Ran { strict, rules: vec![rules] }
    }

    fn warning(message: &str) -> Diagnostic {
        let mut one = Diagnostic::new("stale-header", message).at("/project/b.py", None, "");
        one.severity = Severity::Warning;
        one
    }

    #[test]
    fn a_test_for_each_rule_that_was_looked_at() {
        let span = Some(Span { start: 2, end: 3 });
        let mut old = warning("known");
        old.old = true;
        let findings = vec![
            Diagnostic::new("cycle", "`a` & <b>")
                .at("/project/a.py", span, "")
                .note("n")
                .help("do"),
            Diagnostic::new("cycle", "second"),
            warning("w"),
            old,
        ];
        let report = report(vec![("a.ini", findings)]);
        let sources = sources(&[("/project/a.py", "\nx\n")]);
        insta::assert_snapshot!(junit(&report, &sources, &ran(false)), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="onehead" tests="5" failures="1" errors="0" skipped="2">
          <testsuite name="a.ini" tests="5" failures="1" errors="0" skipped="2">
            <testcase classname="a.ini" name="multiple-heads"/>
            <testcase classname="a.ini" name="cycle" file="a.py" line="2">
              <failure message="`a` &amp; &lt;b&gt; (and 1 finding more)" type="error">error: a.py:2: `a` &amp; &lt;b&gt;
        n
        help: do
        error: a.ini:1: second
        </failure>
            </testcase>
            <testcase classname="a.ini" name="fork-on-merge">
              <skipped message="nothing was merged: --merge-with REF"/>
            </testcase>
            <testcase classname="a.ini" name="published-revision-changed">
              <skipped message="not compared with a baseline"/>
            </testcase>
            <testcase classname="a.ini" name="stale-header" file="b.py" line="1">
              <system-out>warning: b.py:1: w
        old: b.py:1: known
        </system-out>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
        let strict = junit(&report, &sources, &ran(true));
        assert!(strict.contains(r#"<failure message="w" type="warning">"#), "{strict}");
        assert!(
            strict.contains(r#"<testsuites name="onehead" tests="5" failures="2""#),
            "{strict}"
        );
    }

    #[test]
    fn hostile_text_leaves_nothing_that_xml_forbids() {
        for hostile in HOSTILE {
            let one = Diagnostic::new("cycle", *hostile).at(hostile_path(hostile), None, "");
            let shown = junit(&report(vec![(*hostile, vec![one])]), &sources(&[]), &ran(false));
            let is_bad =
                |c: char| c != '\n' && (c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'));
            assert!(!shown.contains(is_bad), "{shown:?}");
            assert_eq!(shown.matches('<').count(), 16, "{shown}");
            assert!(!shown.contains("]]>"));
        }
    }
}
