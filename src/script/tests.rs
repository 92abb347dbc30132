//! What a script says, one line for each way of saying it.

#![allow(clippy::disallowed_methods, reason = "tests arrange files themselves")]

use std::path::PathBuf;

use super::*;
use crate::snapshot::Snapshot;

/// Knows one module, `pkg.cli`, and a star-imported one.
struct Repository;

impl Modules for Repository {
    fn source(&self, _: &std::path::Path, level: u32, dotted: &str) -> Option<Vec<u8>> {
        let source: &str = match (level, dotted) {
            (0, "pkg.cli") => {
                "EXPAND = 'expand'\nBOTH = ('a', 'b')\nLIST = ['a']\nMADE = str('x')\nfrom other import MORE\nif 1:\n    MAYBE = 'x'\n"
            }
            (0, "pkg") => "NAME = 'from init'\n",
            (0, "stars") => "revision = 'starred'\ndown_revision = None\n",
            (0, "harmless") => "x = 1\n",
            (1, "cli" | "") => "EXPAND = 'relative'\n",
            _ => return None,
        };
        Some(source.into())
    }
}

fn read(text: &str) -> Script {
    read_bytes(text.as_bytes())
}

fn read_bytes(bytes: &[u8]) -> Script {
    parse(PathBuf::from("/project/versions/script.py"), bytes, Depth::Whole, &Repository)
}

fn source(text: &str, span: Span) -> &str {
    &text[span.range()]
}

/// What the script says of one name: its strings, or in words what is wrong.
fn said(script: &Script, text: &str, name: Name) -> String {
    for problem in &script.problems {
        match problem {
            Problem::Unknown { name: of, span, why } if *of == name => {
                return format!("{why:?} at {}", source(text, *span));
            }
            Problem::WrongType { name: of, span, python_type } if *of == name => {
                return format!("{python_type} at {}", source(text, *span));
            }
            Problem::Missing(of) if *of == name => return "missing".into(),
            _ => {}
        }
    }
    let Some(revision) = &script.revision else { return "nothing".into() };
    let parents = || revision.edges.parents.iter().map(ToString::to_string).collect::<Vec<_>>();
    match name {
        Name::Revision => revision.id.to_string(),
        Name::DownRevision => parents().join(" "),
        Name::BranchLabels => {
            revision.labels.iter().map(BranchLabel::as_str).collect::<Vec<_>>().join(" ")
        }
        Name::DependsOn => revision.edges.dependencies.join(" "),
    }
}

#[track_caller]
fn check_revision(text: &str, expected: &str) {
    let text = &format!("{text}\ndown_revision = None\n");
    assert_eq!(said(&read(text), text, Name::Revision), expected);
}

#[track_caller]
fn check_parents(text: &str, expected: &str) {
    let text = &format!("revision = 'r'\n{text}\n");
    assert_eq!(said(&read(text), text, Name::DownRevision), expected);
}

#[track_caller]
fn check_labels(text: &str, expected: &str) {
    let text = &format!("revision = 'r'\ndown_revision = None\n{text}\n");
    assert_eq!(said(&read(text), text, Name::BranchLabels), expected);
}

#[track_caller]
fn check_dependencies(text: &str, expected: &str) {
    let text = &format!("revision = 'r'\ndown_revision = None\n{text}\n");
    assert_eq!(said(&read(text), text, Name::DependsOn), expected);
}

#[rustfmt::skip]
mod values {
    use super::*;

