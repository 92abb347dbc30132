//! The text of a hook script, and knowing it again.
//!
//! POSIX and nothing else: dash, busybox and the shell of Git for Windows run it. It is not for judging: it finds a
//! onehead and hands over. The second line is a fingerprint with the version and a hash of all other lines, so that any
//! version, also a later one, can tell an own script that nobody has edited.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::Event;

/// The version of the scripts that are written now. It changes whenever their text does.
pub const VERSION: u32 = 1;

const FINGERPRINT: &str = "# onehead-hook ";
const RECORDED: &str = "recorded=";
const PREVIOUS: &str = "previous=";
const OFFER: &str = " --offer";

/// How far down a fingerprint is looked for: somebody may have put a line of his own above it.
const FINGERPRINT_LINES: usize = 20;

/// What varies between the scripts of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The event.
    pub event: Event,
    /// The absolute path of the program, tried before the search path.
    pub program: Option<String>,
    /// Whether it lets a push offer to mend what it would break.
    pub offer: bool,
    /// Whether it runs `<hook>.onehead-prev` beside it first.
    pub chained: bool,
}

/// What a script of ours says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// The version that wrote it.
    pub version: u32,
    /// Whether it is as it was written.
    pub pristine: bool,
    /// What varies.
    pub script: Script,
}

impl Script {
    /// The whole text.
    pub fn text(&self) -> String {
        let body = self.body();
        let hash = hash(&["#!/bin/sh\n", &body]);
        let name = self.event.name();
        format!("#!/bin/sh\n{FINGERPRINT}{VERSION} {name} {hash}\n{body}")
    }

    fn body(&self) -> String {
        let mut text = String::from(
            "# Written by `onehead hook install`; `onehead hook uninstall` takes it away. \
             ONEHEAD_SKIP=1 leaves it out once.\n",
        );
        // A line break in a path would be one in the script as well.
        let program = self.program.as_deref().filter(|path| !path.contains('\n'));
        let _ = writeln!(text, "{RECORDED}{}\n", quoted(program.unwrap_or_default()));
        text.push_str(&self.search());
        text.push_str(if self.chained { "" } else { "\nours \"$@\"\n" });
        if self.chained {
            text.push_str(&self.chain());
        }
        text.push_str(match (self.chained, self.event.is_advice()) {
            (false, true) => "exit 0\n",
            (true, true) => "exit \"$theirs\"\n",
            (false, false) => "exit $?\n",
            (true, false) => "exit $((theirs | mine))\n",
        });
        text
    }

    /// The function that finds a onehead and hands over to it. Where there is no environment yet, `uv run` would make one
    /// in the working tree (0.13, also with `--no-sync`): it is not asked then.
    fn search(&self) -> String {
        let offer = if self.offer { OFFER } else { "" };
        let name = self.event.name();
        let run = format!("hook run {name}{offer} \"$@\"");
        let otherwise = if self.event.is_advice() {
            "  else\n    return 0\n".to_string()
        } else {
            format!(
                "  else\n    \
                 echo 'onehead: the {name} hook found no onehead: not where it was installed from, \
                 nor in PATH, nor through uv' >&2\n    \
                 echo 'onehead: install it (uv tool install onehead), or go without it once: \
                 ONEHEAD_SKIP=1, or --no-verify' >&2\n    \
                 return 1\n"
            )
        };
        format!(
            "ours() {{\n  \
               if [ \"${{ONEHEAD_SKIP-}}\" = 1 ]; then\n    \
                 return 0\n  \
               elif [ -n \"${{ONEHEAD_BIN-}}\" ] && command -v \"$ONEHEAD_BIN\" >/dev/null 2>&1; then\n    \
                 \"$ONEHEAD_BIN\" {run}\n  \
               elif [ -f \"$recorded\" ] && [ -x \"$recorded\" ]; then\n    \
                 \"$recorded\" {run}\n  \
               elif command -v onehead >/dev/null 2>&1; then\n    \
                 onehead {run}\n  \
               elif [ -d \"${{UV_PROJECT_ENVIRONMENT:-.venv}}\" ] && command -v uv >/dev/null 2>&1 && \
                 uv run --no-sync onehead --version </dev/null >/dev/null 2>&1; then\n    \
                 uv run --no-sync onehead {run}\n\
             {otherwise}  fi\n}}\n"
        )
    }

