//! What each writer makes of a few shapes, and of hostile text.

use super::terminal::{Meaning, Style, terminal};
use super::testing::drawn;
use super::{Drawing, dot, mermaid, svg};
use crate::graph::testing::scripts;
use crate::report::testing::HOSTILE;
use crate::script::Script;

fn picture(history: &str) -> String {
    terminal(&drawn(&scripts(history)), &Style::plain(true))
}

/// Only the lanes and the ids.
fn bare(history: &str) -> String {
    let first = |line: &str| {
        let end = line.find(|c: char| c.is_ascii_alphanumeric()).unwrap_or(line.len());
        let id = line[end..].split(' ').next().unwrap_or_default();
        format!("{}{id}", &line[..end]).trim_end().to_owned()
    };
    picture(history).lines().map(|line| first(line) + "\n").collect()
}

#[test]
fn a_fork() {
    insta::assert_snapshot!(picture("a <- b <- c <- d, b <- e! <- f!"), @"
    ◉    d   d   (head)  origin/main
    ○    c   c
    │ ◉  f!  f!  (head)  unpublished  feature/x
    │ ○  e!  e!  unpublished  feature/x
    ├─╯
    ○    b   b   (branch point)
    ○    a   a   (base)
    ");
}

#[test]
fn a_merge_and_a_second_line_that_leaves_later() {
    insta::assert_snapshot!(bare("a <- b <- c <- d, a <- x <- y, d + y <- m <- n, c <- z"), @"
    ◉      n
    ◆      m
    ├─╮
    ○ │    d
    │ │ ◉  z
    ├─│─╯
    ○ │    c
    ○ │    b
    │ ○    y
    │ ○    x
    ├─╯
    ○      a
    ");
}

#[test]
fn a_line_of_its_own_stands_below_the_merge_that_ends_it() {
    insta::assert_snapshot!(bare("a <- b <- c <- d, x <- y, d + y <- m <- n"), @"
    ◉    n
    ◆    m
    ├─╮
    │ ○  y
    │ ○  x
    ○    d
    ○    c
    ○    b
    ○    a
    ");
}

#[test]
fn many_heads_of_one_parent_need_two_lanes() {
    insta::assert_snapshot!(bare("a <- b, a <- c, a <- d, a <- e"), @"
    ◉    b
    │ ◉  c
    ├─╯
    │ ◉  d
    ├─╯
    │ ◉  e
    ├─╯
    ○    a
    ");
}

#[test]
fn a_merge_of_many() {
    insta::assert_snapshot!(bare("a <- b, a <- c, a <- d, b + c + d <- m"), @"
    ◉      m
    ├─┬─╮
    ○ │ │  b
    │ ○ │  c
    ├─╯ │
    │   ○  d
    ├───╯
    ○      a
    ");
}

#[test]
fn a_crossing() {
    insta::assert_snapshot!(bare("a <- b <- c <- d, a <- x, b <- y, d + x + y <- m"), @"
    ◉      m
    ├─┬─╮
    ○ │ │  d
    ○ │ │  c
    │ ○ │  y
    ├─╯ │
    ○   │  b
    │   ○  x
    ├───╯
    ○      a
    ");
}

#[test]
fn a_merge_of_a_revision_and_what_it_follows() {
    insta::assert_snapshot!(bare("a <- b <- c, c + a <- m"), @"
    ◉    m
    ├─╮
    ○ │  c
    ○ │  b
    ├─╯
    ○    a
    ");
}

#[test]
fn defects_are_drawn() {
    insta::assert_snapshot!(picture("?gone <- a <- b, ?gone <- c, x <- y <- z, z <- x, s <- s, d[nowhere]"), @"
    ◉    b     b  (head)  origin/main
    ○    a     a
    │ ◉  c     c  (head)  origin/main
    ├─╯
    ✕    gone  ! no file defines it
    ○    x     x  ! in a circle
    ○    z     z  ! in a circle
    ○    y     y  ! in a circle: follows x
    ○    s     s  ! in a circle: follows s
    ◉    d     d  ! no file defines nowhere, which it needs  (head, base)  origin/main  needs nowhere
    ");
    let mut twice = scripts("a <- b, a <- c");
    twice[2].revision.as_mut().unwrap().id = "b".into();
    insta::assert_snapshot!(terminal(&drawn(&twice), &Style::plain(true)), @"
    ◉    b  b  ! id used twice  (head)  origin/main
    │ ◉  b  c  ! id used twice  (head)  origin/main
    ├─╯
    ○    a  a  (base)
    ");
    assert_eq!(picture(""), "");
}

#[test]
fn runs_are_folded() {
    let history = "a <- b <- c <- d <- e <- f <- g <- h! <- i!, c <- x! <- y!";
    let folded = drawn(&scripts(history)).folded();
    insta::assert_snapshot!(terminal(&folded, &Style::plain(true)), @"
    ◉    i!  i!  (head)  unpublished  feature/x
    ○    h!  h!  unpublished  feature/x
    ○    g   g   origin/main
    ┆    3 revisions
    │ ◉  y!  y!  (head)  unpublished  feature/x
    │ ○  x!  x!  unpublished  feature/x
    ├─╯
    ○    c   c   (branch point)
    ○    b   b
    ○    a   a   (base)
    ");
    assert_eq!(folded.rows[3].run, ["f", "e", "d"]);
}

#[test]
fn labels_and_needs() {
    insta::assert_snapshot!(picture("a <- b(x), a <- c(y)[b] <- d"), @"
    ◉    d  d  (head)  [y]  origin/main
    ○    c  c  [y]  needs b
    │ ◉  b  b  (head)  [x]  origin/main
    ├─╯
    ○    a  a  (branch point, base)
    ");
}

#[test]
fn ascii_alone() {
    let drawing =
        drawn(&scripts("a <- b <- c, a <- d, b + d <- m, ?z <- q, k <- l <- n <- o <- p"));
    let shown = terminal(&drawing.folded(), &Style::plain(false));
    assert!(shown.is_ascii(), "{shown}");
    insta::assert_snapshot!(shown, @"
    @    p  p  (head)  origin/main
    :    3 revisions
    o    k  k  (base)
    @    c  c  (head)  origin/main
    | @  m  m  (head, merge point)  origin/main
    |-|
    o |  b  b  (branch point)
    | o  d  d
    |-'
    o    a  a  (branch point, base)
    @    q  q  (head)  origin/main
    x    z  ! no file defines it
    ");
}

#[test]
fn nothing_is_wider_than_the_terminal() {
    use unicode_width::UnicodeWidthStr as _;
    let mut scripts = scripts("a <- b <- c, b <- d! <- e!, a <- x, x + c <- m(some-label)[a]");
    for (at, text) in ["日本語の長い説明がここに".repeat(9), "e\u{301}".repeat(90), "x ".repeat(70)]
        .into_iter()
        .enumerate()
    {
        scripts[at].revision.as_mut().unwrap().docstring = text.into();
    }
    let drawing = drawn(&scripts);
    for width in [1, 2, 5, 10, 17, 40, 80, 200] {
        for unicode in [true, false] {
            let style = Style { width: Some(width), ..Style::plain(unicode) };
            let shown = terminal(&drawing, &style);
            for line in shown.lines() {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }
    let style = Style { width: Some(60), ..Style::plain(true) };
    let shown = terminal(&drawing, &style).replace("e\u{301}", "é");
    insta::assert_snapshot!(shown, @"
    ◉      m   m  (head, merge point)  [some-label]  origin/mai…
    ├─╮
    ○ │    c   x x x x x x x x x x x x x x x x x x x x x x x x …
    │ │ ◉  e!  e!            (head)  unpublished  feature/x
    │ │ ○  d!  d!            unpublished  feature/x
    ├─│─╯
    ○ │    b   éééééééééééééééééééééééééééééééé…  (branch point)
    │ ○    x   x
    ├─╯
    ○      a   日本語の長い説明がここに日…  (branch point, base)
    ");
}

#[test]
fn colour_says_nothing_that_the_text_does_not() {
    let drawing = drawn(&scripts("a <- b, a <- c!"));
    let paint = |meaning: Meaning, text: &str| match meaning {
        Meaning::Lane => text.to_owned(),
        _ => format!("\u{1b}[1m{text}\u{1b}[0m"),
    };
    let painted = terminal(&drawing, &Style { unicode: true, width: None, paint: &paint });
    assert!(painted.contains("\u{1b}[1mb\u{1b}[0m"), "{painted}");
    let plain = painted.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
    assert_eq!(plain, terminal(&drawing, &Style::plain(true)));
}

/// A history in which every text is this one.
fn hostile(text: &str) -> Drawing {
    let mut scripts: Vec<Script> = scripts("a <- b <- c, b <- d");
    for script in &mut scripts {
        let revision = script.revision.as_mut().unwrap();
        revision.docstring = text.into();
        revision.labels = vec![crate::revision::BranchLabel::new(text)];
        revision.edges.dependencies = vec![text.into()];
    }
    scripts[3].revision.as_mut().unwrap().id = text.into();
    let mut drawing = drawn(&scripts);
    drawing.name = text.to_owned();
    drawing
}

#[test]
fn hostile_text_stays_text() {
    for text in HOSTILE {
        let drawing = hostile(text);
        let shown = terminal(&drawing, &Style::plain(true));
        let bad = shown.chars().find(|&c| c != '\n' && crate::report::sanitize::is_unsafe(c));
        assert_eq!(bad, None, "{shown}");
        assert_eq!(shown.lines().count(), 5, "{shown}");
        let both = [drawing.clone(), drawing];
        let flowchart = mermaid::flowchart(&both).unwrap();
        let bad = flowchart.chars().find(|&c| c != '\n' && crate::report::sanitize::is_unsafe(c));
        assert_eq!(bad, None, "{flowchart}");
        for line in flowchart.lines().filter(|line| line.contains('"')) {
            assert_eq!(line.matches('"').count(), 2, "{line}");
            let inside = line.split('"').nth(1).unwrap().replace("<br/>", "");
            assert!(
                !inside.contains(['<', '>', '`', '&', '[', ']', '{', '}', '\\', '|']),
                "{line}"
            );
        }
        assert!(flowchart.len() < 50_000);
        let pictures = [dot::dot(&both), svg::svg(&both)];
        for shown in pictures {
            let bad = shown.chars().find(|&c| c != '\n' && crate::report::sanitize::is_unsafe(c));
            assert_eq!(bad, None, "{shown}");
        }
        let shown = svg::svg(&both);
        let ours = ["svg", "title", "style", "rect", "text", "tspan", "g", "path", "circle"];
        for tag in shown.split('<').skip(1) {
            let name = tag.trim_start_matches('/').split([' ', '>', '/']).next().unwrap();
            assert!(ours.contains(&name), "{tag}");
        }
    }
}

#[test]
fn a_flowchart() {
    let drawing = drawn(&scripts("?z <- a <- b <- c, a <- d! <- e!, b + d! <- m[e!]")).folded();
    insta::assert_snapshot!(mermaid::mermaid(&[drawing]), @r#"
    flowchart BT
      e0n0["c<br/>c<br/>head, baseline"]:::head
      e0n1["m<br/>m<br/>head, merge point, baseline, needs e#33;"]:::head
      e0n2["b<br/>b<br/>branch point"]
      e0n3["e#33;<br/>e#33;<br/>head, unpublished, feature#47;x"]:::head
      e0n4["d#33;<br/>d#33;<br/>branch point, unpublished, feature#47;x"]:::unpublished
      e0n5["a<br/>a<br/>branch point"]
      e0n6["z<br/>no file defines it"]:::defect
      e0n2 --> e0n0
      e0n2 --> e0n1
      e0n4 --> e0n1
      e0n5 --> e0n2
      e0n4 --> e0n3
      e0n5 --> e0n4
      e0n6 -.-> e0n5
      e0n3 -. needed by .-> e0n1
      classDef head stroke:#2da44e,stroke-width:3px
      classDef merge stroke:#8250df,stroke-width:2px
      classDef base stroke-width:2px
      classDef unpublished stroke:#bf8700,stroke-width:2px
      classDef defect stroke:#cf222e,stroke-width:2px,stroke-dasharray:4
    "#);
}

#[test]
fn what_nobody_could_read_is_no_flowchart() {
    let many: Vec<String> = (0..60).map(|at| format!("a <- h{at}")).collect();
    let many = many.join(", ");
    insta::assert_snapshot!(mermaid::mermaid(&[drawn(&scripts(&many))]), @r#"
    flowchart BT
      n0["61 rows are too many for a flowchart#58; onehead graph draws them"]
    "#);
}

#[test]
fn for_graphviz() {
    let drawing = drawn(&scripts("?z <- a <- b, a <- d!, b + d! <- m[a], x <- y, y <- x"));
    insta::assert_snapshot!(dot::dot(&[drawing]), @r#"
    digraph history {
      rankdir=BT;
      node [shape=box, style=rounded, fontname="monospace"];
      e0n0 [label="m m (head, merge point, baseline, needs a)", tooltip="m m (head, merge point, baseline, needs a)", penwidth=2];
      e0n1 [label="b b", tooltip="b b"];
      e0n2 [label="d! d! (unpublished, feature/x)", tooltip="d! d! (unpublished, feature/x)", style="rounded,bold"];
      e0n3 [label="a a (branch point)", tooltip="a a (branch point)"];
      e0n4 [label="z (no file defines it)", tooltip="z (no file defines it)", color=red, style=dashed];
      e0n5 [label="x x (in a circle)", tooltip="x x (in a circle)", color=red];
      e0n6 [label="y y (in a circle: follows x)", tooltip="y y (in a circle: follows x)", color=red];
      e0n1 -> e0n0;
      e0n2 -> e0n0;
      e0n3 -> e0n1;
      e0n3 -> e0n2;
      e0n4 -> e0n3 [style=dashed];
      e0n6 -> e0n5;
      e0n3 -> e0n0 [style=dotted, constraint=false, label="needed by"];
      e0n5 -> e0n6 [color=red, style=bold, constraint=false, label="circle"];
    }
    "#);
}

#[test]
fn as_svg() {
    insta::assert_snapshot!(svg::svg(&[drawn(&scripts("a <- b, a <- d!, b + d! <- m"))]), @r##"
    <svg xmlns="http://www.w3.org/2000/svg" width="327" height="120" viewBox="0 0 327 120" role="img" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="12">
    <title>Migration history of alembic.ini</title>
    <style>
    @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 }
    .lane { stroke: #6e7681 }
    .sign { stroke: #8b949e; fill: #0d1117 }
    .head { stroke: #3fb950; fill: #3fb950 }
    .new { stroke: #d29922 }
    .defect { stroke: #f85149 }
    text { fill: #e6edf3 }
    .aside { fill: #8b949e }
    .wrong { fill: #f85149 }
    }
    </style>
    <rect class="ground" width="327" height="120" fill="#ffffff"/>
    <path class="lane" d="M24 27V49" fill="none" stroke="#8c959f" stroke-width="1.5"/>
    <path class="lane" d="M24 27C24 38 40 38 40 49V71" fill="none" stroke="#8c959f" stroke-width="1.5"/>
    <path class="lane" d="M24 49V93" fill="none" stroke="#8c959f" stroke-width="1.5"/>
    <path class="lane" d="M40 71C40 82 24 82 24 93" fill="none" stroke="#8c959f" stroke-width="1.5"/>
    <g><title>m m (head, merge point, baseline)</title><circle class="sign head" fill="#1a7f37" stroke="#1a7f37" stroke-width="1.5" cx="24" cy="27" r="4"/><text x="56" y="31" fill="#1f2328" xml:space="preserve"><tspan font-weight="bold">m</tspan>  m<tspan class="aside" fill="#59636e">  (head, merge point, baseline)</tspan></text></g>
    <g><title>b b</title><circle class="sign" fill="#ffffff" stroke="#59636e" stroke-width="1.5" cx="24" cy="49" r="4"/><text x="56" y="53" fill="#1f2328" xml:space="preserve"><tspan font-weight="bold">b</tspan>  b<tspan class="aside" fill="#59636e"></tspan></text></g>
    <g><title>d! d! (unpublished, feature/x)</title><circle class="sign new" fill="#ffffff" stroke="#9a6700" stroke-width="1.5" cx="40" cy="71" r="4"/><text x="56" y="75" fill="#1f2328" xml:space="preserve"><tspan font-weight="bold">d!</tspan>  d!<tspan class="aside" fill="#59636e">  (unpublished, feature/x)</tspan></text></g>
    <g><title>a a (branch point, base)</title><circle class="sign" fill="#ffffff" stroke="#59636e" stroke-width="1.5" cx="24" cy="93" r="4"/><text x="56" y="97" fill="#1f2328" xml:space="preserve"><tspan font-weight="bold">a</tspan>  a<tspan class="aside" fill="#59636e">  (branch point, base)</tspan></text></g>
    </svg>
    "##);
}
