//! Random templates out of the constructs that are understood: our text is Mako's, or we decline.

use crate::oracle::{Given, Oracle};
use crate::stock::templates;

const TEMPLATES: u64 = 400;

const GIVENS: [Given; 3] = [
    Given {
        message: "empty message",
        up_revision: "m0000001",
        down_revision: &["a1", "b2"],
        branch_labels: &[],
        create_date: "2026-11-22 14:16:15.797448",
    },
    Given {
        message: "Größe: it's 100% \"<new>\"\n${x} \\",
        up_revision: "0042",
        down_revision: &["it's"],
        branch_labels: &["one"],
        create_date: "2026-06-30 00:00:00+02:00",
    },
    Given {
        message: "",
        up_revision: "x",
        down_revision: &["a1", "b2", "c3"],
        branch_labels: &["one", "two"],
        create_date: "2026-01-01 01:00:00.500000-03:30",
    },
];

/// Numbers from a seed (the splitmix64 sequence).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).expect("below a usize")
    }

    fn pick(&mut self, choices: &[&'static str]) -> &'static str {
        choices[self.below(choices.len())]
    }
}

const WORDS: &[&str] = &[
    "def upgrade():",
    "    pass",
    "\"\"\"",
    "a: # b",
    " ",
    "  ",
    "\t",
    "é",
    "% x",
    "## y",
    "#",
    "%%",
    "100%",
    "\\",
    "$",
    "{",
    "}",
    "${",
    "<",
    "%>",
    "<%",
    "</%",
    "'",
    "\"",
    "# coding: x",
    "else:",
    "\u{a0}",
    "\u{c}",
    "|",
];

const NAMES: &[&str] = &[
    "message",
    "up_revision",
    "down_revision",
    "branch_labels",
    "depends_on",
    "create_date",
    "refresh",
    "imports",
    "upgrades",
    "x",
    "a",
    "b",
    "None",
    "True",
    "False",
    "config",
    "comma",
    "context",
];

const LITERALS: &[&str] = &[
    "'pass'",
    "\"\"",
    "'# x'",
    "'a|}'",
    "'it\\'s'",
    "'%s'",
    "'%r, %s'",
    "r'\\s'",
    "'''q'''",
    "0",
    "1",
    "42",
    "('a1', 'b2')",
    "()",
    "['one']",
    "'one, two'",
    "\"x\" 'y'",
    "':'",
    "u'é'",
    "'a1'",
];

const FILTERS: &[&str] = &[
    "",
    "",
    "",
    "| comma,n",
    "| n",
    "|comma",
    "| h",
    "|u",
    "|trim",
    "| str",
    "|n,str",
    "|trim,h",
    "| x",
];

fn expression(random: &mut Random, depth: usize) -> String {
    if depth == 0 {
        return if random.below(3) == 0 { random.pick(LITERALS) } else { random.pick(NAMES) }
            .into();
    }
    let mut part = || expression(random, depth - 1);
    let (a, b, c) = (part(), part(), part());
    match random.below(22) {
        0 | 1 => format!("{a} if {b} else {c}"),
        2 => format!("{a} or {b}"),
        3 => format!("{a} and {b}"),
        4 => format!("not {a}"),
        5 => format!("({a})"),
        6 => format!("{a} == {b}"),
        7 => format!("{a} != {b}"),
        8 => format!("{a} in {b}"),
        9 => format!("{a} not in {b}"),
        10 => format!("{a} is None"),
        11 => format!("{a} is not None"),
        12 => format!("{a} + {b}"),
        13 => format!("{a} % {b}"),
        14 => format!("repr({a})"),
        15 => format!("str({a})"),
        16 => format!("', '.join({a})"),
        17 => format!("context.get({a}, {b})"),
        18 => format!("config.get_main_option({a})"),
        19 => {
            let what = ["year", "month", "isoformat()", "strftime('%Y-%m')", "second"];
            format!("create_date.{}", random.pick(&what))
        }
        20 => format!("re.split(r',\\s*', {a})"),
        _ => format!("({a}, {b})"),
    }
}

fn expression_of_any_depth(random: &mut Random) -> String {
    let depth = random.below(3);
    expression(random, depth)
}

fn line_end(random: &mut Random) -> &'static str {
    random.pick(&["\n", "\n", "\n", "\r\n", "\\\n", ""])
}

