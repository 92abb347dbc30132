//! What `forecast` answers: a table for people, the same in Markdown, and a line for each trouble.
//!
//! Only writes. The names of branches, ids and paths come from a repository, so nothing of them reaches a terminal as it
//! is.

use std::fmt::Write as _;

use super::EnvironmentReport;
use super::markdown::escaped;
use super::sanitize::sanitize;
use crate::forecast::{Branch, Clash, Collision, Effect, Need, Step, Verdict};

/// How wide a name may be before what stands beside it moves.
const WIDEST: usize = 40;

/// How many names a remark lists.
const LISTED: usize = 3;

/// One branch, as it was found.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its names, the one that it is called by first.
    pub names: Vec<String>,
    /// The full names of the refs; none for a commit that was named otherwise.
    pub refs: Vec<String>,
    /// The commit.
    pub commit: String,
    /// Why nothing is known of it at all.
    pub unknown: Option<String>,
}

/// What was foreseen.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// What the baseline is called.
    pub baseline: String,
    /// Its commit.
    pub commit: String,
    /// Each environment of the baseline.
    pub environments: Vec<EnvironmentReport>,
    /// The branches that were looked at, by name.
    pub rows: Vec<Row>,
    /// What each of them does, in the same order.
    pub branches: Vec<Branch>,
    /// Which of them cannot both land.
    pub collisions: Vec<Collision>,
    /// The order in which they can.
    pub plan: Vec<Step>,
    /// Whether branches that add no migrations are listed as well.
    pub all: bool,
}

impl Outlook {
    /// The verdict on a branch: the worst of all environments; `None` for one that changes no migration.
    pub fn verdict(&self, branch: usize) -> Option<Verdict> {
        if let Some(reason) = &self.rows[branch].unknown {
            return Some(Verdict::Unknown(reason.clone()));
        }
        let weight = |verdict: &&Verdict| match verdict {
            Verdict::Lands => 0,
            Verdict::Forks(_) => 1,
            Verdict::Breaks(_) => 2,
            Verdict::Unknown(_) => 3,
        };
        self.branches[branch]
            .effects
            .iter()
            .map(|effect| &effect.verdict)
            .max_by_key(weight)
            .cloned()
    }

    /// How many branches have this verdict, `none` for those that change no migration.
    fn number(&self, wanted: &str) -> usize {
        let name = |branch| self.verdict(branch).map_or("none", |verdict| verdict.as_str());
        (0..self.rows.len()).filter(|&branch| name(branch) == wanted).count()
    }

    /// How many branches change migrations, as far as anybody can tell.
    fn touched(&self) -> usize {
        self.branches.iter().filter(|branch| !branch.effects.is_empty()).count()
    }

    /// The branches that are listed.
    fn listed(&self) -> impl Iterator<Item = usize> {
        (0..self.rows.len()).filter(|&branch| self.all || self.verdict(branch).is_some())
    }

    /// Whether any branch cannot be told about, and whether any makes trouble.
    pub fn trouble(&self) -> (bool, bool) {
        (self.number("not-evaluated") > 0, self.number("forks") + self.number("breaks") > 0)
    }

    fn name(&self, branch: usize) -> &str {
        &self.branches[branch].name
    }

    /// `(billing/alembic.ini)`, where there are several environments.
    fn place(&self, environment: &str) -> String {
        let several = self.environments.len() > 1
            || self.branches.iter().flat_map(|one| &one.effects).any(|effect| {
                self.environments
                    .first()
                    .is_some_and(|one| one.facts.name != effect.environment.name)
            });
        if several { format!(" ({environment})") } else { String::new() }
    }

    /// What the branch has to do before it lands.
    pub fn needs(&self, branch: usize) -> &[Need] {
        let step = self.plan.iter().find(|step| step.branch == branch);
        step.map_or(&[], |step| &step.needs)
    }

    /// `onehead rebase after feature-2`
    pub fn need(&self, need: &Need) -> String {
        match need {
            Need::Rebase { environment, after, onto } => {
                let after = after.map_or_else(|| onto.join(", "), |one| self.name(one).to_owned());
                format!("onehead rebase after {after}{}", self.place(environment))
            }
            Need::Resolve { environment, after, clash } => {
                let after =
                    after.map_or_else(|| self.baseline.clone(), |one| self.name(one).to_owned());
                format!("by hand after {after}: {clash}{}", self.place(environment))
            }
        }
    }

    /// What a branch that forks has to do, whatever else lands.
    fn rebase(&self, effect: &Effect) -> Option<String> {
        let Verdict::Forks(forks) = &effect.verdict else { return None };
        let onto: Vec<&str> =
            forks.iter().flat_map(|fork| &fork.onto).map(String::as_str).collect();
        let place = self.place(&effect.environment.name);
        (!onto.is_empty()).then(|| format!("onehead rebase after {}{place}", some(&onto)))
    }

