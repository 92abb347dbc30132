//! The pipeline: scripts to a graph, the graph through every rule, the findings weighed, silenced and sorted.
//!
//! Pure: what is read and from where is not known here.

use crate::diagnostic::{Diagnostic, Severity};
use crate::environment::Environment;
use crate::graph::{Node, RevisionGraph};
use crate::published::PublishedScripts;
use crate::rules::settings::{Decision, RuleSettings};
use crate::rules::{Context, Kind, Merge, RULES, find};
use crate::script::Script;
use crate::suppress::suppress;

/// What the hygiene rules look at.
#[derive(Clone, Debug)]
pub enum Scope {
    /// Every script.
    All,
    /// The scripts for which there is a `true`, by position.
    Only(Vec<bool>),
    /// Where nothing tells what is published: the heads, and what has no descendant beside a head.
    Tips,
}

impl Scope {
    /// The scripts of which `wanted` says yes.
    pub fn of(scripts: &[Script], wanted: impl Fn(&Script) -> bool) -> Self {
        Self::Only(scripts.iter().map(wanted).collect())
    }

    fn flags(&self, scripts: &[Script], graph: &RevisionGraph<'_>) -> Vec<bool> {
        match self {
            Self::All => vec![true; scripts.len()],
            Self::Only(wanted) => wanted.clone(),
            Self::Tips => {
                // A script without a revision may be anything, so it is looked at.
                let mut wanted: Vec<bool> =
                    scripts.iter().map(|script| script.revision.is_none()).collect();
                for node in graph.all_nodes() {
                    let is_head = |&child: &Node| graph.children(child).is_empty();
                    wanted[graph.script_index(node)] = graph.children(node).iter().all(is_head);
                }
                wanted
            }
        }
    }
}

/// What the rules found.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The findings: errors first, then in the order of the rules, by path and by place.
    pub findings: Vec<Diagnostic>,
    /// Whether an integrity finding was silenced, so that other answers are not certain.
    pub uncertain: bool,
}

/// What is known of one environment before anything is judged.
pub struct Facts<'a> {
    /// The environment.
    pub environment: &'a Environment,
    /// Its scripts in load order.
    pub scripts: &'a [Script],
    /// The history they make.
    pub graph: &'a RevisionGraph<'a>,
    /// What the baseline says of them; `None` where no baseline could be read.
    pub published: Option<&'a PublishedScripts>,
    /// What was merged to get this history, if anything.
    pub merge: Option<&'a Merge<'a>>,
}

impl<'a> Facts<'a> {
    /// A history of which nothing is known but itself.
    pub fn new(
        environment: &'a Environment,
        scripts: &'a [Script],
        graph: &'a RevisionGraph<'a>,
    ) -> Self {
        Self { environment, scripts, graph, published: None, merge: None }
    }

