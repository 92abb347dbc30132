//! Random histories with forks, of which a part is published; every revision makes a table of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::random::Random;

/// What kind of project it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One folder, one head expected.
    Plain,
    /// Two version locations.
    Locations,
    /// Lines with branch labels, of which each is expected to have one head.
    Labels,
    /// Files with sequence numbers.
    Numbered(Form),
}

/// Where a numbered project has the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The id is the number.
    Number,
    /// The id is the name of the file.
    Whole,
    /// The name of the file alone.
    File,
}

/// One migration. Parents and dependencies are positions of migrations before it.
#[derive(Clone, Debug)]
pub struct Migration {
    /// The table that it makes, and its message: unlike the id, the same after a repair, and of one migration only.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Its file, relative to the project.
    pub file: String,
    /// `down_revision`
    pub parents: Vec<usize>,
    /// `depends_on`, with how it is written.
    pub dependencies: Vec<(usize, String)>,
    /// `branch_labels`
    pub labels: Vec<String>,
    /// Whether it makes its table.
    pub makes_table: bool,
    /// Whether it is on `main`.
    pub published: bool,
    /// Whether it came to `main` only after the branch had left.
    pub late: bool,
}

/// A history: what a migration follows comes before it.
pub struct History {
    /// The migrations.
    pub migrations: Vec<Migration>,
    /// The labels that are expected to have one head each.
    pub labels: Vec<String>,
}

impl History {
    /// The history of this kind that belongs to these numbers.
    pub fn new(kind: Kind, random: &mut Random) -> Self {
        match kind {
            Kind::Plain | Kind::Locations => plain(kind, random),
            Kind::Labels => labelled(random),
            Kind::Numbered(form) => numbered(form, random),
        }
    }

    /// The tables that a database has on which everything ran.
    pub fn tables(&self) -> BTreeSet<String> {
        let makers = self.migrations.iter().filter(|one| one.makes_table);
        makers.map(|one| one.name.clone()).collect()
    }

    /// Those that nothing follows.
    pub fn heads(&self) -> Vec<&Migration> {
        let followed: BTreeSet<usize> =
            self.migrations.iter().flat_map(|one| one.parents.clone()).collect();
        let all = self.migrations.iter().enumerate();
        all.filter(|(at, _)| !followed.contains(at)).map(|(_, one)| one).collect()
    }

    /// For each migration, by name, what it comes after.
    pub fn order(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut order: Vec<BTreeSet<usize>> = Vec::new();
        for one in &self.migrations {
            let below = one.parents.iter().chain(one.dependencies.iter().map(|(at, _)| at));
            let below = below.flat_map(|&at| order[at].iter().copied().chain([at])).collect();
            order.push(below);
        }
        let name = |at: usize| self.migrations[at].name.clone();
        let named = order.iter().enumerate();
        named.map(|(at, below)| (name(at), below.iter().map(|&at| name(at)).collect())).collect()
    }

    /// What has to be said of heads to `alembic upgrade`, once they are as expected.
    pub fn upgrade(&self) -> &'static str {
        if self.labels.is_empty() { "upgrade head" } else { "upgrade heads" }
    }
}

fn name(published: bool, random: &mut Random) -> String {
    format!("{}{:07x}", if published { 'p' } else { 'u' }, random.next() & 0xfff_ffff)
}

/// A migration that is called like its table.
pub fn migration(name: &str, folder: &str, published: bool, parents: Vec<usize>) -> Migration {
    Migration {
        name: name.to_owned(),
        id: name.to_owned(),
        file: format!("{folder}/{name}_step.py"),
        parents,
        dependencies: Vec::new(),
        labels: Vec::new(),
        makes_table: true,
        published,
        late: false,
    }
}

/// Mostly, what is not published has a head of its own.
fn plain(kind: Kind, random: &mut Random) -> History {
    let published = 1 + random.below(6);
    let own = 1 + random.below(5);
    let mut all: Vec<Migration> = Vec::new();
    for number in 0..published + own {
        let is_published = number < published;
        let name = name(is_published, random);
        let parents = parents(&all, is_published, random);
        let folder = match kind {
            Kind::Locations => *random.choice(&["db/one", "db/two"]),
            _ => "db/versions",
        };
        let mut new = migration(&name, folder, is_published, parents);
        if !all.is_empty() && random.percent(8) {
            let at = random.below(all.len());
            new.dependencies.push((at, all[at].id.clone()));
        }
        new.makes_table = new.parents.len() < 2 || random.percent(15);
        all.push(new);
    }
    History { migrations: all, labels: Vec::new() }
}

