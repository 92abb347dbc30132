//! The two ways of reading a script agree, and neither is ever surprised.

use onehead::script::Problem;
use proptest::prelude::*;

use crate::check::{both, check};
use crate::forms;

/// Pieces that change what the rest of a file means.
const PIECES: &[&str] = &[
    "'",
    "\"",
    "'''",
    "\"\"\"",
    "\\",
    "\n",
    "\r",
    "#",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    ":",
    "=",
    " ",
    "\t",
    "f'",
    "rb\"",
    "f'{x[",
    "{{",
    "}}",
    "\x0c",
    "\0",
    "\u{feff}",
    "\u{e9}",
    "revision",
    "down_revision",
    "depends_on",
    "branch_labels",
    "__doc__",
    "\nrevision = 'z'\n",
    "\n__doc__ = 'z'\n",
    "revision: str",
    ":=",
    "import *",
    "None",
    "\n<<<<<<< ours\n",
    "\n=======\n",
    "\n>>>>>>> theirs\n",
    "globals()['revision'] = 1",
    "del revision",
    "\nif 1:\n ",
    "exec('')",
    "\n<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n",
    "\ndef f():\n    global revision\n",
    "# onehead: ignore[a, b]",
    "'a' 'b'",
    "u'z'",
    "+",
    "*",
    "$",
    "if ",
    "\\\n",
    // Whole statements that only look like something else, or only look harmless.
    "x = \\\nrevision = 'z'\n",
    "x = (\ndepends_on := 'z')\n",
    "x = (\ndepends_on = 'z')\n",
    "x = dict(\ndepends_on = 'z'\n)\n",
    "x = \\\ndepends_on = 'z'\n",
    "if x: \\\ndepends_on = 'z'\n",
    "\u{ff52}evision = 'z'\n",
    "f'{(revision := 1)}'\n",
    "f'{(down_revision := None)}'\n",
    "'''\\'''\ndepends_on = 'z'\n'''\n",
    "'\\'#'; branch_labels = 'z' #'\n",
    "depends_on = 'z'\n",
    "branch_labels: list[str] = ['z']\n",
];

#[test]
fn on_every_form() {
    for case in forms::cases() {
        check(&case.bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn on_arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes);
    }

    #[test]
    fn on_arbitrary_text(text in "[ -~\n\t\r\u{e9}'\"#\\\\(){}\\[\\]=]{0,200}") {
        check(text.as_bytes());
    }

    #[test]
    fn on_mutated_scripts(
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 0..12_usize, 0..PIECES.len()), 1..5),
    ) {
        let cases = CASES.get_or_init(|| forms::cases().into_iter().map(|case| case.bytes).collect());
        let mut bytes = which.get(cases).clone();
        for (at, drop, piece) in changes {
            let mut at = at.index(bytes.len() + 1);
            if drop % 2 == 0 {
                // The start of a line is where a piece is most likely to be a statement.
                let newline = bytes[..at].iter().rposition(|&byte| byte == b'\n');
                at = newline.map_or(0, |newline| newline + 1);
            }
            // Mostly insertions: what is cut out of a script rarely leaves one.
            let end = if drop < 6 { at } else { (at + drop - 5).min(bytes.len()) };
            bytes.splice(at..end, PIECES[piece].bytes());
        }
        check(&bytes);
    }
}

static CASES: std::sync::OnceLock<Vec<Vec<u8>>> = std::sync::OnceLock::new();

fn repeated(piece: &str, count: usize) -> Vec<u8> {
    let head = "revision = 'a'\ndown_revision = None\nx = ";
    [head.as_bytes(), piece.repeat(count).as_bytes(), b"1\n"].concat()
}

#[test]
fn on_what_is_nested_too_deep() {
    for piece in [
        "(",
        "[",
        "{",
        "f'{",
        "-",
        "not ",
        "~",
        "lambda: ",
        "1 + ",
        "1 ** ",
        "a.",
        "a if b else ",
        "await ",
        "a[",
        "a(",
        "x = ",
        "1 < ",
        "1 and ",
        "{1: ",
        "*",
        "'a' ",
        "a, ",
        "if 1: ",
        "a()",
        "lambda x=",
        "@",
        "else ",
        "yield ",
        "(yield ",
        "f(*",
        "x: ",
        "print ",
        "class A: ",
        "async ",
        "case ",
        "match ",
        "import ",
        "from . ",
        "'''",
    ] {
        for count in [201, 3_000, 100_000] {
            both(&repeated(piece, count));
        }
    }
    let indents: Vec<String> =
        (0..1000).map(|depth| format!("{}if 1:\n", " ".repeat(depth))).collect();
    both(indents.concat().as_bytes());
}

#[test]
fn on_large_files() {
    let line = "    op.execute(\"INSERT INTO t VALUES (1, 'x', 2.5)\")\n";
    let mut text = String::from("revision = 'a'\ndown_revision = None\n\ndef upgrade():\n");
    text.push_str(&line.repeat(281 * 1024 / line.len()));
    check(text.as_bytes());
    let (_, whole) = both(&vec![b'#'; (8 << 20) + 1]);
    assert_eq!(whole.problems, [Problem::TooLarge((8 << 20) + 1)]);
}
