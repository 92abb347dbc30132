//! What a project is run with, as far as its files tell: the tool that manages its packages, and how Alembic is called.
//!
//! No format is parsed: files are known by their names, and lines by the words in them.

/// What manages the packages of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// uv
    Uv,
    /// Poetry
    Poetry,
    /// PDM
    Pdm,
    /// Hatch
    Hatch,
    /// Pipenv
    Pipenv,
    /// pip
    Pip,
}

impl Tool {
    /// What it calls itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uv => "uv",
            Self::Poetry => "poetry",
            Self::Pdm => "pdm",
            Self::Hatch => "hatch",
            Self::Pipenv => "pipenv",
            Self::Pip => "pip",
        }
    }

    /// The words before a command of the project.
    pub fn run(self) -> &'static [&'static str] {
        match self {
            Self::Uv => &["uv", "run"],
            Self::Poetry => &["poetry", "run"],
            Self::Pdm => &["pdm", "run"],
            Self::Hatch => &["hatch", "run"],
            Self::Pipenv => &["pipenv", "run"],
            Self::Pip => &[],
        }
    }
}

/// The files by which a tool is known; those that are locked in come first.
const FILES: [(&str, Tool); 7] = [
    ("uv.lock", Tool::Uv),
    ("poetry.lock", Tool::Poetry),
    ("pdm.lock", Tool::Pdm),
    ("Pipfile", Tool::Pipenv),
    ("requirements.txt", Tool::Pip),
    ("requirements.in", Tool::Pip),
    ("setup.py", Tool::Pip),
];

/// The tables of a `pyproject.toml` by which a tool is known.
const TABLES: [(&str, Tool); 4] = [
    ("[tool.uv", Tool::Uv),
    ("[tool.poetry", Tool::Poetry),
    ("[tool.pdm", Tool::Pdm),
    ("[tool.hatch.envs", Tool::Hatch),
];

/// The tool, and the file that tells. `exists` knows the files of the folder, `pyproject` is the text of its
/// `pyproject.toml`.
pub fn tool(
    exists: &dyn Fn(&str) -> bool,
    pyproject: Option<&[u8]>,
) -> Option<(Tool, &'static str)> {
    let (locks, others) = FILES.split_at(4);
    let by_file = |files: &[(&'static str, Tool)]| {
        files.iter().find(|(name, _)| exists(name)).map(|(name, tool)| (*tool, *name))
    };
    let by_table = || {
        let text = String::from_utf8_lossy(pyproject?);
        let has = |table: &str| text.lines().any(|line| line.trim_start().starts_with(table));
        let found = TABLES.iter().find(|(table, _)| has(table));
        found.map(|(_, tool)| (*tool, "pyproject.toml"))
    };
    let pip = || pyproject.map(|_| (Tool::Pip, "pyproject.toml"));
    by_file(locks).or_else(by_table).or_else(|| by_file(others)).or_else(pip)
}

/// The files in which a team writes down its commands.
pub const TASK_FILES: [&str; 10] = [
    "Makefile",
    "makefile",
    "GNUmakefile",
    "justfile",
    "Justfile",
    ".justfile",
    "Taskfile.yml",
    "Taskfile.yaml",
    "tox.ini",
    "noxfile.py",
];

/// Alembic's commands by which a call of it is known among other mentions.
const COMMANDS: [&str; 10] = [
    "upgrade",
    "downgrade",
    "revision",
    "migrate",
    "heads",
    "merge",
    "check",
    "current",
    "history",
    "stamp",
];

/// The first line that runs Alembic, counted from 1, and the command in it.
pub fn call(text: &[u8]) -> Option<(usize, String)> {
    let text = String::from_utf8_lossy(text);
    let lines = text.lines().enumerate();
    let mut calls = lines.filter_map(|(at, line)| Some((at + 1, call_in(line)?)));
    calls.next()
}

fn call_in(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches(['@', '-']).trim();
    if line.starts_with('#') {
        return None;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_command = |word: &&str| COMMANDS.contains(word);
    let follows = |at: usize| {
        words[at..].iter().skip(1).any(|word| is_command(&word.trim_matches(['"', '\'', ','])))
    };
    let starts = |at: usize| match words[at] {
        "alembic" => follows(at),
        "db" => at > 0 && matches!(words[at - 1], "flask" | "manage.py") && follows(at),
        _ => false,
    };
    let at = (0..words.len()).find(|&at| starts(at))?;
    // What the command begins with: the words before it, back to the last separator.
    let is_end = |word: &str| word.ends_with([';', ':', '=']) || matches!(word, "&&" | "||" | "|");
    let begin = words[..at].iter().rposition(|word| is_end(word)).map_or(0, |found| found + 1);
    Some(words[begin..].join(" "))
}

#[cfg(test)]
mod tests {
    use super::{Tool, call, tool};

    #[track_caller]
    fn check_tool(files: &[&str], pyproject: Option<&str>, expected: Option<(Tool, &str)>) {
        let found = tool(&|name| files.contains(&name), pyproject.map(str::as_bytes));
        assert_eq!(found, expected);
    }

    #[test]
    fn a_tool_is_known_by_its_files() {
        check_tool(&["uv.lock", "requirements.txt"], None, Some((Tool::Uv, "uv.lock")));
        check_tool(
            &["requirements.txt"],
            Some("[tool.poetry.dependencies]\n"),
            Some((Tool::Poetry, "pyproject.toml")),
        );
        check_tool(
            &["requirements.txt"],
            Some("[project]\n"),
            Some((Tool::Pip, "requirements.txt")),
        );
        check_tool(&[], Some("[project]\n"), Some((Tool::Pip, "pyproject.toml")));
        check_tool(&[], None, None);
    }

    #[track_caller]
    fn check_call(text: &str, expected: Option<(usize, &str)>) {
        let found = call(text.as_bytes());
        assert_eq!(found.as_ref().map(|(line, command)| (*line, command.as_str())), expected);
    }

    #[test]
    fn a_call_is_known_by_its_words() {
        check_call(
            "migrate:\n\t@uv run alembic upgrade head\n",
            Some((2, "uv run alembic upgrade head")),
        );
        check_call(
            "x: y && poetry run alembic -c a.ini upgrade head",
            Some((1, "poetry run alembic -c a.ini upgrade head")),
        );
        check_call("db:\n\tflask db upgrade\n", Some((2, "flask db upgrade")));
        check_call("# alembic upgrade head\npip install alembic\nalembic: x\n", None);
        check_call("\u{0}\u{ff}", None);
    }
}
