//! stdout for data, stderr for talk; colour by meaning.
//!
//! The only place that writes to the terminal. A closed pipe is no error: whoever closed it has seen enough. What
//! was found out still decides the exit status.

use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::process;

use clap::ColorChoice;

use crate::draw::terminal::Meaning;
use crate::fs::Terminal;
use crate::report::sanitize::sanitize;

/// How much of an answer is looked at.
const LONGEST_ANSWER: usize = 100;

/// What was said to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `y` or `yes`.
    Yes,
    /// Anything else, also nothing.
    No,
    /// There is no terminal to ask on.
    NoTerminal,
}

/// Whether somebody sits at a terminal: stdin and stderr are one.
pub fn is_at_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Where a run writes to.
#[derive(Clone, Copy, Debug)]
pub struct Ui {
    /// Whether stdout may be coloured.
    pub styled_stdout: bool,
    /// Whether stderr may be coloured.
    pub styled_stderr: bool,
}

impl Ui {
    /// Decides on colour: `choice`, else whether the stream is a terminal and `no_color` (`NO_COLOR`, or `TERM=dumb`)
    /// does not forbid it.
    pub fn new(choice: ColorChoice, no_color: bool) -> Self {
        let decide = |is_terminal: bool| match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_terminal && !no_color,
        };
        Self {
            styled_stdout: decide(io::stdout().is_terminal()),
            styled_stderr: decide(io::stderr().is_terminal()),
        }
    }

    /// Without colour anywhere.
    pub fn plain() -> Self {
        Self { styled_stdout: false, styled_stderr: false }
    }

    /// Writes data.
    pub fn data(self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Writes data that may be in any encoding, as it is.
    pub fn bytes(self, bytes: &[u8]) {
        let mut stdout = io::stdout().lock();
        let result = stdout.write_all(bytes).and_then(|()| stdout.flush());
        if let Err(error) = result {
            end_of_output(&error);
        }
    }

    /// Writes Alembic's own text: every byte of it to a pipe or a file; on a terminal nothing of a repository may move the
    /// cursor or change the colour.
    pub fn answer(self, text: &str) {
        if !io::stdout().is_terminal() {
            return self.data(text);
        }
        self.data(&harmless(text));
    }

    /// How many columns and lines the terminal has that stdout is; `None` where it is none.
    pub fn stdout_size(self) -> Option<(usize, usize)> {
        let stdout = io::stdout();
        let (width, height) =
            stdout.is_terminal().then(|| terminal_size::terminal_size_of(&stdout))??;
        Some((width.0.into(), height.0.into())).filter(|(width, height)| *width > 0 && *height > 0)
    }

    /// A piece of a picture with the look of its meaning, where stdout may be coloured.
    pub fn drawn(self, meaning: Meaning, text: &str) -> String {
        use anstyle::{AnsiColor, Style};
        let style = match meaning {
            _ if !self.styled_stdout => return text.to_owned(),
            Meaning::Message => return text.to_owned(),
            Meaning::Lane => AnsiColor::Blue.on_default(),
            Meaning::Id => AnsiColor::Yellow.on_default(),
            Meaning::Place => Style::new().bold(),
            Meaning::Unpublished => AnsiColor::Magenta.on_default(),
            Meaning::Label => AnsiColor::Cyan.on_default(),
            Meaning::Reference => AnsiColor::Green.on_default().bold(),
            Meaning::Defect => AnsiColor::Red.on_default().bold(),
            Meaning::Aside => Style::new().dimmed(),
        };
        format!("{style}{text}{style:#}")
    }

    /// A bar for work of so many parts, on a terminal that talk goes to; nothing where it is to be quiet.
    pub fn progress(self, parts: usize, quiet: bool) -> Progress {
        let is_shown = !quiet && self.talks_to_a_terminal() && self.styled_stderr;
        let bar = is_shown.then(|| {
            let target = indicatif::ProgressDrawTarget::stderr_with_hz(10);
            let bar = indicatif::ProgressBar::with_draw_target(Some(parts as u64), target);
            let style = indicatif::ProgressStyle::with_template("{bar:30} {pos}/{len} commits");
            bar.with_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()))
        });
        Progress(bar)
    }

    /// Writes talk. What goes wrong with stderr cannot be told to anyone.
    pub fn talk(self, text: &str) {
        let mut stderr = io::stderr().lock();
        let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }

    /// Whether talk goes to a terminal.
    pub fn talks_to_a_terminal(self) -> bool {
        io::stderr().is_terminal()
    }

    /// Everything on stdin, where that is no terminal: what git tells a hook.
    pub fn input(self) -> Vec<u8> {
        let mut input = Vec::new();
        if !io::stdin().is_terminal() {
            // What cannot be read is not there.
            let _ = io::stdin().lock().read_to_end(&mut input);
        }
        input
    }

    /// Passes on what a command says, byte for byte: it was the user who configured it.
    pub fn pass_on(self, bytes: &[u8]) {
        let mut stderr = io::stderr().lock();
        let _ = stderr.write_all(bytes).and_then(|()| stderr.flush());
    }

    /// Asks a question that is answered by yes or no, as `question (y/N): `, on the terminal that the process belongs to
    /// and never on stdin, which in a hook is git's own list of refs.
    ///
    /// Ctrl-C ends the process with 130, so no [`crate::interrupt::guard`] may be held meanwhile.
    pub fn ask(self, question: &str) -> Answer {
        let Ok(mut terminal) = Terminal::open() else { return Answer::NoTerminal };
        let prompt = format!("{} (y/N): ", sanitize(question));
        if terminal.output.write_all(prompt.as_bytes()).is_err() {
            return Answer::NoTerminal;
        }
        let mut line = Vec::new();
        let mut byte = [0];
        // Byte by byte: what is typed ahead belongs to whoever reads next.
        loop {
            match terminal.input.read(&mut byte) {
                Ok(1) if byte == *b"\n" => return answer_of(&line),
                Ok(1) if line.len() < LONGEST_ANSWER => line.extend(byte),
                Ok(1) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(_) | Err(_) => break,
            }
        }
        // The end of input has not moved the cursor to a new line, as the return key would have.
        let _ = terminal.output.write_all(b"\n");
        answer_of(&line)
    }

    /// `word` in bold red for errors, where stderr may be coloured.
    pub fn error_word(self, word: &str) -> String {
        self.painted(word, anstyle::AnsiColor::Red)
    }

    /// `word` in bold yellow for warnings.
    pub fn warning_word(self, word: &str) -> String {
        self.painted(word, anstyle::AnsiColor::Yellow)
    }

    /// `word` in bold cyan for hints.
    pub fn hint_word(self, word: &str) -> String {
        self.painted(word, anstyle::AnsiColor::Cyan)
    }

    fn painted(self, word: &str, color: anstyle::AnsiColor) -> String {
        if !self.styled_stderr {
            return word.to_owned();
        }
        let style = color.on_default().bold();
        format!("{style}{word}{style:#}")
    }
}