    #[test] fn the_last_assignment_wins()         { check_revision("revision = 'a'\nrevision = 'b'", "b"); }
    #[test] fn an_annotation_alone_defines_nothing() { check_revision("revision: str", "missing"); }
    #[test] fn chained()                          { check_revision("a = revision = 'x'", "x"); }
    #[test] fn unpacked()                         { check_revision("a, revision = 'x', 'y'", "y"); }
    #[test] fn unpacked_beside_a_call()           { check_revision("a, revision = f(), 'y'", "y"); }
    #[test] fn a_walrus()                         { check_revision("(revision := 'x')", "x"); }
    #[test] fn joined()                           { check_revision("revision = 'a' 'b' + f'c'", "abc"); }
    #[test] fn a_name_bound_earlier()             { check_revision("X = 'x'\nrevision = X\nX = 'y'", "x"); }
    #[test] fn a_name_bound_later()               { check_revision("revision = X\nX = 'y'", "Computed at X"); }
    #[test] fn a_name_bound_conditionally()       { check_revision("if a: X = 'y'\nrevision = X", "Computed at X"); }
    #[test] fn bytes()                            { check_revision("revision = b'x'", "bytes at b'x'"); }
    #[test] fn a_number()                         { check_revision("revision = 12", "int at 12"); }
    #[test] fn none()                             { check_revision("revision = None", "NoneType at None"); }
    #[test] fn below_if()                         { check_revision("if a:\n  revision = 'x'", "Conditional(\"if\") at 'x'"); }
    #[test] fn below_try()                        { check_revision("revision = 'y'\ntry:\n  revision = 'x'\nexcept E: pass", "Conditional(\"try\") at 'x'"); }
    #[test] fn below_if_and_then_for_certain()    { check_revision("if a:\n  revision = 'x'\nrevision = 'y'", "y"); }
    #[test] fn below_type_checking()              { check_revision("if TYPE_CHECKING:\n  revision = 'x'\nelse:\n  revision = 'y'", "y"); }
    #[test] fn imports_below_try()                { check_revision("try:\n  import a\nexcept E:\n  a = None\nrevision = 'y'", "y"); }
    #[test] fn a_call()                           { check_revision("revision = make.it(1)", "Call(\"make.it\") at make.it(1)"); }
    #[test] fn an_f_string_with_holes()           { check_revision("revision = f'{x}'", "Computed at f'{x}'"); }
    #[test] fn augmented()                        { check_revision("revision = 'a'\nrevision += 'b'", "Rebound at revision += 'b'"); }
    #[test] fn deleted()                          { check_revision("revision = 'a'\ndel revision", "Rebound at del revision"); }
    #[test] fn through_globals()                  { check_revision("revision = 'a'\nglobals()['revision'] = 'b'", "Rebound at globals"); }
    #[test] fn globals_before()                   { check_revision("globals()['revision'] = 'b'\nrevision = 'a'", "a"); }
    #[test] fn globals_in_a_function()            { check_revision("revision = 'a'\ndef f(): globals()['x'] = 1", "a"); }
    #[test] fn global_in_a_function()             { check_revision("revision = 'a'\ndef f():\n  global revision\n  revision = 1", "Rebound at global"); }
    #[test] fn a_local_of_that_name()             { check_revision("revision = 'a'\ndef f():\n  revision = 1\nclass A:\n  revision = 2", "a"); }
    #[test] fn a_function_of_that_name()          { check_revision("def revision(): pass", "function at revision"); }
    #[test] fn a_lone_surrogate()                 { check_revision(r"revision = '\ud800'", r"Computed at '\ud800'"); }
    #[test] fn get_down_revision()                { check_parents("down_revision = get_down_revision(revision)", "Call(\"get_down_revision\") at get_down_revision(revision)"); }
    #[test] fn no_down_revision()                 { check_parents("", "missing"); }
    #[test] fn a_set_keeps_the_written_order()    { check_parents("down_revision = {'b', 'a', 'b'}", "b a"); }
    #[test] fn repeated_parents()                 { check_parents("down_revision = ['a', 'a']", "a a"); }
    #[test] fn none_in_a_tuple_is_a_base()        { check_parents("down_revision = (None,)", ""); }
    #[test] fn none_beside_a_parent()             { check_parents("down_revision = ('a', None)", "NoneType at None"); }
    #[test] fn false_is_no_base()                 { check_parents("down_revision = False", "bool at False"); }
    #[test] fn zero_is_no_base()                  { check_parents("down_revision = 0", "int at 0"); }
    #[test] fn a_changed_list()                   { check_parents("down_revision = ['a']\ndown_revision.append('b')", "Rebound at down_revision"); }
    #[test] fn labels_missing()                   { check_labels("", ""); }
    #[test] fn none_is_no_label()                 { check_labels("branch_labels = (None,)", "NoneType at None"); }
    #[test] fn dependencies_as_written()          { check_dependencies("depends_on = ['b', 'a']", "b a"); }
    #[test] fn a_list_filled_later()              { check_dependencies("d = []\nd.append('x')\ndepends_on = d", "Computed at d"); }
}

