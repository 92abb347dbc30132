//! One value of one script at a time, and random scripts with random rewrites.

use std::path::PathBuf;

use proptest::prelude::{
    ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, proptest,
};

use super::{Obstacle, rewrite};
use crate::fix::Rewrite;
use crate::revision::RevisionId;
use crate::script::{Depth, NoModules, Script, parse};

fn read(bytes: &[u8]) -> Script {
    parse(PathBuf::from("versions/x.py"), bytes, Depth::Whole, &NoModules)
}

fn ids(text: &str) -> Vec<RevisionId> {
    text.split_whitespace().map(RevisionId::from).collect()
}

fn parents(new: &str) -> Rewrite {
    Rewrite { parents: Some(ids(new)), ..Rewrite::default() }
}

fn depends(new: &str) -> Rewrite {
    let texts = new.split_whitespace().map(Into::into).collect();
    Rewrite { dependencies: Some(texts), ..Rewrite::default() }
}

#[track_caller]
fn check(before: &str, asked: &Rewrite, after: &str) {
    let bytes = rewrite(&read(before.as_bytes()), before.as_bytes(), asked).unwrap();
    assert_eq!(String::from_utf8_lossy(&bytes), after);
}

/// The value of `down_revision` with new parents.
#[track_caller]
fn check_parents(before: &str, new: &str, after: &str) {
    let text =
        |value: &str| format!("revision = 'id'\ndown_revision = {value}\nbranch_labels = None\n");
    check(&text(before), &parents(new), &text(after));
}

#[track_caller]
fn check_obstacle(before: &str, asked: &Rewrite, message: &str) {
    let error = rewrite(&read(before.as_bytes()), before.as_bytes(), asked).unwrap_err();
    assert_eq!(error.message(&|path| path.display().to_string()), message);
}

#[test]
fn one_string_keeps_its_quotes_and_prefix() {
    check_parents("'a'", "b", "'b'");
    check_parents("\"a\"  # why", "b", "\"b\"  # why");
    check_parents("u'a'", "b", "u'b'");
    check_parents("r\"\"\"a\"\"\"", "b", "r\"\"\"b\"\"\"");
    check_parents("(\n    'a'  # why\n)", "b", "(\n    'b'  # why\n)");
    check_parents("\\\n    'a'", "b", "\\\n    'b'");
    check_parents("f'a'", "b", "f'b'");
}

#[test]
fn nothing_changes_where_nothing_is_new() {
    check_parents("  ('a'   'b')", "ab", "  ('a'   'b')");
    check_parents("()", "", "()");
}

#[test]
fn between_none_one_and_several() {
    check_parents("None", "a", "'a'");
    check_parents("None", "a b", "('a', 'b')");
    check_parents("\"a\"", "", "None");
    check_parents("\"a\"", "b c", "(\"b\", \"c\")");
    check_parents("('a', 'b')", "c", "'c'");
    check_parents("[\"a\", 'b']", "", "None");
    check_parents("'a', 'b'", "c", "'c'");
    check_parents("()", "a", "'a'");
}

#[test]
fn a_sequence_of_one_stays_one() {
    check_parents("('a',)", "b", "('b',)");
    check_parents("[\n    'a',  # why\n]", "b", "[\n    'b',  # why\n]");
    check_parents("{'a'}", "b", "{'b'}");
    check_parents("'a',", "b", "'b',");
}

#[test]
fn entries_replaced_added_and_removed_in_one_line() {
    check_parents("('a', \"b\")", "a c", "('a', \"c\")");
    check_parents("('a', 'b')", "a b c", "('a', 'b', 'c')");
    check_parents("('a', 'b',)", "a b c d", "('a', 'b', 'c', 'd',)");
    check_parents("['a', 'b']", "x a b", "['x', 'a', 'b']");
    check_parents("('a', 'b')", "a x b", "('a', 'x', 'b')");
    check_parents("('a','b','c')", "a c", "('a','c')");
    check_parents("('a', 'b', 'c')", "a b", "('a', 'b')");
    check_parents("('a', 'b', 'c',)", "a b", "('a', 'b',)");
    check_parents("('a', 'b', 'c', 'd')", "c d", "('c', 'd')");
    check_parents("'a', 'b'", "a b c", "'a', 'b', 'c'");
}