    fn context(&self, in_scope: &'a [bool]) -> Context<'a> {
        let &Self { environment, scripts, graph, published, merge } = self;
        Context { environment, scripts, graph, in_scope, published, merge }
    }
}

/// Runs the rules that `settings` leave on over the scripts of one environment, which are in load order, and of which
/// nothing else is known.
pub fn check_scripts(
    environment: &Environment,
    scripts: &[Script],
    settings: &RuleSettings,
    scope: &Scope,
) -> Checked {
    judge(&Facts::new(environment, scripts, &RevisionGraph::build(scripts)), settings, scope)
}

/// What is wrong with the integrity of a history, on which every other answer rests, and what else keeps Alembic from
/// loading it; whatever is configured.
pub fn integrity(
    environment: &Environment,
    scripts: &[Script],
    graph: &RevisionGraph<'_>,
) -> Vec<Diagnostic> {
    let in_scope = vec![true; scripts.len()];
    let context = Facts::new(environment, scripts, graph).context(&in_scope);
    let mut findings = Vec::new();
    for rule in RULES.iter().filter(|rule| matches!(rule.kind, Kind::Integrity | Kind::Loading)) {
        (rule.check)(&context, &mut findings);
    }
    let mut checked = Checked::default();
    for finding in findings {
        weigh(finding, &RuleSettings::default(), &mut checked);
    }
    checked.findings.retain(|finding| {
        let is_loading = find(finding.rule).is_some_and(|rule| rule.kind == Kind::Loading);
        !is_loading || finding.severity == Severity::Error
    });
    checked.findings.sort_by(|a, b| order(a).cmp(&order(b)));
    checked.findings
}

/// Runs the rules that `settings` leave on over what is known of one environment.
pub fn judge(facts: &Facts<'_>, settings: &RuleSettings, scope: &Scope) -> Checked {
    let in_scope = &scope.flags(facts.scripts, facts.graph);
    let context = facts.context(in_scope);
    let mut findings = Vec::new();
    for rule in RULES {
        // An ignored integrity rule runs all the same: whether it would say something decides how certain the
        // other answers are.
        let silent = settings.decide(rule) != Decision::Ignored || rule.kind == Kind::Integrity;
        if silent && settings.decide(rule) != Decision::NotSelected {
            (rule.check)(&context, &mut findings);
        }
    }
    let suppressed = suppress(facts.scripts, in_scope, settings, findings);
    let mut checked = Checked { findings: Vec::new(), uncertain: suppressed.uncertain };
    for finding in suppressed.findings {
        weigh(finding, settings, &mut checked);
    }
    checked.findings.sort_by(|a, b| order(a).cmp(&order(b)));
    checked
}

fn weigh(mut finding: Diagnostic, settings: &RuleSettings, checked: &mut Checked) {
    let Some(rule) = find(finding.rule) else { return };
    match settings.decide(rule) {
        Decision::Own => {
            finding.severity = finding.own_severity.unwrap_or(rule.level.severity());
        }
        Decision::Fixed(severity) => finding.severity = severity,
        Decision::NotSelected => return,
        Decision::Ignored => {
            checked.uncertain |= rule.kind == Kind::Integrity;
            return;
        }
    }
    checked.findings.push(finding);
}

type Key<'a> = (Severity, usize, Option<&'a crate::diagnostic::Place>, &'a str);

fn order(finding: &Diagnostic) -> Key<'_> {
    let rule = RULES.iter().position(|rule| rule.name == finding.rule).unwrap_or(RULES.len());
    let place = finding.primary.as_ref().map(|label| &label.place);
    (finding.severity, rule, place, &finding.message)
}

#[cfg(test)]
mod tests {
    use super::{Scope, check_scripts, integrity};
    use crate::graph::RevisionGraph;
    use crate::rules::Level;
    use crate::rules::settings::RuleSettings;
    use crate::rules::testing::Project;

    fn found(history: &str, settings: &RuleSettings) -> (String, bool) {
        let project = Project::new(history);
        let (scripts, _) = project.build();
        let checked = check_scripts(&project.environment, &scripts, settings, &Scope::All);
        let findings = checked.findings.iter();
        let shown: Vec<String> = findings
            .map(|finding| format!("{} {}", finding.severity.as_str(), finding.rule))
            .collect();
        (shown.join(", "), checked.uncertain)
    }

    #[test]
    fn errors_come_first_then_the_order_of_the_rules() {
        let history = "a1b2c3d4e5f6, ?x <- b, c <- c, d <- e, d <- f";
        let (shown, _) = found(history, &RuleSettings::default());
        assert_eq!(
            shown,
            "error multiple-heads, error missing-parent, error cycle, warning placeholder-id"
        );
    }

    #[test]
    fn an_ignored_integrity_finding_makes_the_answer_uncertain() {
        let settings = RuleSettings { ignore: vec!["cycle".into()], ..Default::default() };
        assert_eq!(found("a, c <- c", &settings), (String::new(), true));
        assert_eq!(found("a", &settings), (String::new(), false));
    }

    #[test]
    fn what_keeps_alembic_from_loading_is_told_with_every_answer() {
        let told = |history: &str| -> Vec<&str> {
            let project = Project::new(history);
            let (scripts, _) = project.build();
            let graph = RevisionGraph::build(&scripts);
            let findings = integrity(&project.environment, &scripts, &graph);
            findings.iter().map(|finding| finding.rule).collect()
        };
        assert_eq!(told("a <- b@c"), ["invalid-revision-id"]);
        assert_eq!(told(&format!("a <- {}", "b".repeat(33))), [""; 0]);
        assert_eq!(told("?x <- a, b"), ["missing-parent"]);
    }

    #[test]
    fn configured_weights_win() {
        let severities = vec![("multiple-heads".to_owned(), Level::Warning)];
        let settings = RuleSettings { severities, ..Default::default() };
        assert_eq!(found("a, b", &settings).0, "warning multiple-heads");
    }
}