    fn number_of_adds(&self, branch: usize) -> usize {
        self.branches[branch].effects.iter().map(|effect| effect.adds.len()).sum()
    }

    /// What is worth knowing of a branch beside its verdict.
    fn remark(&self, branch: usize) -> String {
        let reasons = |effect: &Effect| match &effect.verdict {
            Verdict::Breaks(reason) | Verdict::Unknown(reason) => {
                Some(format!("{reason}{}", self.place(&effect.environment.name)))
            }
            // A fork of the branch itself has nothing to be put on.
            Verdict::Forks(forks) => forks.iter().find(|fork| fork.onto.is_empty()).map(|fork| {
                format!("{} by itself{}", fork.told, self.place(&effect.environment.name))
            }),
            Verdict::Lands => None,
        };
        let mut parts: Vec<String> = self.rows[branch].unknown.clone().into_iter().collect();
        parts.extend(self.branches[branch].effects.iter().filter_map(reasons));
        if self.branches[branch].forks() {
            parts.extend(self.branches[branch].effects.iter().filter_map(|one| self.rebase(one)));
        } else {
            parts.extend(self.needs(branch).iter().map(|need| self.need(need)));
        }
        let place = |branch: usize| self.plan.iter().position(|step| step.branch == branch);
        let mut later: Vec<&str> = Vec::new();
        for collision in &self.collisions {
            let Some(other) = collision.other(branch) else { continue };
            match &collision.clash {
                Clash::Fork(..) if place(other) > place(branch) => later.push(self.name(other)),
                Clash::Fork(..) => {}
                _ if self.needs(branch).iter().any(|need| need.is_after(other)) => {}
                clash => parts.push(format!("collides with {}: {clash}", self.name(other))),
            }
        }
        later.dedup();
        if !later.is_empty() {
            let verb = if later.len() == 1 { "needs" } else { "need" };
            parts.push(format!("then {} {verb} a rebase", some(&later)));
        }
        let same = &self.rows[branch].names[1..];
        if !same.is_empty() {
            parts.push(format!("also called {}", some(same)));
        }
        parts.join("; ")
    }

    /// Against what, and how many of how many branches matter.
    fn title(&self) -> String {
        let heads = self.environments.iter().map(|one| {
            let heads = &one.facts.heads;
            let noun = if heads.len() == 1 { "head" } else { "heads" };
            let name = if self.environments.len() > 1 {
                format!("{}: ", one.facts.name)
            } else {
                String::new()
            };
            let heads = if heads.is_empty() { "none".to_owned() } else { heads.join(", ") };
            format!("{name}{noun} {heads}")
        });
        let heads: Vec<String> = heads.collect();
        let open = self.rows.len();
        let branches = if open == 1 { "branch" } else { "branches" };
        let verb = if self.touched() == 1 { "adds" } else { "add" };
        format!(
            "against {} ({}), {} of {open} open {branches} {verb} migrations",
            self.baseline,
            heads.join("; "),
            self.touched()
        )
    }

    fn state(&self, branch: usize) -> &'static str {
        match self.verdict(branch) {
            None => "no migrations",
            Some(Verdict::Unknown(_)) => "not evaluated",
            Some(verdict) => verdict.as_str(),
        }
    }

    /// `+2`, with `-1` where it also takes some away; `?` where nobody knows.
    fn balance(&self, branch: usize) -> String {
        if self.rows[branch].unknown.is_some() {
            return "?".to_owned();
        }
        let removed: usize =
            self.branches[branch].effects.iter().map(|effect| effect.removes.len()).sum();
        let added = format!("+{}", self.number_of_adds(branch));
        if removed > 0 { format!("{added} -{removed}") } else { added }
    }

    /// One line about a branch, as a commit status would carry it.
    pub fn description(&self, branch: usize) -> String {
        let remark = self.remark(branch);
        let state = self.state(branch);
        let line = if remark.is_empty() { state.to_owned() } else { format!("{state}: {remark}") };
        line.lines().next().unwrap_or_default().to_owned()
    }
}

/// A few names, and how many more there are.
fn some(names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(LISTED);
    let shown = &names[..names.len().min(LISTED)];
    match shown {
        _ if more > 0 => format!("{} and {more} more", shown.join(", ")),
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => shown.join(", "),
    }
}

/// How many columns a text takes: letters of East Asian scripts and pictures take two.
fn width(text: &str) -> usize {
    let is_wide = |c: char| {
        matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
    };
    let is_mark = |c: char| matches!(u32::from(c), 0x300..=0x36f | 0xfe00..=0xfe0f);
    text.chars().map(|c| if is_mark(c) { 0 } else { 1 + usize::from(is_wide(c)) }).sum()
}

fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The answer for people.
pub fn text(outlook: &Outlook) -> String {
    let mut text = format!("{}\n", sanitize(&outlook.title()));
    let rows: Vec<[String; 4]> = outlook
        .listed()
        .map(|branch| {
            [
                sanitize(outlook.name(branch)).into_owned(),
                outlook.balance(branch),
                outlook.state(branch).to_owned(),
                sanitize(&outlook.remark(branch)).into_owned(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return text;
    }
    text.push('\n');
    let widest = |column: usize| {
        let widths = rows.iter().map(|row| width(&row[column])).filter(|&one| one <= WIDEST);
        widths.max().unwrap_or(0)
    };
    let columns = [widest(0), widest(1), widest(2)];
    for row in &rows {
        let cells = row.iter().zip(columns).map(|(cell, columns)| padded(cell, columns));
        let line = format!("  {}   {}", cells.collect::<Vec<_>>().join("   "), row[3]);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push_str(&landing(outlook));
    text
}

/// The landing order: on one line where nothing has to be done, else with what each branch needs.
fn landing(outlook: &Outlook) -> String {
    let plan = &outlook.plan;
    if plan.len() < 2 {
        return String::new();
    }
    if plan.iter().all(|step| step.needs.is_empty()) {
        let names = plan.iter().map(|step| outlook.name(step.branch));
        let names = names.collect::<Vec<_>>().join(", ");
        return format!("\nlanding order: {}\n", sanitize(&names));
    }
    let mut text = "\nlanding order:\n".to_owned();
    let names: Vec<_> = plan.iter().map(|step| sanitize(outlook.name(step.branch))).collect();
    let columns = names.iter().map(|name| width(name)).filter(|&one| one <= WIDEST).max();
    let digits = plan.len().to_string().len();
    for (at, (step, name)) in plan.iter().zip(&names).enumerate() {
        let needs: Vec<String> = step.needs.iter().map(|need| outlook.need(need)).collect();
        let needs = needs.join("; ");
        let name = padded(name, columns.unwrap_or(0));
        let line = format!("  {:>digits$}  {name}   {}", at + 1, sanitize(&needs));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// How many there are of each kind, for stderr. `fetched` says how old what is known of the baseline is.
pub fn summary(outlook: &Outlook, fetched: Option<&str>) -> String {
    let of = |state: &str, one: &str, many: &str| {
        let number = outlook.number(state);
        let verb = if number == 1 { one } else { many };
        (number > 0).then(|| format!("{number} {verb}"))
    };
    let parts = [
        of("forks", "forks", "fork"),
        of("breaks", "breaks the history", "break the history"),
        of("not-evaluated", "was not evaluated", "were not evaluated"),
        of("lands", "lands", "land"),
        of("none", "adds no migrations", "add no migrations"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let said = if parts.is_empty() { "no open branches".to_owned() } else { parts.join(", ") };
    let age = fetched.map(|age| format!(", last fetched {age}")).unwrap_or_default();
    let text = format!("{said} ({}{age})", outlook.baseline);
    format!("{}\n", sanitize(&text))
}

/// One line for each branch that makes trouble, for `--quiet`.
pub fn quiet(outlook: &Outlook) -> String {
    let mut text = String::new();
    for branch in outlook.listed() {
        let reason = outlook.verdict(branch).and_then(|verdict| verdict.reason());
        let Some(reason) = reason else { continue };
        let line = format!("{}: {}: {reason}", outlook.name(branch), outlook.state(branch));
        text.push_str(&sanitize(&line));
        text.push('\n');
    }
    text
}

/// The answer as Markdown, for a comment or a summary.
pub fn markdown(outlook: &Outlook) -> String {
    let mut text = format!("{}\n", escaped(&outlook.title()));
    if outlook.listed().next().is_some() {
        text.push_str("\n| branch | adds | merged now | |\n|---|---|---|---|\n");
    }
    for branch in outlook.listed() {
        let (adds, state) = (outlook.balance(branch), outlook.state(branch));
        let (name, remark) = (escaped(outlook.name(branch)), escaped(&outlook.remark(branch)));
        let _ = writeln!(text, "| {name} | {adds} | {state} | {remark} |");
    }
    if outlook.plan.len() > 1 {
        text.push_str("\nLanding order:\n\n");
        for (at, step) in outlook.plan.iter().enumerate() {
            let needs: Vec<String> =
                step.needs.iter().map(|need| escaped(&outlook.need(need))).collect();
            let needs =
                if needs.is_empty() { String::new() } else { format!(": {}", needs.join("; ")) };
            let name = escaped(outlook.name(step.branch));
            let _ = writeln!(text, "{}. {name}{needs}", at + 1);
        }
    }
    text
}