#[test]
fn several_lines_keep_their_layout() {
    let three = "(  # parents\n    'a',  # one\n    'b',  # two\n    'c',\n)";
    check_parents(three, "a b", "(  # parents\n    'a',  # one\n    'b',  # two\n)");
    check_parents(three, "a c", "(  # parents\n    'a',  # one\n    # two\n    'c',\n)");
    check_parents(three, "a b x", "(  # parents\n    'a',  # one\n    'b',  # two\n    'x',\n)");
    let four = "(  # parents\n    'a',  # one\n    'b',  # two\n    'c',\n    'd',\n)";
    check_parents(three, "a b c d", four);
    check_parents(
        "(\n    'a',\n    'b'  # two\n)",
        "a b c",
        "(\n    'a',\n    'b',  # two\n    'c'\n)",
    );
    check_parents("(\n    'a',\n    'b'\n)", "a x b", "(\n    'a',\n    'x',\n    'b'\n)");
}

#[test]
fn what_is_computed_becomes_a_literal() {
    check_parents("'a' 'b'", "c", "'c'");
    check_parents("\"a\" + 'b'", "c", "\"c\"");
    check_parents("('a',) + ('b',)", "c d", "('c', 'd')");
    check_parents("get_parents()", "a b", "('a', 'b')");
    check_parents("(*BASE, \"a\")", "b c", "(\"b\", \"c\")");
    check_parents("'a' if X else 'b'", "c", "'c'");
    check(
        "P = 'p'\nrevision = \"i\"\ndown_revision = P\n",
        &parents("q"),
        "P = 'p'\nrevision = \"i\"\ndown_revision = \"q\"\n",
    );
}

#[test]
fn annotations_and_the_last_assignment() {
    check(
        "revision: str = 'i'\ndown_revision: Union[str, None] = None\n",
        &parents("a"),
        "revision: str = 'i'\ndown_revision: Union[str, None] = 'a'\n",
    );
    check(
        "revision = 'i'\ndown_revision = 'a'\ndown_revision = 'b'\n",
        &parents("c"),
        "revision = 'i'\ndown_revision = 'a'\ndown_revision = 'c'\n",
    );
    check(
        "x, revision = 1, 'i'\ny, down_revision = 2, 'a'\n",
        &parents("b c"),
        "x, revision = 1, 'i'\ny, down_revision = 2, ('b', 'c')\n",
    );
}

#[test]
fn encodings_and_line_endings_stay() {
    let latin = b"# coding: latin-1\r\n'''\xe9\r\nRevises: a\r\n'''\r\nrevision = '\xe9'\r\ndown_revision = 'a'";
    let bytes = rewrite(&read(latin), latin, &parents("b\u{e9} c")).unwrap();
    let after: &[u8] = b"# coding: latin-1\r\n'''\xe9\r\nRevises: b\xe9, c\r\n'''\r\nrevision = '\xe9'\r\ndown_revision = ('b\xe9', 'c')";
    assert_eq!(bytes, after);
    let error = rewrite(&read(latin), latin, &parents("\u{20ac}")).unwrap_err();
    assert_eq!(error.obstacle, Obstacle::Encoding("\u{20ac}".into()));
    check(
        "\u{feff}revision = 'i'\r\ndown_revision = 'a'\r\n",
        &parents("b"),
        "\u{feff}revision = 'i'\r\ndown_revision = 'b'\r\n",
    );
}

#[track_caller]
fn check_header(line: &str, code: &str, new: &str, after: &str) {
    let text = |line: &str, code: &str| {
        format!("\"\"\"m\n\nRevises:{line}\n\"\"\"\nrevision = 'i'\ndown_revision = {code}\n")
    };
    let bytes = text(line, code).into_bytes();
    let changed = rewrite(&read(&bytes), &bytes, &parents(new)).unwrap();
    let changed = String::from_utf8(changed).unwrap();
    let line = changed.split_once("Revises:").unwrap().1.split('\n').next().unwrap();
    assert_eq!(line, after);
}