/// `main` is mostly one line; what is not published follows something of it or of its own.
fn parents(all: &[Migration], published: bool, random: &mut Random) -> Vec<usize> {
    let Some(last) = all.len().checked_sub(1) else { return Vec::new() };
    let is_followed = |at: usize| all.iter().any(|other| other.parents.contains(&at));
    let mut heads: Vec<usize> = (0..all.len()).filter(|&at| !is_followed(at)).collect();
    if heads.len() > 1 && random.percent(if published { 60 } else { 15 }) {
        random.shuffle(&mut heads);
        heads.truncate(2 + random.below(2));
        return heads;
    }
    if !published && random.percent(3) {
        return Vec::new();
    }
    let stays_on_line = random.percent(if published { 85 } else { 45 });
    vec![if stays_on_line { last } else { random.below(all.len()) }]
}

/// Two or three lines with a label each, from one base or from bases of their own.
fn labelled(random: &mut Random) -> History {
    let labels: Vec<String> =
        ["red", "blue", "green"][..2 + random.below(2)].iter().map(ToString::to_string).collect();
    let mut all: Vec<Migration> = Vec::new();
    let mut lines: Vec<Vec<usize>> = Vec::new();
    let has_common_base = random.percent(50);
    if has_common_base {
        all.push(migration(&name(true, random), "db/versions", true, Vec::new()));
    }
    for label in &labels {
        let parents = if has_common_base { vec![0] } else { Vec::new() };
        let mut first = migration(&name(true, random), "db/versions", true, parents);
        first.labels.push(label.clone());
        lines.push(vec![all.len()]);
        all.push(first);
    }
    let (published, own) = (random.below(5), 1 + random.below(5));
    for number in 0..published + own {
        let is_published = number < published;
        let line = random.below(lines.len());
        let stays = random.percent(if is_published { 95 } else { 45 });
        let parent = match lines[line].last() {
            Some(&last) if stays => last,
            _ => *random.choice(&lines[line]),
        };
        let mut new =
            migration(&name(is_published, random), "db/versions", is_published, vec![parent]);
        if random.percent(15) {
            let other = random.below(lines.len());
            let at = *random.choice(&lines[other]);
            // The label means the revision that defines it.
            let written = if random.percent(30) {
                (lines[other][0], labels[other].clone())
            } else {
                (at, all[at].id.clone())
            };
            new.dependencies.push(written);
        }
        lines[line].push(all.len());
        all.push(new);
    }
    History { migrations: all, labels }
}

/// A published line whose end came to `main` while one or two lines with the same numbers were written beside it.
fn numbered(form: Form, random: &mut Random) -> History {
    let (early, late) = (3 + random.below(4), 1 + random.below(3));
    let mut all: Vec<Migration> = Vec::new();
    for number in 0..early + late {
        let parents = number.checked_sub(1).into_iter().collect();
        let mut new = count(form, number + 1, &name(true, random), true, parents);
        new.late = number >= early;
        all.push(new);
    }
    // Two files of mine with one id could not be told apart.
    let lines = if form == Form::Number { 1 } else { 1 + usize::from(random.percent(35)) };
    for _ in 0..lines {
        let mut parent = if random.percent(75) { early - 1 } else { random.below(early) };
        for step in 0..=random.below(3) {
            let gap = usize::from(random.percent(10));
            let number = early + 1 + step + gap * 3;
            let new = count(form, number, &name(false, random), false, vec![parent]);
            if all.iter().any(|one| one.file == new.file || (one.id == new.id && !one.published)) {
                continue;
            }
            parent = all.len();
            all.push(new);
        }
    }
    History { migrations: all, labels: Vec::new() }
}

fn count(form: Form, number: usize, name: &str, published: bool, parents: Vec<usize>) -> Migration {
    let mut new = migration(name, "db/versions", published, parents);
    new.file = format!("db/versions/{number:04}_step_{name}.py");
    match form {
        Form::Number => new.id = format!("{number:04}"),
        Form::Whole => new.id = format!("{number:04}_step_{name}"),
        Form::File => {}
    }
    new
}
