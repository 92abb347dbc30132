//! Which commands can open a page.
//!
//! Decides, and runs nothing.

use std::ffi::{OsStr, OsString};

use crate::shell::split::split;

/// What stands for the page in a command of `BROWSER`.
const PLACE: &str = "%s";

/// A command that opens a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser(Vec<OsString>);

impl Browser {
    fn of(words: &[&str]) -> Self {
        Self(words.iter().map(OsString::from).collect())
    }

    /// The program, as it was given.
    pub fn name(&self) -> String {
        self.0.first().map(|word| word.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The words of the command that opens this page: `%s` stands for it, and it is the last word where nothing does.
    pub fn command(&self, page: &OsStr) -> Vec<OsString> {
        let mut words = Vec::with_capacity(self.0.len() + 1);
        let mut is_placed = false;
        for word in &self.0 {
            let Some((before, after)) = word.to_str().and_then(|word| word.split_once(PLACE))
            else {
                words.push(word.clone());
                continue;
            };
            let mut whole = OsString::from(before);
            whole.push(page);
            whole.push(after);
            words.push(whole);
            is_placed = true;
        }
        if !is_placed {
            words.push(page.to_owned());
        }
        words
    }
}

/// The commands of a `BROWSER`; without one, what the system has for it.
pub(super) fn chosen(variable: Option<&OsStr>) -> Vec<Browser> {
    variable.map_or_else(of_the_system, listed)
}

/// Several commands are separated by colons, as Python's `webbrowser` and `xdg-open` have it.
#[cfg(not(windows))]
fn listed(variable: &OsStr) -> Vec<Browser> {
    let Some(text) = variable.to_str() else { return vec![Browser(vec![variable.to_owned()])] };
    let words = |command: &str| split(command).unwrap_or_else(|_| vec![command.to_owned()]);
    let commands = text.split(':').map(words).filter(|words| !words.is_empty());
    commands.map(|words| Browser(words.into_iter().map(OsString::from).collect())).collect()
}

/// There a path has colons, backslashes and spaces.
#[cfg(windows)]
fn listed(variable: &OsStr) -> Vec<Browser> {
    vec![Browser(vec![variable.to_owned()])]
}

#[cfg(target_os = "macos")]
fn of_the_system() -> Vec<Browser> {
    vec![Browser::of(&["open"])]
}

#[cfg(windows)]
fn of_the_system() -> Vec<Browser> {
    vec![Browser::of(&["cmd", "/C", "start", ""])]
}

#[cfg(not(any(target_os = "macos", windows)))]
fn of_the_system() -> Vec<Browser> {
    vec![Browser::of(&["xdg-open"])]
}

#[cfg(all(test, not(windows)))]
mod tests {
    use std::ffi::OsStr;

    use super::chosen;

    #[track_caller]
    fn check(variable: &str, expected: &[&[&str]]) {
        let page = OsStr::new("/a b/history.html");
        let commands: Vec<_> = chosen(Some(OsStr::new(variable)))
            .iter()
            .map(|browser| browser.command(page))
            .collect();
        assert_eq!(commands, expected);
    }

    #[test]
    fn the_page_is_the_last_word() {
        check("firefox --new-tab", &[&["firefox", "--new-tab", "/a b/history.html"]]);
    }

    #[test]
    fn or_stands_where_its_place_is() {
        check("open '--at=%s' now", &[&["open", "--at=/a b/history.html", "now"]]);
    }

    #[test]
    fn several_are_separated_by_colons() {
        check(":a:'b c'", &[&["a", "/a b/history.html"], &["b c", "/a b/history.html"]]);
    }

    #[test]
    fn what_cannot_be_split_is_one_word() {
        check("it's", &[&["it's", "/a b/history.html"]]);
    }
}
