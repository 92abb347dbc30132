//! The ini reader beside Python's own `configparser`, on generated files.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "a test that runs python3")]

use std::io::Write;
use std::process::{Command, Stdio};

use onehead::ini::Ini;

/// Reads texts (length-prefixed) and answers each with one line of JSON: the error's class, or every section with
/// every option's value or error class.
const PYTHON: &str = r#"
import configparser, io, json, sys
data = sys.stdin.buffer.read()
at = 0
while at < len(data):
    end = data.index(b"\n", at)
    size = int(data[at:end])
    text = data[end + 1:end + 1 + size].decode("utf-8")
    at = end + 1 + size
    parser = configparser.ConfigParser({"here": "/h%%e"})
    try:
        # io.StringIO(newline=None) gives the lines that an opened text file gives.
        parser.read_file(io.StringIO(text, newline=None), source="alembic.ini")
    except configparser.Error as error:
        line = getattr(error, "lineno", None) or error.errors[0][0]
        print(json.dumps([type(error).__name__, line]))
        continue
    result = []
    for section in parser.sections():
        options = []
        for option in sorted(parser[section]):
            if option == "here" and option not in parser._sections[section] and parser._defaults["here"] == "/h%%e":
                continue
            try:
                value = parser.get(section, option)
            except configparser.InterpolationError as error:
                value = [type(error).__name__, error.message]
            options.append([option, value])
        result.append([section, options])
    print(json.dumps(result))
"#;

/// A generator of texts that are nearly ini files; the same for the same seed.
struct Generator(u64);

impl Generator {
    fn below(&mut self, n: usize) -> usize {
        // Knuth's linear congruential generator: good enough to mix words.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        if self.below(20) == 0 {
            text.push('\u{feff}');
        }
        if self.below(30) != 0 {
            text.push_str("[alembic]\n");
        }
        for _ in 0..self.below(14) {
            text.push_str(&self.line());
            text.push_str(
                self.one_of(&["\n", "\n", "\n", "\n", "\r\n", "\r", "\n\n", " \n", "\n \n", ""]),
            );
        }
        text
    }

    fn line(&mut self) -> String {
        let indent = self.one_of(&["", "", "", "", "", " ", "  ", "\t", "    ", "\u{a0}", "\u{c}"]);
        let body = match self.below(12) {
            0 => self
                .one_of(&["[b]", "[c] x", "[DEFAULT]", "[a]b]", "[]", "[x", "[alembic]", "[ b ]"])
                .to_string(),
            1 => self.one_of(&["# comment", "; comment", "#", ";x = 1"]).to_string(),
            2 => self
                .one_of(&["", "word", "more words", "a]", "=", "= x", ":", "\u{1c}"])
                .to_string(),
            _ => {
                let key = self.one_of(&[
                    "a",
                    "b",
                    "c",
                    "d",
                    "e",
                    "f",
                    "A",
                    "B b",
                    "script_location",
                    "İ",
                    "ß",
                    "x.y",
                    "here",
                    "#k",
                    "k;",
                    "[k",
                    "é",
                ]);
                let delimiter = self.one_of(&["=", " = ", ":", " : ", "= ", " =", "\t=\t", "=="]);
                let value = self.value();
                format!("{key}{delimiter}{value}")
            }
        };
        format!("{indent}{body}")
    }

    fn value(&mut self) -> String {
        let mut value = String::new();
        for _ in 0..=self.below(3) {
            value.push_str(self.one_of(&[
                "x",
                "a b",
                "%(a)s",
                "%(b)s",
                "%(HERE)s/m",
                "%%",
                "%",
                "%(a",
                "%()s",
                "%(a)d",
                "%(nope)s",
                " ; c",
                " # d",
                "\"q\"",
                "%%(rev)s",
                "=",
                ":",
                "é",
                "\u{85}",
                "%(script_location)s",
                "%(b b)s",
                "'",
                "\\",
            ]));
        }
        value
    }
}

/// What Python's answer is compared with, in the same shape.
fn ours(text: &str) -> serde_json::Value {
    use serde_json::json;
    let ini = match Ini::parse(text) {
        Ok(ini) => ini,
        Err(error) => return json!([error.class(), error.line]),
    };
    let sections = ini.sections().map(|section| {
        let items = ini.option_names(section).into_iter().map(|option| {
            match ini.get(section, option, "/h%%e") {
                Ok(value) => json!([option, value]),
                Err(error) => json!([option, [error.class(), error.sentence()]]),
            }
        });
        json!([section, items.collect::<Vec<_>>()])
    });
    json!(sections.collect::<Vec<_>>())
}

fn python(texts: &[String]) -> Vec<serde_json::Value> {
    let mut child = Command::new("python3")
        .args(["-c", PYTHON])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let mut input = child.stdin.take().unwrap();
    let bytes: Vec<u8> = texts
        .iter()
        .flat_map(|text| {
            [format!("{}\n", text.len()).into_bytes(), text.clone().into_bytes()].concat()
        })
        .collect();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn ten_thousand_generated_files_are_read_as_python_reads_them() {
    let mut generator = Generator(20_261_123);
    let texts: Vec<String> = (0..10_000).map(|_| generator.text()).collect();
    let answers = python(&texts);
    assert_eq!(answers.len(), texts.len());
    let mut readable = 0;
    for (text, answer) in texts.iter().zip(&answers) {
        assert_eq!(&ours(text), answer, "{text:?}");
        readable += usize::from(answer.get(0).is_none_or(serde_json::Value::is_array));
    }
    // Otherwise the files would prove nothing but errors.
    assert!(readable > 2_000, "only {readable} of the files are readable");
}
