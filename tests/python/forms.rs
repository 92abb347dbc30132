//! The scripts: every form of each part, and many mixtures of them.

/// One script.
pub struct Case {
    /// Its file name.
    pub file: String,
    /// Its text, encoded.
    pub bytes: Vec<u8>,
    /// Whether a static reader must know all four values.
    pub known: bool,
    /// Whether it is wrong here though Alembic takes it.
    pub wrong: bool,
}

/// A piece of a script; with a leading `?` when a static reader may say that it cannot know, with a leading `!` when
/// Alembic takes it by accident and we call it wrong (COMPATIBILITY.md).
type Form = &'static str;

const PREAMBLES: &[Form] = &[
    "",
    "\"\"\"message\n\nRevision ID: abc\nRevises: \n\"\"\"\n",
    "'''one\ntwo\n\nthree'''\n",
    "'implicit ' 'concatenation'\n",
    "('in parentheses')\n",
    "u'unicode prefix'\n",
    "r'raw \\n \\x'\n",
    "\"escapes \\n\\n \\t \\x41 \\u00e9 \\N{BULLET} \\101 \\q \\\nend\"\n",
    "b'bytes are no docstring'\n",
    "f'no docstring either'\n",
    "'a' f'b'\n",
    "'a' + 'b'\n",
    "import os\n'''too late'''\n",
    "# comment\n\n'after a comment'\n",
    "'first'\n__doc__ = 'second'\n",
    "'first'\n__doc__ = None\n",
    "from __future__ import annotations\n'not a docstring'\n",
    "'''  \n  blank around  \n \n x \n'''\n",
    "'semicolon'; x = 1\n",
    "'''caf\u{e9}\u{2028}'''\n",
    "'\\x1c strip \\x1f'\n",
    "\x0c'form feed'\n",
    "x = '''\n<<<<<<< \n=======\n'''\n",
    "'''Title\n=======\n\nText'''\n",
    "if True:\n    'nothing'\n",
    "class A:\n    revision = 'inner'\n    down_revision = 'inner'\n",
    "def f():\n    revision = 'inner'\n    return revision\n",
    "try:\n    import a_module\nexcept ImportError:\n    a_module = None\n",
    "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    revision = 'never'\n",
    "if __name__ == '__main__':\n    revision = 'never'\n",
    "from typing import Sequence, Union\n",
    "revision = 'earlier'\ndown_revision = 'earlier'\n",
    "import os as revision\n",
    "def revision(): pass\n",
    "for revision in 'abc': pass\n",
    "revision: int\ndown_revision: str\nbranch_labels: str\n",
    "globals()['revision'] = 'x'\n",
    "?exec('down_revision = 3')\n",
];