#[rustfmt::skip]
mod imports {
    use super::*;

    #[test] fn an_attribute_of_a_module()  { check_labels("from pkg import cli\nbranch_labels = (cli.EXPAND,)", "expand"); }
    #[test] fn a_module_by_its_full_name() { check_labels("import pkg.cli\nbranch_labels = pkg.cli.EXPAND", "expand"); }
    #[test] fn a_module_by_another_name()  { check_labels("import pkg.cli as c\nbranch_labels = c.BOTH", "a b"); }
    #[test] fn a_name()                    { check_labels("from pkg.cli import EXPAND as E\nbranch_labels = ('x', E)", "x expand"); }
    #[test] fn from_the_package_itself()   { check_labels("import pkg\nbranch_labels = pkg.NAME", "from init"); }
    #[test] fn relative()                  { check_labels("from . import cli\nbranch_labels = cli.EXPAND", "relative"); }
    #[test] fn the_value_itself()          { check_labels("from pkg.cli import EXPAND as branch_labels", "expand"); }
    #[test] fn a_list_may_have_changed()   { check_labels("from pkg.cli import LIST\nbranch_labels = LIST", "Computed at LIST"); }
    #[test] fn what_is_computed_there()    { check_labels("from pkg.cli import MADE\nbranch_labels = MADE", "Computed at MADE"); }
    #[test] fn what_is_imported_there()    { check_labels("from pkg.cli import MORE\nbranch_labels = MORE", "Computed at MORE"); }
    #[test] fn what_is_conditional_there() { check_labels("from pkg.cli import MAYBE\nbranch_labels = MAYBE", "Computed at MAYBE"); }
    #[test] fn of_no_known_module()        { check_labels("import z\nbranch_labels = z.A", "Computed at z.A"); }
    #[test] fn a_star_that_defines_it()    { check_revision("from stars import *", "starred"); }
    #[test] fn a_star_beside_a_value()     { check_revision("revision = 'a'\nfrom unknown import *", "a"); }
    #[test] fn a_star_that_may_define_it() { check_revision("from unknown import *", "Rebound at from unknown import *"); }
    #[test] fn a_star_without_the_word()   { check_labels("from harmless import *", ""); }
    #[test] fn a_star_of_sqlalchemy()      { check_labels("from sqlalchemy import *", ""); }
}

#[test]
fn an_id_by_the_name_of_the_file() {
    let named = |name: &str| {
        let script = parse(PathBuf::from(name), b"down_revision = None", Depth::Whole, &NoModules);
        script.id().map(ToString::to_string)
    };
    assert_eq!(named("/v/1a2b3c.py").as_deref(), Some("1a2b3c"));
    assert_eq!(named("/v/1a2b3c_x.py"), None);
    assert_eq!(named("/v/1A2B.py"), None);
}

#[test]
fn a_revision_without_known_parents_is_no_base() {
    for text in [
        "revision = 'r'",
        "revision = 'r'\ndown_revision = f()",
        "revision = 'r'\ndown_revision = 5",
    ] {
        let revision = read(text).revision.expect("an id");
        assert!(!revision.parents_known && revision.edges.parents.is_empty(), "{text}");
    }
    assert!(read("revision = 'r'\ndown_revision = None").revision.expect("an id").parents_known);
}

