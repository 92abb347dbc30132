//! Which problems are new: those that what is compared with does not have yet.
//!
//! Pure: what both sides have was judged before. A problem that is old is shown and blocks nothing, since whoever commits
//! now did not make it and can often not mend it either.

use crate::diagnostic::{Diagnostic, Severity};
use crate::graph::{Node, RevisionGraph};
use crate::report::EnvironmentReport;
use crate::revision::RevisionId;
use crate::rules::words::{count, list, quoted};

/// The rules that count heads: going on from one of several heads makes no new trouble, another head does.
const HEADS: [&str; 2] = ["multiple-heads", "fork-on-merge"];

/// Whether a finding is about heads that are too many.
pub fn counts_heads(finding: &Diagnostic) -> bool {
    HEADS.contains(&finding.rule)
}

/// Marks the findings that `before`, which is called `name`, has too: they weigh no more than a warning, and say why.
/// Environments are the same where their names are.
pub fn mark(environments: &mut [EnvironmentReport], name: &str, before: &[EnvironmentReport]) {
    for environment in environments {
        let same = before.iter().filter(|one| one.facts.name == environment.facts.name);
        let known: Vec<&Diagnostic> = same.flat_map(|one| &one.findings).collect();
        for finding in &mut environment.findings {
            if !finding.old && known.iter().any(|known| is_known(finding, known)) {
                finding.old = true;
                finding.severity = Severity::Warning;
                finding
                    .notes
                    .push(format!("{} has this too, so it does not block", quoted(name)).into());
            }
        }
    }
}

/// The heads that are heads for certain: what follows a parent that is missing may follow another head in truth.
pub fn certain_heads(graph: &RevisionGraph<'_>) -> Vec<RevisionId> {
    let orphans: Vec<Node> = graph.missing_parents().iter().map(|missing| missing.child).collect();
    let uncertain = graph.descendants(&orphans);
    let heads = graph.distinct_heads().into_iter().filter(|head| !uncertain[head.index()]);
    heads.map(|head| graph.id(head).clone()).collect()
}

/// A fork that nobody has told: where a file cannot be read or a parent is missing, heads may be heads only because of that,
/// and that problem is told instead. When it is old, it blocks nothing, and another head must not pass behind it.
///
/// `heads` are the certain ones, `before` is how many of them what is compared with has, `name` what that is called, and
/// `expected` how many there should be.
pub fn hidden_fork(
    findings: &[Diagnostic],
    heads: &[RevisionId],
    name: &str,
    before: usize,
    expected: usize,
) -> Option<Diagnostic> {
    let is_hidden = findings.iter().any(|finding| finding.old)
        && !findings.iter().any(counts_heads)
        && heads.len() > before.max(expected);
    is_hidden.then(|| {
        let message = format!(
            "the history has {}, and {} has {before}: {}",
            count(heads.len(), "head"),
            quoted(name),
            list(heads),
        );
        Diagnostic::new("multiple-heads", message)
            .about(heads)
            .note("the problems that are old do not account for it")
    })
}

fn is_known(finding: &Diagnostic, known: &Diagnostic) -> bool {
    if counts_heads(finding) {
        return counts_heads(known)
            && finding.branch == known.branch
            && known.revisions.len() >= finding.revisions.len();
    }
    let sorted = |finding: &Diagnostic| {
        let mut ids: Vec<RevisionId> = finding.revisions.clone();
        ids.sort();
        ids
    };
    let path = |finding: &Diagnostic| finding.primary.as_ref().map(|one| one.place.path.clone());
    finding.rule == known.rule
        && sorted(finding) == sorted(known)
        // What is about no revision is about a file.
        && (!finding.revisions.is_empty() || path(finding) == path(known))
}

#[cfg(test)]
mod tests {
    use super::is_known;
    use crate::diagnostic::Diagnostic;
    use crate::revision::RevisionId;

    fn finding(rule: &'static str, ids: &str) -> Diagnostic {
        let ids: Vec<RevisionId> = ids.split_whitespace().map(RevisionId::new).collect();
        Diagnostic::new(rule, "").about(&ids)
    }

    #[test]
    fn going_on_from_a_head_is_not_new() {
        let known = finding("multiple-heads", "a b");
        assert!(is_known(&finding("multiple-heads", "a c"), &known));
        assert!(is_known(&finding("fork-on-merge", "c d"), &known));
        assert!(!is_known(&finding("multiple-heads", "a b c"), &known));
    }

    #[test]
    fn heads_are_counted_per_label() {
        let mut known = finding("multiple-heads", "a b");
        known.branch = Some("expand".into());
        assert!(!is_known(&finding("multiple-heads", "a b"), &known));
        let mut same = finding("multiple-heads", "a b");
        same.branch = Some("expand".into());
        assert!(is_known(&same, &known));
    }

    #[test]
    fn any_other_problem_is_known_by_its_revisions() {
        let known = finding("cycle", "a b");
        assert!(is_known(&finding("cycle", "b a"), &known));
        assert!(!is_known(&finding("cycle", "a"), &known));
        assert!(!is_known(&finding("missing-parent", "a b"), &known));
    }

    #[test]
    fn what_is_about_no_revision_is_known_by_its_file() {
        let at = |path: &str| finding("unreadable-script", "").at(path, None, "");
        assert!(is_known(&at("/a.py"), &at("/a.py")));
        assert!(!is_known(&at("/a.py"), &at("/b.py")));
    }
}