const REVISIONS: &[Form] = &[
    "revision = 'abc'",
    "revision = \"abc\"",
    "revision = u'abc'",
    "revision = r'abc'",
    "revision = R'a\\c'",
    "revision = f'abc'",
    "revision = f'a{{b}}c'",
    "revision = rf'abc'",
    "revision = f'a' 'b' f'c'",
    "revision = '''abc'''",
    "revision = '''a\nb'''",
    "revision = 'a' 'bc'",
    "revision = 'a' + 'bc'",
    "revision = ('a' + 'b') + ('c' 'd')",
    "revision = ('abc')",
    "revision = (\n    'abc'  # comment\n)",
    "revision = \\\n    'abc'",
    "revision = 'a\\\nbc'",
    "revision: str = 'abc'",
    "revision: 'str' = 'abc'",
    "revision: str; revision = 'abc'",
    "(revision): str = 'abc'",
    "x = revision = 'abc'",
    "revision = x = 'abc'",
    "x, revision = 'y', 'abc'",
    "[x, revision] = ['y', 'abc']",
    "x, (y, revision) = 1, (2, 'abc')",
    "pair = ('x', 'abc')\ny, revision = pair",
    "(revision := 'abc')",
    "x = (revision := 'abc')",
    "X = 'abc'\nrevision = X",
    "X = 'abc'\nrevision = X\nX = 'later'",
    "X = 'old'\nX = 'abc'\nrevision = X",
    "X = 'a'; revision = X + 'b'",
    "?X = 'a'; revision = f'{X}b' ",
    "revision = 'old'; revision = 'abc'",
    "revision = 'abc'; x = 1",
    "revision = '\\x61\\u0062\\N{LATIN SMALL LETTER C}'",
    "revision = 'caf\u{e9}'",
    "\u{ff52}evision = 'abc'",
    "revision = 'a.b c/d'",
    "revision = ''",
    "revision='abc'",
    "revision\t=\t'abc'",
    "revision = 'abc' # = 'def'",
    "revision = 'abc';",
    "",
    "revision: str",
    "revision = None",
    "revision = 12",
    "revision = -1.5",
    "revision = True",
    "revision = b'abc'",
    "!revision = ('abc',)",
    "revision = ['abc']",
    "revision = ...",
    "revision = lambda: 'abc'",
    "?revision = str('abc')",
    "?revision = 'ab%s' % 'c'",
    "?revision = 'a' * 3",
    "?revision = 'abc'[0:2]",
    "?revision = 'abc' if True else 'def'",
    "?revision = 'x' and 'abc'",
    "?revision = {'a': 'abc'}['a']",
    "?revision = f'{1}bc'",
    "?revision = 'ABC'.lower()",
    "?if True:\n    revision = 'abc'",
    "?if 0:\n    pass\nelse:\n    revision = 'abc'",
    "?try:\n    revision = 'abc'\nfinally:\n    pass",
    "?for revision in ['abc']:\n    pass",
    "?for x in 'a':\n    revision = 'abc'",
    "?while True:\n    revision = 'abc'\n    break",
    "?import contextlib\nwith contextlib.nullcontext():\n    revision = 'abc'",
    "?import contextlib\nwith contextlib.nullcontext('abc') as revision:\n    pass",
    "?match 'abc':\n    case revision: pass",
    "?match 1:\n    case 1:\n        revision = 'abc'",
    "?revision = 'a'; revision += 'bc'",
    "?revision = 'a'\nif 1: revision = 'b'",
    "?revision = 'abc'\ndel revision",
    "?globals()['revision'] = 'abc'",
    "?globals().update(revision='abc')",
    "?globals().update(**{'revis' + 'ion': 'abc'})",
    "?import sys; setattr(sys.modules[__name__], 'revision', 'abc')",
    "?vars()['revision'] = 'abc'",
    "?exec('revision = \"abc\"')",
    "?revision = 'x'\ndef f():\n    global revision\n    revision = 'abc'\nf()",
    "?if (revision := 'abc'): pass",
    "?print((revision := 'abc'), end='')",
    "?[revision := y for y in 'abc']",
    "?revision, *x = 'abc', 'd'",
    "?a, revision = 'xy'",
    "?a = b, revision = 'p', 'abc'",
    "?X = ['abc']\nrevision, = X",
    "?def g(): return 'abc'\nrevision = g()",
    "?from os.path import sep as revision",
    "?from os.path import *\nrevision = 'a' + sep",
    "?type revision = int",
    "if 1: revision = 'x'\nrevision = 'abc'",
    "def f():\n    global other\nrevision = 'abc'",
    "revision = 'abc'\nclass B:\n    global_ = 1",
    "?exec('revision = 1')\nrevision = 'abc'",
    "x = globals().get('revision')\nrevision = 'abc'",
    "x = '''\nrevision = 'text'\n'''\nrevision = 'abc'",
    "x = [\n'a',\n]\nrevision = 'abc'",
];