#[test]
fn places_are_those_of_the_bytes() {
    let plain =
        "# caf\u{e9}\n'''x'''\nrevision = 'a'\ndown_revision = (\n  'b',  # c\n  \"c\" 'd',\n)\n";
    let cookie = format!("# coding: latin-1\n{plain}");
    let latin: Vec<u8> = cookie.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect();
    let files = [
        plain.as_bytes().to_vec(),
        plain.replace('\n', "\r\n").into_bytes(),
        plain.replace('\n', "\r").into_bytes(),
        format!("\u{feff}{plain}").into_bytes(),
        latin,
    ];
    for bytes in files {
        for depth in [Depth::Names, Depth::Whole] {
            let script = parse(PathBuf::from("a.py"), &bytes, depth, &NoModules);
            let at = |span: Span| String::from_utf8_lossy(&bytes[span.range()]).into_owned();
            assert_eq!(script.problems, []);
            assert_eq!(at(script.values.get(Name::Revision).expect("a value")), "'a'");
            let parents: Vec<String> = script.parent_spans.iter().map(|span| at(*span)).collect();
            assert_eq!(parents, ["'b'", "\"c\" 'd'"]);
            let whole = at(script.values.get(Name::DownRevision).expect("a value"));
            assert!(whole.starts_with('(') && whole.ends_with(')'), "{whole}");
        }
    }
}

#[test]
fn header_lines() {
    let text = "'''m\n\nRevision ID: a b \n  Revises:\nCreate Date: now\nRevises: later'''\n";
    let header = read(text).header;
    let line = |line: Option<HeaderLine>| {
        line.map(|line| (line.text.to_string(), source(text, line.span).to_owned()))
    };
    assert_eq!(line(header.revision), Some(("a b".into(), "a b".into())));
    assert_eq!(line(header.create_date), Some(("now".into(), "now".into())));
    let revises = header.revises.expect("a line");
    assert_eq!(
        (&*revises.text, &text[..revises.span.start as usize]),
        ("", "'''m\n\nRevision ID: a b \n  Revises:")
    );
    assert_eq!(read("import a\n'''Revises: x'''\n").header, Header::default());
}

