//! Random histories: one to seven published revisions, one to six unpublished ones, with everything that people do to
//! each other's branches.

use onehead::environment::ExpectedHeads;

use crate::history::{Rev, Set, closures};
use crate::random::Random;

/// A history and how many heads are expected of it.
pub struct Shape {
    pub history: Vec<Rev>,
    pub expected: ExpectedHeads,
}

/// Grows a history revision by revision, each after ones that are there.
struct Grower<'r> {
    random: &'r mut Random,
    history: Vec<Rev>,
}

impl Grower<'_> {
    fn below(&self) -> Vec<Set> {
        closures(&self.history, true).expect("grown upwards")
    }

    /// So many of the candidates of which none lies below another.
    fn apart(&mut self, candidates: &[usize], count: usize) -> Vec<usize> {
        let below = self.below();
        let mut chosen: Vec<usize> = Vec::new();
        for _ in 0..count * 3 {
            let next = *self.random.choice(candidates);
            let clear =
                |&other: &usize| !below[other].contains(&next) && !below[next].contains(&other);
            if chosen.len() < count && chosen.iter().all(clear) {
                chosen.push(next);
            }
        }
        chosen
    }

    /// Adds a revision after some of the candidates.
    fn grow(&mut self, id: &str, candidates: &[usize], published: bool) -> usize {
        let several = match self.random.below(100) {
            0..75 => 1,
            75..92 => 2,
            _ => 3,
        };
        let is_base = candidates.is_empty() || self.random.percent(6);
        // Young ones are followed more often.
        let half = if self.random.percent(50) { candidates.len() / 2 } else { 0 };
        let parents = if is_base { Vec::new() } else { self.apart(&candidates[half..], several) };
        let mut rev = Rev::new(id, &[]);
        rev.operations = parents.len() < 2 || self.random.percent(30);
        rev.parents = parents.iter().map(|&at| self.history[at].id.clone()).collect();
        if !candidates.is_empty() && self.random.percent(15) {
            let below = self.below();
            let on = *self.random.choice(candidates);
            if !parents.iter().any(|&parent| below[parent].contains(&on)) {
                rev.dependencies.push(self.history[on].id.clone());
            }
        }
        if self.random.percent(25) {
            rev.date = Some(format!("2026-01-0{} 10:00:00", 1 + self.random.below(9)));
        }
        self.history.push(if published { rev.published() } else { rev });
        self.history.len() - 1
    }
}

/// A history of one lineage, forked or not.
pub fn one_lineage(random: &mut Random) -> Shape {
    let (published, unpublished) = (1 + random.below(7), 1 + random.below(6));
    let forked = random.percent(20);
    let mut grower = Grower { random, history: Vec::new() };
    for number in 0..published {
        // Most baselines have one head: each follows all the heads that there are.
        let candidates: Vec<usize> = (0..number).collect();
        grower.grow(&format!("p{number:03}"), &candidates, true);
        if number + 1 == published && !forked {
            close(&mut grower);
        }
    }
    for number in 0..unpublished {
        let candidates: Vec<usize> = (0..grower.history.len()).collect();
        grower.grow(&format!("u{number:03}"), &candidates, false);
    }
    if grower.random.percent(5) {
        let unpublished = grower.history.len() - 1;
        grower.history[unpublished].labels.push("some_label".into());
    }
    let mut history = grower.history;
    if random.percent(4) {
        insert_below(random, &mut history);
    }
    random.shuffle(&mut history);
    Shape { history, expected: ExpectedHeads::Total(1) }
}

/// Joins the published heads so that there is one.
fn close(grower: &mut Grower<'_>) {
    let heads: Vec<String> = crate::history::heads(&grower.history);
    if heads.len() > 1 {
        let mut rev = Rev::new("pmerge", &[]);
        rev.parents = heads;
        rev.operations = false;
        grower.history.push(rev.published());
    }
}

/// Makes a published revision follow an unpublished one, as somebody does who edits a file of main.
fn insert_below(random: &mut Random, history: &mut [Rev]) {
    let below = closures(history, true).expect("grown upwards");
    let pairs: Vec<(usize, usize)> = (0..history.len())
        .flat_map(|at| (0..history.len()).map(move |mine| (at, mine)))
        .filter(|&(at, mine)| {
            history[at].is_published()
                && !history[mine].is_published()
                && !below[mine].contains(&at)
        })
        .collect();
    if !pairs.is_empty() {
        let (at, mine) = *random.choice(&pairs);
        history[at].parents = vec![history[mine].id.clone()];
    }
}

/// Two lineages, each with a branch label, that depend on each other now and then.
pub fn two_labels(random: &mut Random) -> Shape {
    let mut grower = Grower { random, history: Vec::new() };
    grower.history.push(Rev::new("root", &[]).published());
    let mut lines: [Vec<usize>; 2] = [Vec::new(), Vec::new()];
    for (line, label) in lines.iter_mut().zip(["expand", "contract"]) {
        let mut rev = Rev::new(&format!("{label}_0"), &["root"]);
        rev.labels.push(label.into());
        grower.history.push(rev.published());
        line.push(grower.history.len() - 1);
    }
    let count = 1 + grower.random.below(5);
    for number in 0..count + 1 + grower.random.below(5) {
        let side = grower.random.below(2);
        let published = number < count;
        let candidates = if published {
            vec![*lines[side].last().expect("a first one")]
        } else {
            lines[side].clone()
        };
        let name = if published { "p" } else { "u" };
        let several = if grower.random.percent(15) { 2 } else { 1 };
        let parents = grower.apart(&candidates, several);
        let mut rev = Rev::new(&format!("{name}{number:03}"), &[]);
        rev.operations = parents.len() < 2;
        rev.parents = parents.iter().map(|&at| grower.history[at].id.clone()).collect();
        let other = &lines[1 - side];
        if grower.random.percent(20) {
            let below = grower.below();
            let on = *grower.random.choice(other);
            if !parents.iter().any(|&parent| below[parent].contains(&on)) {
                rev.dependencies.push(grower.history[on].id.clone());
            }
        }
        grower.history.push(if published { rev.published() } else { rev });
        lines[side].push(grower.history.len() - 1);
    }
    let mut history = grower.history;
    random.shuffle(&mut history);
    let labels = ["expand", "contract"].map(|label| (label.to_owned(), 1)).to_vec();
    Shape { history, expected: ExpectedHeads::PerLabel(labels) }
}
