//! One line for each finding: `path:line:col: error[rule] message`.
//!
//! For people with many findings and for tools that read compilers' output.

use super::sanitize::sanitize;
use super::{Report, Sources};
use crate::diagnostic::Diagnostic;

/// Every finding of the report, one line each.
pub fn concise(report: &Report, sources: &Sources) -> String {
    report.findings().map(|finding| line(finding, sources)).collect()
}

fn line(finding: &Diagnostic, sources: &Sources) -> String {
    let severity = finding.severity.as_str();
    let place = place(finding, sources);
    format!("{place}{severity}[{}] {}\n", finding.rule, sanitize(&finding.message))
}

/// The line of `--quiet`: `path:line:col: rule message`.
pub fn quiet_line(finding: &Diagnostic, sources: &Sources) -> String {
    format!("{}{} {}\n", place(finding, sources), finding.rule, sanitize(&finding.message))
}

fn place(finding: &Diagnostic, sources: &Sources) -> String {
    let Some(primary) = &finding.primary else { return String::new() };
    let path = &primary.place.path;
    let shown = sources.from_directory(path);
    let shown = sanitize(&shown);
    match primary.place.span.and_then(|span| sources.positions(path, span)) {
        Some((start, _)) => format!("{shown}:{}:{}: ", start.line, start.column),
        None => format!("{shown}:1:1: "),
    }
}

#[cfg(test)]
mod tests {
    use super::concise;
    use crate::diagnostic::Diagnostic;
    use crate::report::testing::{report, sources};
    use crate::script::Span;

    #[test]
    fn one_line_per_finding() {
        let span = Some(Span { start: 6, end: 7 });
        let findings = vec![
            Diagnostic::new("cycle", "in\na circle").at("/project/a.py", span, "x"),
            Diagnostic::new("cycle", "whole file").at("/project/b.py", None, ""),
            Diagnostic::new("cycle", "no file"),
        ];
        let shown = concise(
            &report(vec![("a.ini", findings)]),
            &sources(&[("/project/a.py", "ä\nx = 1\n")]),
        );
        assert_eq!(
            shown,
            "a.py:2:4: error[cycle] in\\na circle\n\
             b.py:1:1: error[cycle] whole file\n\
             error[cycle] no file\n"
        );
    }
}