/// A bar that is gone with this value.
#[derive(Debug)]
pub struct Progress(Option<indicatif::ProgressBar>);

impl Progress {
    /// So many parts are done.
    pub fn to(&self, part: usize) {
        if let Some(bar) = &self.0 {
            bar.set_position(part as u64);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

fn answer_of(line: &[u8]) -> Answer {
    let line = line.trim_ascii();
    let yes = line.eq_ignore_ascii_case(b"y") || line.eq_ignore_ascii_case(b"yes");
    if yes { Answer::Yes } else { Answer::No }
}

/// A reader that went away is no failure of ours, and no success either: nothing more is written, and the run ends with
/// the status it has. A full disk is a failure.
fn end_of_output(error: &io::Error) {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return;
    }
    let _ = writeln!(io::stderr(), "error: cannot write to stdout: {error}");
    process::exit(2);
}

/// The text with the lines it has, and nothing in them that a terminal would obey.
fn harmless(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| match line.strip_suffix('\n') {
        Some(line) => format!("{}\n", sanitize(line)),
        None => sanitize(line).into_owned(),
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::{Answer, answer_of, harmless};

    #[test]
    fn only_y_and_yes_are_a_yes() {
        for yes in ["y", "Y", "yes", "YES", " yEs \r"] {
            assert_eq!(answer_of(yes.as_bytes()), Answer::Yes, "{yes}");
        }
        for no in ["", "n", "no", "ye", "yess", "yes please", "j", "1"] {
            assert_eq!(answer_of(no.as_bytes()), Answer::No, "{no}");
        }
    }

    #[test]
    fn a_terminal_gets_the_lines_without_the_escapes() {
        assert_eq!(harmless("a\n\nb \u{1b}[31m\n"), "a\n\nb \\x1b[31m\n");
        assert_eq!(harmless("no end\r"), "no end\\r");
        assert_eq!(harmless(""), "");
    }
}