const PARENTS: &[Form] = &[
    "down_revision = None",
    "down_revision = 'p1'",
    "down_revision: str | None = 'p1'",
    "down_revision: 'Union[str, None]' = None",
    "down_revision = ('p1', 'p2')",
    "down_revision = 'p1', 'p2'",
    "down_revision = ('p1',)",
    "down_revision = 'p1',",
    "down_revision = (\n    # first\n    'p1',  # pragma: allowlist secret\n    'p2',\n)",
    "down_revision = ['p1', 'p2', 'p3']",
    "down_revision = {'p1', 'p2'}",
    "down_revision = {'p1'}",
    "down_revision = {'p1', 'p1'}",
    "down_revision = {'p1': 1, 'p2': 2}",
    "down_revision = {}",
    "down_revision = ()",
    "down_revision = []",
    "down_revision = (None,)",
    "down_revision = [None]",
    "down_revision = {None}",
    "down_revision = ('p1', 'p1')",
    "down_revision = ('p1',) + ('p2',)",
    "down_revision = ['p1'] + ['p2']",
    "down_revision = ('p' '1', 'p' + '2')",
    "down_revision = (('p1'))",
    "T = ('p1',)\ndown_revision = (*T, 'p2')",
    "T = ('p1', 'p2')\ndown_revision = T",
    "N = None\ndown_revision = N",
    "down_revision = ''",
    "down_revision = ('',)",
    "down_revision = branch_labels = None",
    "down_revision, depends_on = 'p1', ('d1', 'd2')",
    "depends_on = 'd1'; down_revision = 'p1'",
    "down_revision = b''",
    "down_revision = b'x'",
    "down_revision = 5",
    "down_revision = 0",
    "down_revision = False",
    "down_revision = ...",
    "down_revision = ('p1', None)",
    "down_revision = (None, None)",
    "down_revision = (5,)",
    "!down_revision = (('p1',),)",
    "down_revision = ('p1', ('p2',))",
    "down_revision: str",
    "",
    "?down_revision = tuple(['p1'])",
    "?down_revision = set()",
    "?down_revision = (x for x in ('p1', 'p2'))",
    "?down_revision = [x for x in ('p1', 'p2')]",
    "?down_revision = ['p1']\ndown_revision.append('p2')",
    "?down_revision = ['p1']\nx = down_revision\nx.append('p2')",
    "?L = ['p1']\nL.append('p2')\ndown_revision = L",
    "?down_revision = ('p1',)\ndown_revision += ('p2',)",
    "?down_revision = ('p1', str('p2'))",
    "?down_revision = ('p1',) * 2",
    "?down_revision = 'p1' if 1 else None",
    "?down_revision = None or 'p1'",
    "?T = ['p1']\ndown_revision = (*T,)",
    "down_revision = 'p1'\nx = down_revision",
    "down_revision = ['p1']\ndef f(): return down_revision",
];

const LABELS: &[Form] = &[
    "",
    "branch_labels = None",
    "branch_labels = 'l1'",
    "branch_labels = ('l1', 'l2')",
    "branch_labels = ('l1',)",
    "branch_labels = ['l1']",
    "branch_labels = {'l1', 'l2'}",
    "branch_labels = ()",
    "branch_labels = ''",
    "branch_labels: 'x' = None",
    "branch_labels = (None,)",
    "branch_labels = 5",
    "branch_labels = False",
    "?branch_labels = tuple('l')",
    "?try:\n    import nothing_there\nexcept ImportError:\n    branch_labels = ('l1',)",
];

const DEPENDENCIES: &[Form] = &[
    "",
    "depends_on = None",
    "depends_on = 'd1'",
    "depends_on = ('d1', 'd2')",
    "depends_on = ['d1']",
    "depends_on = {'d1', 'd2'}",
    "depends_on = ()",
    "depends_on = (None,)",
    "depends_on = (None, 'd1')",
    "depends_on = 7",
    "depends_on = {'d1': 0}",
    "depends_on = b''",
    "?_d = []\n_d.append('d1')\ndepends_on = tuple(_d)",
];

const TAILS: &[Form] = &[
    "",
    "\ndef upgrade():\n    pass\n\ndef downgrade():\n    pass\n",
    "\ndef upgrade() -> None:\n    revision = 'other'\n    x = {'revision': down_revision}\n    exec('1')\n    globals()\n",
    "\nprint_ = f'{{revision}}'\n",
    "\nx = f'{\"nested\"}'\n",
    "\nx = f'{1:>{10}}'\n",
    "\nx = (1,\n  [2, {3: '('}],\n)\n",
    "\nx = 'unbalanced ( [ {'\n",
    "\ndef upgrade():\n    sql = '''\nrevision = 'in a string'\n'''\n    return sql\n",
    "\nmatch = 1\ntype = 2\n",
    "\nmatch 1:\n    case _: pass\n",
    "\nx = 1 if 1 else 2 # revision = 'c'",
    "\nassert revision or not revision\n",
    "\n\\\n\nx = 1\n",
    "\n    # indented comment\nx = 1\n",
    "\nx = '\\'' + \"\\\"\" + '''\\''''''\n",
    "\nlambda: (yield)\n",
    "\n\x0c\nx = 1\n",
    "\nx: int = 3\ndel x\n",
    "\nasync def f():\n    await f()\n",
    "\nprint 'python 2'\n",
    "\nx = (\n",
    "\nx = 'open\n",
    "\nx = '''open\n",
    "\n  x = 1\n",
    "\nx = 1 +\n",
    "\nif 1:\nx = 2\n",
    "\nx = $\n",
    "\nx = 0777\n",
    "\ndef f(:\n    pass\n",
];