#[test]
fn the_header_follows_in_its_style() {
    check_header(" a", "'a'", "b", " b");
    check_header(" a", "'a'", "b c", " b, c");
    check_header(" a", "'a'", "", " ");
    check_header(" ", "None", "a", " a");
    check_header("", "None", "a b", " a, b");
    check_header(" None", "None", "a", " a");
    check_header(" ('a', 'b')", "('a', 'b')", "c d", " ('c', 'd')");
    check_header(" ('a', 'b')", "('a', 'b')", "a b c", " ('a', 'b', 'c')");
    check_header(" ('a', 'b')", "('a', 'b')", "c", " c");
    check_header(" ('a', 'b')", "('a', 'b')", "", " None");
    check_header(" a (main)", "'a'", "b", " b (main)");
    check_header(" other", "'a'", "b", " other");
}

#[test]
fn both_lines_follow_and_what_disagreed_is_aligned_on_demand() {
    let text = |id: &str, revises: &str, code: &str| {
        format!(
            "\"\"\"m\n\nRevision ID: {id}\nRevises: {revises}\n\"\"\"\nrevision = '{code}'\ndown_revision = 'a'\n"
        )
    };
    let new_id = Rewrite { id: Some("n".into()), ..Rewrite::default() };
    check(&text("i", "a", "i"), &new_id, &text("n", "a", "n"));
    check(&text("other", "stale", "i"), &new_id, &text("other", "stale", "n"));
    let aligned = Rewrite { align_header: true, ..new_id };
    check(&text("other", "stale", "i"), &aligned, &text("n", "a", "n"));
}

#[test]
fn dependencies_are_added_below_the_parent() {
    check(
        "revision = 'i'\ndown_revision = 'a'  # c\nx = 1\n",
        &depends("b"),
        "revision = 'i'\ndown_revision = 'a'  # c\ndepends_on = 'b'\nx = 1\n",
    );
    check(
        "revision = 'i'\r\ndown_revision: str | None = \"a\"",
        &depends("b c"),
        "revision = 'i'\r\ndown_revision: str | None = \"a\"\r\ndepends_on: str | None = (\"b\", \"c\")",
    );
    check(
        "revision = 'i'\ndown_revision = (\n    'a'\n)\n",
        &depends("b"),
        "revision = 'i'\ndown_revision = (\n    'a'\n)\ndepends_on = 'b'\n",
    );
    check(
        "revision = 'i'\ndown_revision = 'a'\n",
        &depends(""),
        "revision = 'i'\ndown_revision = 'a'\n",
    );
    check(
        "revision = 'i'\ndown_revision = 'a'\ndepends_on = 'x'\n",
        &depends(""),
        "revision = 'i'\ndown_revision = 'a'\ndepends_on = None\n",
    );
}

#[test]
fn what_cannot_be_written_in_place() {
    check_obstacle(
        "revision = 'i'\nif X:\n    down_revision = 'a'\n",
        &parents("b"),
        "versions/x.py:3 cannot be rewritten: the value of `down_revision` is not written in place",
    );
    check_obstacle(
        "revision = 'i'\nfrom x import down_revision\n",
        &parents("b"),
        "versions/x.py:2 cannot be rewritten: the value of `down_revision` is not written in place",
    );
    check_obstacle(
        "revision = 'i'\ndown_revision = depends_on = 'a'\n",
        &parents("b"),
        "versions/x.py:2 cannot be rewritten: the value of `depends_on` is not written in place",
    );
    check_obstacle(
        "revision = 'i'\n",
        &parents("b"),
        "versions/x.py cannot be rewritten: it does not assign `down_revision`",
    );
    check_obstacle(
        "revision = 'i'\ndown_revision = 'a'\ndef f(:\n",
        &parents("b"),
        "versions/x.py cannot be rewritten: it cannot be read as Python",
    );
    check_obstacle(
        "'''\nRevises: a\n'''\nrevision = 'i'\ndown_revision = 'a'\n",
        &parents("b\\x63"),
        "versions/x.py:5 cannot be rewritten: its docstring cannot hold the new `Revises:`",
    );
}

