//! Random histories of two branches in which everything that git knows to do with files happens to migrations.
//!
//! The same seed gives the same history, as a stream for `git fast-import`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Numbers that look random (xorshift).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        random.below(2);
        random
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 16) % end as u64).unwrap()
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() { None } else { Some(from[self.below(from.len())].clone()) }
    }
}

/// A file: its mode and its content.
type Files = BTreeMap<String, (&'static str, String)>;

const FILE: &str = "100644";
const LINK: &str = "120000";

/// One side of a history.
#[derive(Clone)]
pub struct State {
    pub files: Files,
    ids: Vec<String>,
    /// Where new migrations go.
    folder: String,
}

impl State {
    /// A project with three to six migrations in a line.
    pub fn base(random: &mut Random, attributes: &str) -> Self {
        let mut files = Files::new();
        let mut add = |path: &str, text: String| files.insert(path.into(), (FILE, text));
        add("alembic.ini", ini("db", None, "sqlite://"));
        add("pyproject.toml", pyproject(1, "one"));
        let lines = (0..12).fold(String::new(), |text, line| text + &format!("line {line}\n"));
        add("README.md", lines.clone());
        add("app/models.py", lines);
        if !attributes.is_empty() {
            add(".gitattributes", attributes.into());
        }
        let mut state = Self { files, ids: Vec::new(), folder: "db/versions".into() };
        for number in 0..3 + random.below(4) {
            let parent = state.ids.last().cloned();
            state.add(&format!("c{number}"), parent.as_deref());
        }
        state
    }

    fn add(&mut self, id: &str, parent: Option<&str>) {
        let text = migration(id, parent);
        self.files.insert(format!("{}/{id}_step.py", self.folder), (FILE, text));
        self.ids.push(id.into());
    }

    fn migrations(&self) -> Vec<String> {
        let is_one = |path: &&String| path.contains('/') && !path.starts_with("app/");
        self.files
            .keys()
            .filter(|path| path.rsplit('.').next() == Some("py"))
            .filter(is_one)
            .cloned()
            .collect()
    }

    fn move_all(&mut self, from: &str, to: &str) {
        let moved: Vec<String> =
            self.files.keys().filter(|path| path.starts_with(from)).cloned().collect();
        for path in moved {
            let file = self.files.remove(&path).unwrap();
            self.files.insert(path.replacen(from, to, 1), file);
        }
        let folder = format!("{}/", self.folder).replacen(from, to, 1);
        self.folder = folder.trim_end_matches('/').into();
    }

    fn change(&mut self, path: &str, from: &str, to: &str) {
        if let Some((_, text)) = self.files.get_mut(path) {
            *text = text.replacen(from, to, 1);
        }
    }

    /// One thing that a developer does; `side` keeps what is new apart from what the other side does.
    pub fn work(&mut self, random: &mut Random, side: &str, step: usize) {
        let migration = random.pick(&self.migrations());
        match (random.below(22), migration) {
            (0..=4, _) => {
                // Both sides may come by the same id.
                let id = if random.below(9) == 0 { "same".into() } else { format!("{side}{step}") };
                let recent = &self.ids[self.ids.len().saturating_sub(2)..];
                let parent = random.pick(recent);
                self.add(&id, parent.as_deref());
            }
            (5 | 6, Some(path)) => {
                let line = format!("# line {}\n", random.below(12));
                self.change(&path, &line, &format!("# changed by {side}\n"));
            }
            (7, Some(path)) => {
                let parent = random.pick(&self.ids).unwrap();
                let line = self.files[&path].1.lines().find(|line| line.starts_with("down_"));
                if let Some(line) = line.map(str::to_owned) {
                    self.change(&path, &line, &format!("down_revision = \"{parent}\""));
                }
            }
            (8 | 9, Some(path)) => {
                let file = self.files.remove(&path).unwrap();
                let name = format!("{}{}_named.py", side, random.below(3));
                self.files.insert(format!("{}/{name}", self.folder), file);
            }
            (10, Some(path)) => {
                self.files.remove(&path);
            }
            (11, Some(path)) => {
                if let Some(file) = self.files.get_mut(&path).filter(|file| file.0 == FILE) {
                    file.0 = "100755";
                }
            }
            (12, Some(path)) => self.put_behind_a_link(&path),
            (number, _) => self.work_elsewhere(number, random, side),
        }
    }

    fn work_elsewhere(&mut self, number: usize, random: &mut Random, side: &str) {
        match number {
            13 => {
                let at = if self.folder == "db/versions" { Some("db/steps") } else { None };
                self.move_all("db/versions/", "db/steps/");
                self.files.insert("alembic.ini".into(), (FILE, ini("db", at, "sqlite://")));
            }
            14 => {
                self.move_all("db/", "migrations/");
                self.move_all("migrations/steps/", "migrations/versions/");
                self.files
                    .insert("alembic.ini".into(), (FILE, ini("migrations", None, "sqlite://")));
            }
            15 | 16 => {
                let line = format!("line {}\n", random.below(12));
                self.change("README.md", &line, &format!("{side} wrote this\n"));
            }
            17 => {
                let line = format!("line {}\n", random.below(12));
                self.change("app/models.py", &line, &format!("{side} wrote this\n"));
            }
            18 => {
                self.files.remove("app/models.py");
            }
            19 => {
                let heads = 1 + random.below(2);
                self.files.insert("pyproject.toml".into(), (FILE, pyproject(heads, "one")));
            }
            20 => self.change("pyproject.toml", "name = \"one\"", &format!("name = \"{side}\"")),
            _ => self.change("alembic.ini", "sqlite://", &format!("sqlite:///{side}")),
        }
    }

    fn put_behind_a_link(&mut self, path: &str) {
        let Some((FILE, text)) = self.files.get(path).cloned() else { return };
        let name = path.rsplit('/').next().unwrap();
        self.files.insert(format!("common/{name}"), (FILE, text));
        self.files.insert(path.into(), (LINK, format!("../../common/{name}")));
    }
}

fn ini(script_location: &str, version_location: Option<&str>, url: &str) -> String {
    let mut text = format!("[alembic]\nscript_location = {script_location}\n");
    if let Some(location) = version_location {
        let _ = writeln!(text, "version_locations = {location}\npath_separator = os");
    }
    text + &format!("\n# how to reach\n# the database\nsqlalchemy.url = {url}\n")
}

fn pyproject(heads: usize, name: &str) -> String {
    format!(
        "[project]\nname = \"{name}\"\n\n# what\n# follows\n# is ours\n[tool.onehead]\nexpected-heads = {heads}\n"
    )
}

fn migration(id: &str, parent: Option<&str>) -> String {
    let down = parent.map_or("None".into(), |parent| format!("\"{parent}\""));
    let mut text = format!("\"\"\"step {id}\"\"\"\nrevision = \"{id}\"\ndown_revision = {down}\n");
    for line in 0..12 {
        let _ = writeln!(text, "# line {line}\n# of {id}");
    }
    text + "\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n"
}

/// A stream for `git fast-import`.
#[derive(Default)]
pub struct Stream {
    pub text: String,
    mark: usize,
}

impl Stream {
    /// A commit on a branch with these parents; gives its mark.
    pub fn commit(&mut self, branch: &str, state: &State, parents: &[usize]) -> usize {
        self.mark += 1;
        let mark = self.mark;
        let text = &mut self.text;
        let _ = write!(
            text,
            "commit refs/heads/{branch}\nmark :{mark}\ncommitter A <a@example.org> {} +0000\ndata 2\nx\n",
            1_790_000_000 + mark
        );
        for (number, parent) in parents.iter().enumerate() {
            let word = if number == 0 { "from" } else { "merge" };
            let _ = writeln!(text, "{word} :{parent}");
        }
        text.push_str("deleteall\n");
        for (path, (mode, content)) in &state.files {
            let _ = write!(text, "M {mode} inline {path}\ndata {}\n{content}\n", content.len());
        }
        mark
    }
}