/// A part of a template that starts anywhere.
fn part(random: &mut Random, depth: usize, out: &mut String) {
    let blank = random.pick(&["", "", " ", "\t"]);
    // A control line starts a line, mostly.
    let fresh = out.is_empty() || out.ends_with('\n') || random.below(20) == 0;
    match random.below(if depth > 0 { 14 } else { 10 }) {
        0..=2 => {
            for _ in 0..=random.below(4) {
                // Most of the words that open something close nothing: rarely.
                let word = random.pick(WORDS);
                if !["${", "<%", "</%"].contains(&word) || random.below(12) == 0 {
                    out.push_str(word);
                }
            }
            out.push_str(line_end(random));
        }
        3..=5 => {
            let code = expression_of_any_depth(random);
            add(out, format!("${{{code} {}}}{}", random.pick(FILTERS), line_end(random)));
        }
        6 => {
            if fresh {
                add(out, format!("{blank}## {}\n", random.pick(WORDS)));
            }
        }
        7 => out.push_str(random.pick(&["<%doc>\n x ${\n</%doc>", "<%doc></%doc>\n"])),
        8 => {
            let code = expression_of_any_depth(random);
            let name = random.pick(&["a", "b", "x", "message"]);
            let form = random.below(3);
            add(
                out,
                match form {
                    0 => format!("<% {name} = {code} %>"),
                    1 => format!("<%\n    {name} = {code}\n%>\n"),
                    _ => format!("<%\n  b = 'b'\n\n  # c\n  {name} = {code} %>\n"),
                },
            );
        }
        9 => out.push_str(random.pick(&["\n", "\r\n", "%%\n", "  %%% a\n", "\n\n", "\u{a0}"])),
        10 | 11 => {
            if !fresh {
                out.push('\n');
            }
            add(out, format!("{blank}% if {}:\n", expression_of_any_depth(random)));
            parts(random, depth - 1, out);
            if random.below(3) == 0 {
                end_line(out);
                add(out, format!("{blank}% elif {}:\n", expression_of_any_depth(random)));
                parts(random, depth - 1, out);
            }
            if random.below(2) == 0 {
                end_line(out);
                out.push_str("% else:\n");
                parts(random, depth - 1, out);
            }
            end_line(out);
            out.push_str(random.pick(&["% endif\n", "%endif\n", "  % endif\r\n"]));
        }
        _ => {
            if !fresh {
                out.push('\n');
            }
            let list = random.pick(&[
                "down_revision",
                "('a', 'b')",
                "re.split(r',\\s*', 'one, two')",
                "message",
                "x",
            ]);
            add(out, format!("{blank}% for {} in {list}:\n", random.pick(&["a", "b", "name"])));
            parts(random, depth - 1, out);
            end_line(out);
            out.push_str("% endfor\n");
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "what is added was made for it")]
fn add(out: &mut String, text: String) {
    out.push_str(&text);
}

fn end_line(out: &mut String) {
    if !out.ends_with('\n') {
        out.push('\n');
    }
}

fn parts(random: &mut Random, depth: usize, out: &mut String) {
    for _ in 0..random.below(4) {
        part(random, depth, out);
    }
}

fn template(seed: u64) -> String {
    let mut random = Random(seed);
    let mut out = String::new();
    out.push_str(random.pick(&["", "", "\u{feff}", "# coding: utf-8\n", "## coding: latin-1\n"]));
    out.push_str(random.pick(&["<%!\nimport re\n%>", "<%! import re %>\n", ""]));
    for _ in 0..=random.below(4) {
        part(&mut random, 2, &mut out);
    }
    out
}

/// What comes of a template with a few places changed: characters taken away or doubled, words put in.
fn mangled(random: &mut Random, source: &[u8]) -> String {
    let mut text: Vec<char> = String::from_utf8_lossy(source).chars().collect();
    for _ in 0..=random.below(3) {
        let at = random.below(text.len());
        let end = (at + random.below(6)).min(text.len());
        match random.below(4) {
            0 => drop(text.drain(at..end)),
            1 => {
                let doubled: Vec<char> = text[at..end].to_vec();
                text.splice(at..at, doubled);
            }
            2 => drop(text.splice(at..end, random.pick(WORDS).chars())),
            _ => {
                let code = format!("${{{} {}}}", expression(random, 1), random.pick(FILTERS));
                text.splice(at..at, code.chars());
            }
        }
    }
    text.into_iter().collect()
}

/// What came of comparing.
#[derive(Default)]
struct Tally {
    same: usize,
    both: usize,
    declined: Vec<String>,
    different: Vec<String>,
}

impl Tally {
    fn compare(&mut self, oracle: &mut Oracle, source: &str, given: &Given) {
        match (given.render(source.as_bytes()), oracle.render(source.as_bytes(), given)) {
            (Ok(ours), Ok(theirs)) if ours == theirs => self.same += 1,
            (Err(_), Err(_)) => self.both += 1,
            (Err(error), Ok(_)) => self.declined.push(error.to_string()),
            (ours, theirs) => {
                self.different.push(format!("{source:?}\n  {ours:?}\n  {theirs:?}"));
            }
        }
    }

    /// Nothing differs, and what is the same is enough to be a proof.
    #[track_caller]
    fn check(&self, least: usize) {
        let Self { same, both, declined, different } = self;
        let report =
            format!("{same} the same, {both} refused by both, {} declined", declined.len());
        assert!(different.is_empty(), "{report}\n{}", different.join("\n"));
        assert!(*same >= least && declined.len() * 4 < *same, "{report}\n{}", declined.join("\n"));
    }
}

#[test]
fn a_random_template_gives_mako_s_text_or_is_declined() {
    let mut oracle = Oracle::start();
    let mut tally = Tally::default();
    for seed in 0..TEMPLATES {
        let source = template(seed);
        for given in &GIVENS {
            tally.compare(&mut oracle, &source, given);
        }
    }
    tally.check(300);
}

#[test]
fn a_stock_template_with_changes_gives_mako_s_text_or_is_declined() {
    let mut oracle = Oracle::start();
    let mut tally = Tally::default();
    let mut random = Random(1);
    for (source, _) in templates() {
        for _ in 0..TEMPLATES / 15 {
            let source = mangled(&mut random, &source);
            tally.compare(&mut oracle, &source, &GIVENS[0]);
        }
    }
    tally.check(100);
}