#[test]
fn a_value_inside_an_expression() {
    check(
        "revision = 'i'\nx = (down_revision := 'a')\n",
        &parents("b c"),
        "revision = 'i'\nx = (down_revision := ('b', 'c'))\n",
    );
    check(
        "revision = 'i'\ndown_revision = x = 'a'\n",
        &parents(""),
        "revision = 'i'\ndown_revision = x = None\n",
    );
}

#[test]
fn an_id_that_the_name_of_the_file_gives() {
    let bytes = b"down_revision = 'a'\n";
    let script = parse(PathBuf::from("versions/ab12.py"), bytes, Depth::Whole, &NoModules);
    let mut asked = Rewrite { id: Some("cd34".into()), ..Rewrite::default() };
    let refused = rewrite(&script, bytes, &asked).unwrap_err();
    assert_eq!(refused.obstacle, Obstacle::NotAssigned(crate::script::Name::Revision));
    asked.path = Some(PathBuf::from("versions/cd34.py"));
    assert_eq!(rewrite(&script, bytes, &asked).as_deref(), Ok(bytes.as_slice()));
}

#[test]
fn a_text_that_needs_escapes() {
    check_parents("'a'", "it's", "'it\\'s'");
    check_parents("r'a'", "b\\c", "'b\\\\c'");
}

/// A literal of a string in one of many forms.
fn literal(id: &str, form: usize) -> String {
    match form % 8 {
        0 => format!("\"{id}\""),
        1 => format!("u'{id}'"),
        2 => format!("r\"\"\"{id}\"\"\""),
        3 => format!("('{id}')"),
        4 => format!("(  # one\n    '{id}'\n)"),
        5 => format!("'' '{id}'"),
        _ => format!("'{id}'"),
    }
}

fn value(ids: &[String], form: usize) -> String {
    let literals: Vec<String> =
        ids.iter().enumerate().map(|(at, id)| literal(id, form / 7 + at)).collect();
    match &literals[..] {
        [] => (*["None", "()", "[]", "(None)"].get(form % 4).unwrap_or(&"None")).to_owned(),
        [one] if !form.is_multiple_of(3) => one.clone(),
        _ => {
            let separator = [", ", ",", ",\n    ", ",  # why\n    "][form % 4];
            let inside = literals.join(separator);
            match form % 5 {
                0 => format!("[{inside}]"),
                1 => format!("(\n    {inside},  # last\n)"),
                2 => format!("(\n    {inside}  # last\n    ,)"),
                _ => format!("({inside},)"),
            }
        }
    }
}

fn assignment(name: &str, value: &str, form: usize) -> String {
    match form % 9 {
        0 => format!("{name}: Union[str, None] = {value}  # {name} = 'x'"),
        1 => format!("{name} = 'old'\n{name} = {value}"),
        2 => format!("{name} \\\n    = {value}"),
        3 => format!("{name}={value}; other = 1"),
        4 => format!("first, {name} = 1, {value}"),
        5 => format!("{name} = again = {value}"),
        _ => format!("{name} = {value}"),
    }
}

/// The header's form of ids.
fn revises(ids: &[String], form: usize) -> String {
    match form % 4 {
        0 if ids.len() > 1 => {
            format!("({})", ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", "))
        }
        1 if ids.is_empty() => "None".into(),
        2 => "stale".into(),
        _ => ids.join(", "),
    }
}

fn some_ids() -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set("[a-f]{1,3}\u{e9}?", 0..4).prop_map(|ids| ids.into_iter().collect())
}

fn encoded(text: &str, form: usize) -> Vec<u8> {
    match form % 5 {
        0 => text.replace('\n', "\r\n").into_bytes(),
        1 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        2 => format!("# -*- coding: latin-1 -*-\n{text}")
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect(),
        3 => text.trim_end().as_bytes().to_vec(),
        _ => text.as_bytes().to_vec(),
    }
}