#[test]
fn ignore_comments() {
    let text = "#onehead:ignore[a]\nx = '# onehead: ignore[no]'  # noqa # onehead : ignore [ b , c ] why\n# onehead: ignore\n# onehead: ignored\n# onehead: ignore b\n";
    let found: Vec<(String, Vec<String>)> = read(text)
        .ignores
        .iter()
        .map(|ignore| {
            let rules = ignore.rules.iter().map(|(name, span)| {
                assert_eq!(source(text, *span), &**name);
                name.to_string()
            });
            (source(text, ignore.span).to_owned(), rules.collect())
        })
        .collect();
    let expected = [
        ("#onehead:ignore[a]", vec!["a"]),
        ("# onehead : ignore [ b , c ]", vec!["b", "c"]),
        ("# onehead: ignore", vec![]),
        ("# onehead: ignore b", vec![]),
    ];
    let expected: Vec<(String, Vec<String>)> = expected
        .into_iter()
        .map(|(text, rules)| (text.to_owned(), rules.into_iter().map(str::to_owned).collect()))
        .collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn check_upgrade(text: &str, expected: Option<&str>) {
    match (read(text).upgrade, expected) {
        (Body::Empty, Some("")) | (Body::Unknown, None) => {}
        (Body::Code(span), Some(code)) => assert_eq!(source(text, span), code),
        (body, expected) => panic!("{body:?} is not {expected:?}"),
    }
}

#[rustfmt::skip]
mod upgrade {
    use super::*;

    #[test] fn pass()         { check_upgrade("def upgrade():\n  '''doc'''\n  pass\n  ...\n  return None", Some("")); }
    #[test] fn code()         { check_upgrade("def upgrade():\n  '''doc'''\n  op.x()\n  op.y()", Some("op.x()")); }
    #[test] fn a_return()     { check_upgrade("def upgrade(): return 1", Some("return 1")); }
    #[test] fn missing()      { check_upgrade("def downgrade(): pass", None); }
    #[test] fn conditional()  { check_upgrade("if a:\n  def upgrade(): pass", None); }
    #[test] fn rebound()      { check_upgrade("def upgrade(): pass\nupgrade = other", None); }
    #[test] fn twice()        { check_upgrade("def upgrade(): pass\ndef upgrade(): op.x()", Some("op.x()")); }
}

#[track_caller]
fn check_operations(text: &str, expected: bool) {
    assert_eq!(read(text).has_operations(), expected, "{text}");
}

const IDLE: &str = "'''m'''\nfrom alembic import op\nimport sqlalchemy as sa\nrevision: str = 'a'\ndown_revision = ('b', 'c')\n# comment\ndef upgrade() -> None:\n  pass\ndef downgrade():\n  '''none'''\n";

#[rustfmt::skip]
mod operations {
    use super::*;

    #[test] fn a_merge()              { check_operations(IDLE, false); }
    #[test] fn in_upgrade()           { check_operations(&IDLE.replace("pass", "op.x()"), true); }
    #[test] fn in_downgrade()         { check_operations(&IDLE.replace("'''none'''", "op.x()"), true); }
    #[test] fn at_the_top()           { check_operations(&format!("{IDLE}op.x()"), true); }
    #[test] fn another_name()         { check_operations(&format!("{IDLE}replaces = ['x']"), true); }
    #[test] fn another_function()     { check_operations(&format!("{IDLE}def f(): pass"), true); }
    #[test] fn a_decorator()          { check_operations(&IDLE.replace("def up", "@run\ndef up"), true); }
    #[test] fn a_string_at_the_top()  { check_operations(&format!("{IDLE}'''more'''"), false); }
    #[test] fn a_condition()          { check_operations(&format!("{IDLE}if x: pass"), true); }
    #[test] fn no_downgrade()         { check_operations("revision = 'a'\ndown_revision = None\ndef upgrade(): pass", true); }
    #[test] fn names_only() {
        let script = parse(PathBuf::from("a.py"), IDLE.as_bytes(), Depth::Names, &NoModules);
        assert!(script.has_operations(), "unknown is no proof");
    }
}

/// The first problem in a few words.
fn problem(bytes: &[u8]) -> String {
    let script = read_bytes(bytes);
    let at = |span: &Span| String::from_utf8_lossy(&bytes[span.range()]).trim_end().to_owned();
    match script.problems.first() {
        None => "none".into(),
        Some(Problem::Syntax { message, span }) => format!("{message} at {}", at(span)),
        Some(Problem::Undecodable { encoding, span }) => format!("no {encoding} at {}", span.start),
        Some(Problem::UnknownEncoding { encoding, span }) => {
            format!("unknown {encoding} at {}", at(span))
        }
        Some(Problem::NulByte(span)) => format!("NUL at {}", span.start),
        Some(Problem::TooDeep(span)) => format!("too deep at {}", span.start),
        Some(Problem::ConflictMarkers(span)) => format!("conflict at {}", at(span)),
        Some(other) => format!("{other:?}"),
    }
}

#[track_caller]
fn check_problem(line: &[u8], expected: &str) {
    let bytes = [b"revision = 'a'\n", line, b"\ndown_revision = None\n"].concat();
    assert_eq!(problem(&bytes), expected);
    assert_eq!(
        read_bytes(&bytes).id().map(ToString::to_string).as_deref(),
        Some("a"),
        "values are read all the same"
    );
}

