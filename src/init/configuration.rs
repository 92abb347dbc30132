//! The configuration that is proposed: what differs from the defaults, and what is worth being written down.
//!
//! An added table stands at the end of a `pyproject.toml`, whose other bytes stay. Where that gives no file that is
//! understood, nothing is proposed.

use std::path::Path;

use toml_edit::Value;

use crate::config::Config;

/// What is worth writing down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The baseline.
    pub baseline: Option<String>,
    /// How many heads each branch label has, where there is one environment.
    pub expected_heads: Vec<String>,
    /// What a repair could be verified with; as a comment.
    pub verify_command: Vec<String>,
    /// Environments that need a word.
    pub environments: Vec<Described>,
}

/// One of `[[tool.onehead.environments]]`. Paths are relative to the folder of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// `config`
    pub config: Option<String>,
    /// `section`
    pub section: Option<String>,
    /// `script-location`
    pub script_location: Option<String>,
    /// The labels of `expected-heads`.
    pub expected_heads: Vec<String>,
}

impl Wanted {
    /// Whether there is nothing to write down; a comment alone is not worth a file.
    pub fn is_empty(&self) -> bool {
        self.baseline.is_none() && self.expected_heads.is_empty() && self.environments.is_empty()
    }

    /// The names of the keys, for a sentence.
    pub fn keys(&self) -> Vec<&'static str> {
        let keys = [
            ("baseline", self.baseline.is_some()),
            ("expected-heads", !self.expected_heads.is_empty()),
            ("environments", !self.environments.is_empty()),
        ];
        keys.into_iter().filter(|(_, is_there)| *is_there).map(|(key, _)| key).collect()
    }

    /// The lines, below `[tool.onehead]` for a `pyproject.toml`, at the top level of an `onehead.toml` of its own.
    fn lines(&self, own: bool) -> Vec<String> {
        let mut lines = Vec::new();
        if !own {
            lines.push("[tool.onehead]".to_owned());
        }
        if let Some(baseline) = &self.baseline {
            lines.push(format!(
                "baseline = {}  # what is on it counts as published",
                string(baseline)
            ));
        }
        lines.extend(expected(&self.expected_heads));
        if !self.verify_command.is_empty() {
            lines.push(
                "# Runs after a repair, and undoes it if it fails; needs no database:".to_owned(),
            );
            let words: Vec<String> = self.verify_command.iter().map(|word| string(word)).collect();
            lines.push(format!("# verify-command = [{}]", words.join(", ")));
        }
        for one in &self.environments {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.push(
                if own { "[[environments]]" } else { "[[tool.onehead.environments]]" }.to_owned(),
            );
            let keys = [
                ("config", &one.config),
                ("section", &one.section),
                ("script-location", &one.script_location),
            ];
            for (key, value) in keys {
                lines.extend(value.as_ref().map(|value| format!("{key} = {}", string(value))));
            }
            lines.extend(expected(&one.expected_heads));
        }
        lines
    }

    /// An `onehead.toml`.
    pub fn file(&self) -> String {
        self.lines(true).iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }

    /// The table as it would stand in a `pyproject.toml`.
    pub fn table(&self) -> String {
        self.lines(false).iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }

    /// A `pyproject.toml` with the table at its end; or why it cannot have one there, as the end of a sentence.
    pub fn appended(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
        let ending =
            if text.lines().next().is_some() && text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut result = text.to_owned();
        if !text.is_empty() && !text.ends_with('\n') {
            result.push_str(ending);
        }
        if !text.trim().is_empty() && !text.ends_with("\n\n") && !text.ends_with("\r\n\r\n") {
            result.push_str(ending);
        }
        result.push_str(&self.table().replace('\n', ending));
        match Config::parse(result.as_bytes(), Path::new("pyproject.toml"), "pyproject.toml") {
            Ok(Some(_)) => Ok(result.into_bytes()),
            Ok(None) => Err("the table would not be found in it".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn expected(labels: &[String]) -> Option<String> {
    let counts: Vec<String> = labels.iter().map(|label| format!("{} = 1", key(label))).collect();
    (!counts.is_empty()).then(|| format!("expected-heads = {{ {} }}", counts.join(", ")))
}

fn key(label: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !label.is_empty() && label.chars().all(is_bare) { label.to_owned() } else { string(label) }
}

fn string(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Described, Wanted};

    fn wanted() -> Wanted {
        Wanted { baseline: Some("origin/main".into()), ..Wanted::default() }
    }

    #[track_caller]
    fn check(before: &str, expected: &str) {
        let after =
            wanted().appended(before.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(after.as_deref(), Ok(expected));
    }

    const TABLE: &str =
        "[tool.onehead]\nbaseline = \"origin/main\"  # what is on it counts as published\n";

    #[test]
    fn every_other_byte_stays() {
        check("", TABLE);
        check("[project]\nname = \"a\"", &format!("[project]\nname = \"a\"\n\n{TABLE}"));
        check("a = 1  # x\n\n", &format!("a = 1  # x\n\n{TABLE}"));
        check("a = 1\r\n", &format!("a = 1\n\n{TABLE}").replace('\n', "\r\n"));
        check("tool.x.y = 1\n", &format!("tool.x.y = 1\n\n{TABLE}"));
    }

    #[test]
    fn a_file_that_cannot_have_the_table_is_left_alone() {
        assert!(wanted().appended(b"tool = { x = 1 }\n").is_err());
        assert!(wanted().appended(b"a = \n").is_err());
        assert!(wanted().appended(b"# \xff\n").is_err());
    }

    #[test]
    fn what_is_written_can_be_read() {
        let environments = vec![
            Described { script_location: Some("a \"b\"\\c\u{1b}".into()), ..Described::default() },
            Described {
                config: Some("b/alembic.ini".into()),
                section: Some("x".into()),
                expected_heads: vec!["expand".into(), "größe".into()],
                ..Described::default()
            },
        ];
        let verify_command = vec!["alembic".into(), "heads".into()];
        let wanted = Wanted { verify_command, environments, ..wanted() };
        let own = wanted.file();
        let path = std::path::Path::new("onehead.toml");
        let config =
            crate::config::Config::parse(own.as_bytes(), path, "onehead.toml").unwrap().unwrap();
        assert_eq!(config.environments[0].script_location.as_deref(), Some("a \"b\"\\c\u{1b}"));
        assert_eq!(config.environments[1].section.as_deref(), Some("x"));
        assert!(config.verify_command.is_none());
        let table = wanted.appended(b"").unwrap();
        let path = std::path::Path::new("pyproject.toml");
        let again = crate::config::Config::parse(&table, path, "pyproject.toml").unwrap().unwrap();
        assert_eq!(again.environments.len(), 2);
        assert_eq!(again.baseline, config.baseline);
    }
}