/// The bytes of a script outside its values and header lines.
fn outside(bytes: &[u8]) -> Vec<Vec<u8>> {
    let script = read(bytes);
    let header = &script.header;
    let lines = [&header.revision, &header.revises].into_iter().flatten();
    let mut spans: Vec<_> = lines.map(|line| line.span.range()).collect();
    let names = crate::script::Name::ALL;
    spans.extend(
        names.iter().filter_map(|&name| script.values.get(name)).map(crate::script::Span::range),
    );
    spans.sort_by_key(|span| span.start);
    let mut at = 0;
    let mut pieces = Vec::new();
    for span in spans {
        let piece = &bytes[at..span.start];
        // A base has nothing behind the colon but perhaps a blank.
        pieces.push(
            piece
                .strip_suffix(b"Revises: ")
                .map_or(piece.to_vec(), |cut| [cut, b"Revises:"].concat()),
        );
        at = span.end;
    }
    pieces.push(bytes[at..].to_vec());
    pieces
        .into_iter()
        .map(|piece| piece.strip_prefix(b" \n").map_or(piece.clone(), |cut| [b"\n", cut].concat()))
        .map(|piece| {
            piece.strip_prefix(b" \r\n").map_or(piece.clone(), |cut| [b"\r\n", cut].concat())
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_rewritten_script_says_what_was_asked_and_nothing_else_moves(
        old in (some_ids(), some_ids()),
        new in (some_ids(), some_ids()),
        id in prop::option::of("[a-f]{4}"),
        forms in prop::collection::vec(any::<u16>(), 9),
        align in any::<bool>(),
    ) {
        let form = |at: usize| usize::from(forms[at]);
        let text = format!(
            "\"\"\"message\n\nRevision ID: orig\nRevises: {}\nCreate Date: x\n\"\"\"\nimport os\n{}\n{}\n# between\n{}\n\ndef upgrade():\n    revision = 'inner'\n    pass\n",
            revises(&old.0, form(0)),
            assignment("revision", &literal("orig", form(1)), form(2)),
            assignment("down_revision", &value(&old.0, form(3)), form(4)),
            assignment("depends_on", &value(&old.1, form(5)), form(6)),
        );
        let bytes = encoded(&text, form(7));
        let before = read(&bytes);
        prop_assert_eq!(&before.problems, &[]);
        let asked = Rewrite {
            id: id.map(|id| id.as_str().into()),
            parents: Some(new.0.iter().map(|id| id.as_str().into()).collect()),
            dependencies: (form(8).is_multiple_of(2)).then(|| new.1.iter().map(|id| id.as_str().into()).collect()),
            align_header: align,
            ..Rewrite::default()
        };
        let after = rewrite(&before, &bytes, &asked).map_err(|error| {
            proptest::test_runner::TestCaseError::fail(format!("{error:?}\n{text}"))
        })?;
        let revision = read(&after).revision.unwrap();
        let was = before.revision.clone().unwrap();
        prop_assert_eq!(&revision.id, asked.id.as_ref().unwrap_or(&was.id));
        prop_assert_eq!(Some(&revision.edges.parents), asked.parents.as_ref());
        prop_assert_eq!(&revision.edges.dependencies, asked.dependencies.as_ref().unwrap_or(&was.edges.dependencies));
        prop_assert_eq!(outside(&after), outside(&bytes), "{}", text);
        let again = rewrite(&read(&after), &after, &asked).unwrap();
        prop_assert!(again == after, "a second rewrite changes nothing");
    }

    #[test]
    fn whatever_the_value_is_the_result_is_right_or_refused(
        value in "([()\\[\\]{},'\"#\\\\\n *:=+]|'a'|\"b\"|, |a|None|\r\n){0,12}",
        new in some_ids(),
    ) {
        let text = format!("revision = 'i'\ndown_revision = {value}\nx = 1\n");
        let asked = parents(&new.join(" "));
        if let Ok(after) = rewrite(&read(text.as_bytes()), text.as_bytes(), &asked) {
            let revision = read(&after).revision.unwrap();
            prop_assert_eq!(Some(revision.edges.parents), asked.parents);
            prop_assert!(after.starts_with(b"revision = 'i'\ndown_revision = "));
        }
    }
}