#[rustfmt::skip]
mod problems {
    use super::*;

    #[test] fn nothing()           { check_problem(b"x = f'{a['b']}'\nmatch x:\n  case 1: pass\ntype X = int", "none"); }
    #[test] fn python_2()          { check_problem(b"print x", "`print` without parentheses is Python 2 at x"); }
    #[test] fn a_print_call()      { check_problem(b"print (x)", "none"); }
    #[test] fn syntax()            { check_problem(b"def f(:\n  pass", "expected a parameter or the end of the parameter list at :"); }
    #[test] fn latin_1_as_utf_8()  { check_problem(b"# \xe9", "no utf-8 at 17"); }
    #[test] fn nul()               { check_problem(b"# \0", "NUL at 17"); }
    #[test] fn return_at_the_top() { check_problem(b"return 1", "none"); }
    #[test] fn depth_of_200()      { check_problem(format!("x = {}{}", "(".repeat(200), ")".repeat(200)).as_bytes(), "none"); }
    #[test] fn an_underline()      { check_problem(b"'''\nTitle\n=======\n'''", "none"); }
    #[test] fn half_a_conflict()   { check_problem(b"'''\n<<<<<<< \n=======\n'''", "none"); }
    #[test] fn an_empty_file()     { assert_eq!(problem(b""), "Missing(Revision)"); }
    #[test] fn an_unknown_cookie() { assert_eq!(problem(b"# coding: klingon\n"), "unknown klingon at # coding: klingon"); }
    #[test] fn a_cookie_and_a_bom() { assert_eq!(problem(b"\xef\xbb\xbf# coding: latin-1\n"), "unknown latin-1 at # coding: latin-1"); }
    #[test] fn depth_of_201()      { assert_eq!(problem("(".repeat(201).as_bytes()), "too deep at 200"); }
    #[test] fn depth_of_a_million() { assert_eq!(problem("(".repeat(1_000_000).as_bytes()), "too deep at 200"); }
}

#[test]
fn an_error_on_the_line_of_a_value_makes_it_unknown() {
    check_parents("down_revision = 'a' 'b' c", "Computed at 'a' 'b'");
    check_parents("down_revision = 'a", "Computed at 'a");
}

mod conflicts {
    use super::*;

    const TEXT: &str = "'''m'''\nrevision = 'r'\n<<<<<<< HEAD\ndown_revision = 'a'\n||||||| base\ndown_revision = 'c'\n=======\ndown_revision = ('b',\n 'c')\n>>>>>>> theirs\nbranch_labels = ('l',)\n";

    #[test]
    fn both_sides_are_said() {
        let script = read(TEXT);
        let ours = Some("'a'".into());
        let theirs = Some("('b', 'c')".into());
        let marker = script.problems.first();
        assert!(
            matches!(marker, Some(Problem::ConflictMarkers(span)) if source(TEXT, *span) == "<<<<<<< HEAD")
        );
        let Some(Problem::Unknown { name, span, why }) = script.problems.get(1) else {
            panic!("{script:?}")
        };
        assert_eq!((*name, source(TEXT, *span)), (Name::DownRevision, "'a'"));
        assert_eq!(*why, Unknown::Conflict { ours, theirs });
        assert_eq!(script.problems.len(), 2);
    }

    #[test]
    fn what_both_sides_agree_on_is_known() {
        let script = read(TEXT);
        let revision = script.revision.expect("an id");
        assert_eq!((revision.id.as_str(), revision.parents_known), ("r", false));
        assert_eq!(
            script.label_spans.iter().map(|span| source(TEXT, *span)).collect::<Vec<_>>(),
            ["'l'"]
        );
    }

