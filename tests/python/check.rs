//! What must hold for the reading of any bytes at all; shared with the fuzz targets.

use std::path::PathBuf;

use onehead::script::{Body, Depth, Name, NoModules, Problem, Script, Span, parse};

/// A script read by the strict lexer where that answers, and by the parser.
pub fn both(bytes: &[u8]) -> (Script, Script) {
    let read = |depth| parse(PathBuf::from("/versions/abc.py"), bytes, depth, &NoModules);
    (read(Depth::Names), read(Depth::Whole))
}

/// What the strict lexer and the parser disagree about. A syntax error hides a file from Alembic altogether, and may
/// stand where only the parser looks.
#[track_caller]
pub fn check(bytes: &[u8]) {
    let (names, whole) = both(bytes);
    for script in [&names, &whole] {
        check_places(script, bytes);
    }
    let broken =
        |problem: &Problem| matches!(problem, Problem::Syntax { .. } | Problem::TooDeep(_));
    if !whole.problems.iter().any(broken) {
        let (upgrade, downgrade, top_level) = (Body::Unknown, Body::Unknown, Body::Unknown);
        let known = Script { ignores: Vec::new(), upgrade, downgrade, top_level, ..whole };
        assert_eq!(names, known, "{}", String::from_utf8_lossy(bytes));
    }
}

/// Every place lies in the file.
#[track_caller]
fn check_places(script: &Script, bytes: &[u8]) {
    let header = [&script.header.revision, &script.header.revises, &script.header.create_date];
    let header = header.into_iter().flatten().map(|line| line.span);
    let ignores = script
        .ignores
        .iter()
        .flat_map(|ignore| ignore.rules.iter().map(|(_, span)| *span).chain([ignore.span]));
    let lists = [&script.parent_spans, &script.dependency_spans, &script.label_spans];
    let values = Name::ALL.into_iter().filter_map(|name| script.values.get(name));
    let problems = script.problems.iter().filter_map(place);
    let spans = header.chain(ignores).chain(lists.into_iter().flatten().copied());
    for span in spans.chain(values).chain(problems) {
        assert!(bytes.get(span.range()).is_some(), "{span:?} in {} bytes", bytes.len());
    }
}

fn place(problem: &Problem) -> Option<Span> {
    match problem {
        Problem::TooDeep(span) | Problem::NulByte(span) | Problem::ConflictMarkers(span) => {
            Some(*span)
        }
        Problem::Undecodable { span, .. }
        | Problem::UnknownEncoding { span, .. }
        | Problem::Syntax { span, .. }
        | Problem::Unknown { span, .. }
        | Problem::WrongType { span, .. } => Some(*span),
        _ => None,
    }
}