    /// Runs what was there before, then ours, both with what git says.
    fn chain(&self) -> String {
        let name = self.event.name();
        let has_input = self.event.has_input();
        let read = if has_input {
            format!(
                "# Both read what git says.\n\
                 input=$(cat && printf .) || {{\n  \
                   echo 'onehead: the {name} hook cannot read what git says' >&2\n  \
                   exit 1\n}}\n"
            )
        } else {
            String::new()
        };
        let feed = if has_input { "printf %s \"${input%.}\" 2>/dev/null | " } else { "" };
        format!(
            "\ncase $0 in */*) folder=${{0%/*}} ;; *) folder=. ;; esac\n\
             {PREVIOUS}$folder/{name}.onehead-prev\n\
             {read}\
             # Where pre-commit or prek were here before and came again, they run this, and must not be run by it.\n\
             again=no\n\
             if [ -n \"${{PRE_COMMIT_RUNNING_LEGACY-}}${{PREK_RUNNING_LEGACY-}}\" ] && \
             grep -q '^# File generated by pre' \"$previous\" 2>/dev/null; then again=yes; fi\n\
             theirs=0 mine=0\n\
             if [ -x \"$previous\" ] && [ $again = no ]; then {feed}\"$previous\" \"$@\" || theirs=$?; fi\n\
             {feed}ours \"$@\" || mine=$?\n"
        )
    }
}

/// What a file says of itself, if it is one of ours, of whatever version, edited or not.
pub fn recognise(bytes: &[u8]) -> Option<Own> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split_inclusive('\n').take(FINGERPRINT_LINES);
    let line = lines.find(|line| line.starts_with(FINGERPRINT))?;
    let mut words = line[FINGERPRINT.len()..].split_whitespace();
    let (version, event, written) = (words.next()?, words.next()?, words.next()?);
    let (before, after) = text.split_once(line)?;
    let value = |key: &str| {
        let mut lines = after.lines();
        lines.find_map(|line| line.strip_prefix(key))
    };
    Some(Own {
        version: version.parse().ok()?,
        pristine: hash(&[before, after]) == written
            && matches!(text, std::borrow::Cow::Borrowed(_)),
        script: Script {
            event: Event::find(event)?,
            program: value(RECORDED).and_then(unquoted).filter(|path| !path.is_empty()),
            offer: after.contains(&format!(" hook run {event}{OFFER} ")),
            chained: value(PREVIOUS).is_some(),
        },
    })
}

/// Half of the hash is plenty to see that somebody edited a file.
fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
    }
    let mut text = String::new();
    for byte in &hasher.finalize()[..8] {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The text as one word for every POSIX shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn unquoted(word: &str) -> Option<String> {
    let inner = word.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("'\\''", "'"))
}

#[cfg(test)]
mod tests {
    use super::{Script, recognise};
    use crate::hook::Event;

    fn script(event: Event) -> Script {
        Script {
            event,
            program: Some("/opt/it's here/onehead".into()),
            offer: false,
            chained: false,
        }
    }

    #[test]
    fn every_script_is_known_again_with_all_that_varies() {
        for event in Event::ALL {
            for (offer, chained) in [(false, false), (true, false), (false, true), (true, true)] {
                for program in [None, Some("/a b/it's \"$x\" `y`".to_string())] {
                    let script = Script { event, program, offer, chained };
                    let own = recognise(script.text().as_bytes()).unwrap();
                    assert_eq!((own.pristine, own.version), (true, super::VERSION));
                    assert_eq!(own.script, script);
                }
            }
        }
    }

    #[test]
    fn an_edited_script_is_ours_and_says_so() {
        let text = script(Event::PrePush).text();
        for edited in [
            format!("{text}echo mine\n"),
            text.replace('\n', "\r\n"),
            text.replacen("#!/bin/sh\n", "#!/bin/sh\nset -x\n", 1),
        ] {
            assert!(!recognise(edited.as_bytes()).unwrap().pristine, "{edited}");
        }
    }

    #[test]
    fn what_only_speaks_of_onehead_is_not_ours() {
        for text in
            ["", "#!/bin/sh\nonehead hook run pre-push \"$@\"\n", "# onehead-hook\n", "\0\u{1}"]
        {
            assert_eq!(recognise(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_script_has_no_carriage_return_and_starts_as_the_system_wants_it() {
        for event in Event::ALL {
            let text = script(event).text();
            assert!(
                text.starts_with("#!/bin/sh\n") && text.ends_with('\n') && !text.contains('\r')
            );
        }
    }

    #[test]
    fn a_path_that_would_break_a_line_is_not_recorded() {
        let script = Script { program: Some("/a\nb".into()), ..script(Event::PrePush) };
        assert_eq!(recognise(script.text().as_bytes()).unwrap().script.program, None);
    }
}