/// All cases: each form with the plainest of the others, then mixtures.
pub fn cases() -> Vec<Case> {
    let plain = ["", REVISIONS[0], PARENTS[0], LABELS[0], DEPENDENCIES[0], TAILS[0]];
    let parts = [PREAMBLES, REVISIONS, PARENTS, LABELS, DEPENDENCIES, TAILS];
    let mut texts: Vec<[Form; 6]> = Vec::new();
    for (part, forms) in parts.iter().enumerate() {
        for form in *forms {
            let mut pieces = plain;
            pieces[part] = form;
            texts.push(pieces);
        }
    }
    let mut random = Random(0x1234_5678_9abc_def1);
    for _ in 0..600 {
        // Mostly plain: what is wrong in one part hides what another part would show.
        let mut pieces = plain;
        for (piece, forms) in pieces.iter_mut().zip(parts) {
            if random.below(2) == 0 {
                *piece = forms[random.below(forms.len())];
            }
        }
        texts.push(pieces);
    }
    let mut cases = Vec::new();
    for (number, pieces) in texts.into_iter().enumerate() {
        let encoding = if number % 5 == 4 { random.below(4) + 1 } else { 0 };
        let known = !pieces.iter().any(|piece| piece.starts_with('?'));
        let wrong = pieces.iter().any(|piece| piece.starts_with('!'));
        let text = pieces.map(|piece| piece.trim_start_matches(['?', '!'])).join("\n");
        let text = text.trim_start_matches('\n');
        let hex = format!("abc{number:05x}.py");
        let file = if number % 7 == 0 { hex } else { format!("script_{number:05}.py") };
        cases.push(Case { file, bytes: encoded(text, encoding), known, wrong });
    }
    cases.extend(encodings());
    cases
}

/// The text with other newlines, a byte order mark, or in latin-1.
fn encoded(text: &str, encoding: usize) -> Vec<u8> {
    match encoding {
        1 => text.replace('\n', "\r\n").into_bytes(),
        2 => text.replace('\n', "\r").into_bytes(),
        3 => format!("\u{feff}{text}").into_bytes(),
        4 if text.chars().all(|c| u32::from(c) < 256) => {
            let text = format!("# -*- coding: latin-1 -*-\n{text}");
            text.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect()
        }
        _ => text.as_bytes().to_vec(),
    }
}

/// Files whose bytes matter.
fn encodings() -> Vec<Case> {
    let body = b"'caf\xe9 \x80 \xa4'\nrevision = 'abc'\ndown_revision = None\n".to_vec();
    let ascii = b"revision = 'abc'\ndown_revision = None\n".to_vec();
    let utf8 = "'caf\u{e9}'\nrevision = 'abc'\ndown_revision = None\n".as_bytes().to_vec();
    let cookies: &[&[u8]] = &[
        b"",
        b"# coding: latin-1\n",
        b"# coding=iso-8859-15\n",
        b"# vim: set fileencoding=cp1252 :\n",
        b"#!/usr/bin/python\n# -*- coding: Latin_1 -*-\n",
        b"\n# coding: iso-8859-1-unix\n",
        b"x = 1\n# coding: latin-1\n",
        b"\n\n# coding: latin-1\n",
        b"# coding: ascii\n",
        b"# coding: us-ascii\n",
        b"# coding: utf8\n",
        b"# coding: UTF-8-sig\n",
        b"# coding: klingon\n",
        b"# coding: koi8-r\n",
        b"# coding: gbk\n",
        b"\xef\xbb\xbf# coding: latin-1\n",
        b"\xef\xbb\xbf# coding: utf-8\n",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\x0c# coding: latin-1\n",
        b"# no encoding: latin-1 here coding:utf-8\n",
        b"# coding: \t l1\r",
        b"#\x00\n",
    ];
    let bodies =
        [body, ascii, utf8, b"".to_vec(), b"revision = 'a\x00b'\ndown_revision = None".to_vec()];
    let mut cases = Vec::new();
    for (number, cookie) in cookies.iter().enumerate() {
        for (kind, body) in bodies.iter().enumerate() {
            let file = format!("encoding_{number:02}_{kind}.py");
            // An encoding that is not known here is a problem here alone.
            let foreign = kind != 1 && (number == 13 || number == 14);
            if !foreign {
                cases.push(Case {
                    file,
                    bytes: [*cookie, body].concat(),
                    known: true,
                    wrong: false,
                });
            }
        }
    }
    cases
}

/// A small generator of numbers, so that every run sees the same scripts.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }
}
