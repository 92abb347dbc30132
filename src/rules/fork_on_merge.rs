//! `fork-on-merge`: a merge would have more heads than expected, although neither side has.

use crate::diagnostic::{Diagnostic, Text};
use crate::graph::{Node, RevisionGraph};
use crate::script::Name;
use crate::shell::word;

use super::surplus::{self, Surplus};
use super::words::own;
use super::{Context, Kind, Level, Merge, Rule};

pub static RULE: Rule = Rule {
    name: "fork-on-merge",
    summary: "the merge would have more heads than expected",
    level: Level::Error,
    kind: Kind::History,
    page: include_str!("fork-on-merge.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(merge) = context.merge else { return };
    let surpluses = surplus::surpluses(context);
    let forks = surpluses.iter().filter(|surplus| surplus.comes_with_merge(context));
    findings.extend(forks.map(|surplus| report(context, merge, surplus)));
}

fn report(context: &Context<'_>, merge: &Merge<'_>, surplus: &Surplus<'_>) -> Diagnostic {
    let graph = context.graph;
    let other = &merge.other;
    let heads = &surplus.heads;
    let message = format!("merging with `{other}` would give {}", surplus.told(graph));
    let mut finding =
        Diagnostic::new(RULE.name, message).about(heads.iter().map(|&head| graph.id(head)));
    finding.branch = surplus.branch();
    let has = |side: &RevisionGraph<'_>, head: Node| side.find(graph.id(head).as_str()).is_some();
    let is_ours = |head: Node| has(merge.ours, head) && !has(merge.theirs, head);
    let ours = heads.iter().rposition(|&head| is_ours(head)).or(heads.len().checked_sub(1));
    if let Some(ours) = ours {
        let head = heads[ours];
        let mut others = heads.clone();
        others.remove(ours);
        let fork = surplus::fork_point(graph, heads);
        let script = graph.script(head);
        let parting = surplus::parting(graph, head, &others, &fork);
        finding = finding.at(&script.path, script.values.get(Name::DownRevision), parting);
        for &other in &others {
            let script = graph.script(other);
            finding = finding.also(&script.path, script.values.get(Name::DownRevision), "");
        }
    }
    let (here, there) = ("only here".to_owned(), format!("only on {other}"));
    let side = |head: Node| match (has(merge.ours, head), has(merge.theirs, head)) {
        (true, false) => here.as_str(),
        (false, true) => there.as_str(),
        _ => "",
    };
    for note in surplus::head_notes(graph, heads, &side) {
        finding = finding.note(note);
    }
    for help in help(context, merge, heads) {
        finding = finding.help(help);
    }
    finding
}

/// What brings the other side here, and what then puts ours on top of it.
fn help(context: &Context<'_>, merge: &Merge<'_>, heads: &[Node]) -> [Text; 3] {
    let other = word(&merge.other);
    let mut folders: Vec<_> = heads
        .iter()
        .filter_map(|&head| context.graph.script(head).path.parent())
        .map(|folder| version_folder(context, folder))
        .collect();
    folders.sort();
    folders.dedup();
    let mut mend = own(Text::default(), context.environment, "rebase").words(" && git add -A");
    for folder in folders {
        mend = mend.words(" ").argument(folder);
    }
    [
        format!("git merge --no-commit {other}").into(),
        mend.words(" && git commit"),
        format!("(or: git rebase {other}, then onehead rebase and commit)").into(),
    ]
}

/// The version location that holds a folder, or the folder itself.
fn version_folder(context: &Context<'_>, folder: &std::path::Path) -> std::path::PathBuf {
    let mut locations = context.environment.version_locations.iter().map(|one| &one.path);
    locations.find(|location| folder.starts_with(location)).map_or(folder, |path| path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::environment::ExpectedHeads;
    use crate::rules::testing::Project;
    use crate::rules::{Rule, multiple_heads};

    fn merged(ours: &str, theirs: &str) -> Project {
        let all = format!("{ours}, {theirs}");
        let mut seen = std::collections::BTreeSet::new();
        // Each edge once, though both sides have it.
        let chains = all.split(',').flat_map(|chain| {
            let ids: Vec<&str> = chain.split("<-").map(str::trim).collect();
            let single = if ids.len() == 1 { vec![ids[0].to_owned()] } else { Vec::new() };
            let pairs = ids.windows(2).map(|pair| pair.join(" <- ")).collect::<Vec<_>>();
            single.into_iter().chain(pairs)
        });
        let edges: Vec<String> = chains.filter(|edge| seen.insert(edge.clone())).collect();
        Project::new(&edges.join(", ")).merging(Project::new(ours), Project::new(theirs))
    }

    fn messages(project: &Project, rule: &Rule) -> String {
        let findings = project.findings(rule);
        let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        messages.join("\n")
    }

    /// What this rule and what `multiple-heads` say.
    #[track_caller]
    fn check(project: &Project, fork: &str, heads: &str) {
        assert_eq!(messages(project, &RULE), fork);
        assert_eq!(messages(project, &multiple_heads::RULE), heads);
    }

    #[test]
    fn a_merge_that_goes_on_in_line_is_fine() {
        check(&merged("a <- b <- c", "a <- b"), "", "");
        check(&merged("a <- b", "a <- b <- c"), "", "");
    }

    #[test]
    fn two_lines_from_one_parent() {
        let told = "merging with `origin/main` would give 2 heads: `b` and `c`";
        check(&merged("a <- b", "a <- c"), told, "");
    }

    #[test]
    fn a_fork_that_one_side_has_is_no_matter_of_the_merge() {
        let told = "the history has 2 heads: `b` and `c`";
        check(&merged("a <- b, a <- c", "a"), "", told);
        check(&merged("a", "a <- b, a <- c"), "", told);
    }

    #[test]
    fn a_third_head_comes_with_the_merge() {
        let told = "merging with `origin/main` would give 3 heads: `b`, `c` and `d`";
        check(&merged("a <- b, a <- c", "a <- d"), told, "");
    }

    #[test]
    fn without_a_merge_it_is_silent() {
        check(&Project::new("a <- b, a <- c"), "", "the history has 2 heads: `b` and `c`");
    }

    #[test]
    fn each_label_is_counted_for_itself() {
        let labels = vec![("l".into(), 1), ("k".into(), 1)];
        let label = |project: Project| {
            project
                .with("a", |spec| spec.labels = vec!["l".into()])
                .with("x", |spec| spec.labels = vec!["k".into()])
        };
        let ours = label(Project::new("a <- b, x <- y"));
        let theirs = label(Project::new("a <- c, x <- z, x <- w"));
        let all = label(Project::new("a <- b, x <- y, a <- c, x <- z, x <- w"));
        let project = all.merging(ours, theirs).expecting(ExpectedHeads::PerLabel(labels));
        let fork = "merging with `origin/main` would give 2 heads with branch label `l`, 1 is expected: `b` and `c`\n\
                    merging with `origin/main` would give 3 heads with branch label `k`, 1 is expected: `y`, `z` and `w`";
        check(&project, fork, "");
    }

    #[test]
    fn as_it_is_shown() {
        insta::assert_snapshot!(merged("a <- b", "a <- c").text(&RULE), @r#"
        error[fork-on-merge]: merging with `origin/main` would give 2 heads: `b` and `c`
         --> versions/b_x.py:5:17
          |
        5 | down_revision = "a"
          |                 ^^^ `c` follows `a` too: here the history parts
          |
          = note: `b` versions/b_x.py   only here
          = note: `c` versions/c_x.py   only on origin/main
          = help: git merge --no-commit origin/main
          = help: onehead rebase && git add -A versions && git commit
          = help: (or: git rebase origin/main, then onehead rebase and commit)
        "#);
    }
}
