//! What is rendered and what is refused; `tests/merge` asks the real Mako.

use super::{Values, render};
use crate::datetime::DateTime;
use crate::revision::RevisionId;

fn rendered(source: &[u8]) -> Result<String, String> {
    let date = DateTime::parse("2026-11-22 14:16:15.797448").unwrap();
    let option = |section: Option<&str>, name: &str| match (section, name) {
        (None, "databases") => Some("one, two".to_owned()),
        (Some("other"), "key") => Some("value".to_owned()),
        _ => None,
    };
    let parents = [RevisionId::from("a1"), RevisionId::from("b2")];
    let values = Values {
        message: "it's <new>",
        up_revision: "m0",
        down_revision: &parents,
        branch_labels: &[],
        create_date: &date,
        option: &option,
    };
    render(source, &values).map_err(|error| error.to_string())
}

#[track_caller]
fn check(source: &str, expected: &str) {
    assert_eq!(rendered(source.as_bytes()).as_deref(), Ok(expected), "{source}");
}

#[track_caller]
fn check_error(source: &str, expected: &str) {
    assert_eq!(rendered(source.as_bytes()), Err(expected.to_owned()), "{source}");
}

#[test]
fn expressions() {
    check("${message}|${up_revision}", "it's <new>|m0");
    check(
        "${repr(message)} ${repr(down_revision)} ${branch_labels}",
        "\"it's <new>\" ('a1', 'b2') None",
    );
    check("${down_revision | comma,n}/${down_revision|comma}", "a1, b2/('a1', 'b2')");
    check("${imports if imports else \"pass\"}${upgrades or ''}", "pass");
    check(
        "${create_date}|${create_date.year}|${create_date.strftime('%Y')}",
        "2026-11-22 14:16:15.797448|2026|2026",
    );
    check(
        "${'%s_%r' % (up_revision, 'x')} ${context.get('%s_u' % up_revision, 'no')}",
        "m0_'x' no",
    );
    check(
        "${config.get_main_option('databases')} ${config.get_main_option('x', 'y')}",
        "one, two y",
    );
    check("${config.get_section_option('other', 'key')}", "value");
    check("${message|h} ${message|u} ${' x '|trim}", "it&#39;s &lt;new&gt; it%27s+%3Cnew%3E x");
    check("${}${'a' 'b' + \"c\"}${'a1' in down_revision}${x is None}${not x}", "abcTrueFalseTrue");
}

#[test]
fn control_lines_and_blocks() {
    check(
        "<%!\nimport re\n%>a\n<%\n  n = 'x'\n%>\n## no\n% for d in re.split(r',\\s*', config.get_main_option('databases')):\n-${d}${n}\n% endfor\nb",
        "a\n\n-onex\n-twox\nb",
    );
    check("% if imports:\nx\n% elif branch_labels:\ny\n% else:\nz\n% endif\n", "z\n");
    check("% if not imports:\n% endif\nx", "x");
    check("<%doc>\n${</%doc>\nx", "\nx");
}

#[test]
fn lexing() {
    check("a ## b % c\n  %% d\n%%% e\\\nf\n%\u{25}", "a ## b % c\n  % d\n%% ef\n%");
    check("\u{feff}# -*- coding: utf-8 -*-\nx\r\ny", "x\r\ny");
    check("## coding: utf-8\r\né", "é");
    assert_eq!(rendered(b"# coding: latin-1\n\xe9"), Ok("é".into()));
    check("\\\r\nx\\", "x\\");
}

#[test]
fn what_is_refused_is_named() {
    check_error(
        "x\n${imports}",
        "line 2: `${imports}`: `imports` is not defined when a merge is written; only `env.py` could supply it",
    );
    check_error(
        "${kwargs.get('x')}",
        "line 1: `${kwargs.get('x')}`: `kwargs` is not defined when a merge is written; only `env.py` could supply it",
    );
    check_error(
        "a\n<%def name=\"x()\">\n</%def>",
        "line 2: `<%def name=\"x()\">`: a tag of mako that is not understood here",
    );
    check_error(
        "\n<%\n  from flask import current_app\n%>",
        "line 3: `from flask import current_app`: it imports `flask`, which is only there where the project's Python runs",
    );
    check_error("% if x:\n", "line 1: `% if x:`: its `% endif` is missing");
    check_error("% if x:\n% endfor\n", "line 2: `% endfor`: it does not belong here");
    check_error("% endif\n", "line 1: `% endif`: it belongs to no open control line");
    check_error(
        "%ensure{python}\n",
        "line 1: `%ensure{python}`: a control line that is not understood here",
    );
    check_error("${imports if imports}", "line 1: `${imports if imports}`: it is not valid Python");
    check_error("${message\n", "line 1: `${message`: the `}` of the expression is missing");
    check_error(
        "${x | entity}",
        "line 1: `${x | entity}`: the filter `entity` is not understood here",
    );
    check_error(
        "${down_revision | n}",
        "line 1: `${down_revision | n}`: a value of type `tuple` is no text",
    );
    check_error("a\rb", "line 1: ``: a carriage return without a line feed");
    check_error(
        "# coding: klingon\n",
        "line 1: `# coding: klingon`: the encoding `klingon` is not known here",
    );
    assert_eq!(rendered(b"a\n\xff x"), Err("line 2: `\u{fffd} x`: it is not valid utf-8".into()));
    check_error("<% x = 1 %>${y}<% y = x %>", "line 1: `${y}`: `y` is read before it is bound");
    check_error(
        "<% str = 1 %>",
        "line 1: `str = 1`: it binds `str`, which means something else already",
    );
}

#[test]
fn a_template_that_would_take_all_memory_or_time_is_refused() {
    let doubling = "<% a = 'x' %>".to_owned() + &"<% a = a + a %>".repeat(60);
    let nested = "<% a = 'x' %>".to_owned() + &"<% a = (a, a) %>".repeat(60);
    let loops = "% for a in 'abcdefghij':\n".repeat(12) + "x\n" + &"% endfor\n".repeat(12);
    let replaced =
        "<% a = 'x' %>".to_owned() + &"<% a = a.replace('x', 'xxxxxxxxxx') %>".repeat(60);
    let joined = "<% a = 'x' %>".to_owned() + &"<% a = a.join([a, a, a]) %>".repeat(60);
    let formatted = "<% a = 'x' %>".to_owned() + &"<% a = '%s%r' % (a, a) %>".repeat(60);
    for source in [doubling, nested, loops, replaced, joined, formatted] {
        let error = rendered(source.as_bytes()).unwrap_err();
        assert!(error.ends_with("the template takes too long"), "{error}");
    }
    assert_eq!(
        rendered(&vec![b'x'; 70_000]),
        Err("line 1: ``: it has more than 65536 bytes".into())
    );
}