    #[test]
    fn one_side_has_none() {
        let text = "revision = 'r'\n<<<<<<< HEAD\n=======\ndown_revision = 'b'\n>>>>>>> x\n";
        let script = read(text);
        let why = Unknown::Conflict { ours: None, theirs: Some("'b'".into()) };
        let span = script.values.get(Name::DownRevision).expect("a place");
        assert_eq!(source(text, span), "'b'");
        assert!(script.problems.contains(&Problem::Unknown {
            name: Name::DownRevision,
            span,
            why
        }));
    }

    #[test]
    fn in_the_docstring_it_is_one_too() {
        let text = "'''m\n<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n'''\nrevision = 'r'\ndown_revision = None\n";
        for depth in [Depth::Names, Depth::Whole] {
            let script = parse(PathBuf::from("a.py"), text.as_bytes(), depth, &NoModules);
            assert!(matches!(script.problems[..], [Problem::ConflictMarkers(_)]), "{script:?}");
        }
    }

    #[test]
    fn in_a_body_the_values_are_known() {
        let text = "revision = 'r'\ndown_revision = None\ndef upgrade():\n<<<<<<< a\n    op.x()\n=======\n    op.y()\n>>>>>>> b\n";
        let script = read(text);
        assert!(
            matches!(script.problems[..], [Problem::ConflictMarkers(_)]),
            "{:?}",
            script.problems
        );
        assert!(script.revision.is_some_and(|revision| revision.parents_known));
    }
}

#[test]
fn modules_in_folders() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    write("src/pkg/__init__.py", "package");
    write("src/pkg/cli.py", "module");
    write("pkg/versions/x.py", "");
    write("pkg/near.py", "near");
    let modules = FolderModules::new(
        &Snapshot::Worktree,
        vec![folder.path().join("nowhere"), folder.path().join("src")],
    );
    let from = folder.path().join("pkg/versions/x.py");
    let source = |level, dotted: &str| {
        modules
            .source(&from, level, dotted)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    assert_eq!(source(0, "pkg").as_deref(), Some("package"));
    assert_eq!(source(0, "pkg.cli").as_deref(), Some("module"));
    assert_eq!(source(2, "near").as_deref(), Some("near"));
    assert_eq!(source(1, "near"), None);
    assert_eq!(source(0, "pkg.none"), None);
}

/// What the strict lexer is there for: files as Alembic's templates write them.
#[test]
fn the_strict_lexer_answers_ordinary_files() {
    let ordinary = "\"\"\"add x\n\nRevision ID: a\nRevises: b\nCreate Date: 2026-01-01\n\n\"\"\"\nfrom typing import Sequence, Union\n\nfrom alembic import op\n\n\n# revision identifiers, used by Alembic.\nrevision: str = 'a'\ndown_revision: Union[str, Sequence[str], None] = ('b', \"c\")  # two\nbranch_labels: Union[str, Sequence[str], None] = None\ndepends_on: Union[str, Sequence[str], None] = [\n  # comment\n  'd',\n]\n\n\ndef upgrade() -> None:\n    \"\"\"Upgrade schema.\"\"\"\n    op.execute(f'{op} x')\n";
    assert!(crate::python::read_simple(ordinary).is_some());
    for declined in [
        "\u{c}revision = 'a'",
        "revision \\\n = 'a'",
        "revision = 'a'; x = 1",
        "x = f'{a['revision']}'",
        "revision = '\\x61'",
        "revision = b'a'",
        "revision = 'a",
        "x = '''\nrevision = 'a'",
        "<<<<<<< a\n",
        "revision = 'a' 'b'",
        "def f(revision): pass",
        "from x import *",
        "__doc__ = 'x'",
        "'a' 'b'",
        "b'x'",
        "(revision := 1)",
        "\u{ff52}evision = 1",
        "x = (\nrevision = 'a')",
        "x = \\\nrevision = 'a'",
        "revision = 'a'\nrevision = 'b'",
        "revision: 'x' = 'a'",
    ] {
        assert!(crate::python::read_simple(declined).is_none(), "{declined}");
    }
}
