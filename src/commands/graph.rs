//! `onehead graph`: the history as a picture.
//!
//! Whatever is wrong with the history is drawn as well as it can be, and said on stderr.

mod refs;

use super::project::{History, Project};
use super::{baseline, opening, reading, saying};
use crate::alembic::question::Question;
use crate::cli::{Format, GlobalArgs, GraphArgs};
use crate::draw::terminal::{self, Style};
use crate::draw::{self, Drawing, Published, Subject, dot, html, mermaid, svg};
use crate::environment::Scope;
use crate::error::{Error, ExitStatus};
use crate::fs;
use crate::graph::Node;
use crate::novelty;
use crate::published::Baseline;
use crate::report::sanitize::sanitize;
use crate::report::{EnvironmentReport, Report, json, text};
use crate::runner::pager;
use crate::script::Depth;
use crate::settings;
use crate::ui::Ui;
use refs::Refs;

/// Draws.
pub(super) fn run(global: &GlobalArgs, args: &GraphArgs, ui: Ui) -> Result<ExitStatus, Error> {
    saying::no_format_of_check(global.format)?;
    if args.open && !matches!(global.format, Format::Text | Format::Html) {
        return Err(Error::Usage {
            message: "`--open` shows a page, and `--format` asks for something else".to_owned(),
            hint: "leave one of them out",
        });
    }
    let question = match args.rev_range.as_deref() {
        None => Question::Heads { verbose: false, resolve_dependencies: false },
        range => Question::history(false, range)?,
    };
    let project = Project::open_at(global, ui, Scope::Nearest, &args.snapshot)?;
    project.warn(false);
    let scripts = project.all_scripts(Depth::Names);
    let histories = project.histories(&scripts);
    let baseline = baseline::read(&project, &baseline::choice(&project, args.baseline.as_ref()))?;
    let answers =
        histories.iter().map(|history| (history, question.answer(&history.graph, history.scripts)));
    let answers = reading::choose(&project, &question, answers.collect())?;
    let loads = answers.iter().all(|(_, answer)| answer.succeeds);
    let mut reports = Vec::new();
    let mut drawings = Vec::new();
    for (history, answer) in &answers {
        let report = history.integrity_report();
        let range = args.rev_range.is_some().then_some(answer.nodes.as_slice());
        let notes = report.findings.iter().map(|finding| finding.message.clone()).collect();
        drawings.push(drawing(&project, &histories, history, &baseline, range, notes));
        reports.push(report);
    }
    write(&project, args, &Report::of_worktree(reports), &drawings)?;
    // The process ends here: taking a hundred thousand scripts apart would only make it last longer.
    drop(answers);
    drop(histories);
    std::mem::forget(scripts);
    Ok(if loads { ExitStatus::Success } else { ExitStatus::Problems })
}

/// The picture of one environment.
fn drawing(
    project: &Project,
    histories: &[History<'_>],
    history: &History<'_>,
    baseline: &Baseline,
    range: Option<&[Node]>,
    notes: Vec<String>,
) -> Drawing {
    let index = histories.iter().position(|one| std::ptr::eq(one, history)).unwrap_or(0);
    let graph = &history.graph;
    let published: Vec<Published> = (graph.all_nodes())
        .map(|node| match baseline {
            Baseline::Absent(_) => Published::Unknown,
            Baseline::Read(published) => {
                let is_there = published.contains(index, &graph.script(node).path, graph.id(node));
                if is_there { Published::Yes } else { Published::No }
            }
        })
        .collect();
    let name = match baseline {
        Baseline::Read(published) => Some(published.name.clone()),
        Baseline::Absent(_) => None,
    };
    let is_new = |node: &Node| published[node.index()] == Published::No;
    let new = graph.all_nodes().filter(is_new).map(|node| graph.script(node).path.as_path());
    let refs = Refs::read(project, name.as_deref(), &new.collect::<Vec<_>>());
    draw::draw(&Subject {
        name: history.environment.name.clone(),
        graph,
        range,
        published: &|node| published[node.index()],
        refs: &|node| refs.of(&graph.script(node).path),
        baseline: name,
        path: &|path| fs::shown(path, &project.root.path, &project.root.path),
        notes,
    })
}

/// The pictures of those environments of a report that have more heads than they should, read once more.
pub(super) fn forked(
    project: &Project,
    report: &Report,
    named: Option<&String>,
) -> Vec<Option<Drawing>> {
    let is_forked = |one: &EnvironmentReport| one.findings.iter().any(novelty::counts_heads);
    if !report.environments.iter().any(is_forked) {
        return Vec::new();
    }
    let scripts = project.all_scripts(Depth::Names);
    let histories = project.histories(&scripts);
    let baseline = baseline::read(project, &baseline::choice(project, named))
        .unwrap_or_else(|error| Baseline::Absent(error.to_string()));
    let pictures = histories.iter().zip(&report.environments).map(|(history, one)| {
        is_forked(one).then(|| drawing(project, &histories, history, &baseline, None, Vec::new()))
    });
    pictures.collect()
}

fn write(
    project: &Project,
    args: &GraphArgs,
    report: &Report,
    drawings: &[Drawing],
) -> Result<(), Error> {
    let ui = project.ui;
    let is_folded = !args.all && args.rev_range.is_none();
    let viewed = || -> Vec<Drawing> {
        if is_folded { drawings.iter().map(Drawing::folded).collect() } else { drawings.to_vec() }
    };
    let sources = project.sources(report);
    match project.format {
        Format::Json => {
            ui.data(&json::graph(drawings, &report.environments, &sources));
            return Ok(());
        }
        Format::Mermaid => ui.data(&mermaid::mermaid(&viewed())),
        Format::Dot => ui.data(&dot::dot(&viewed())),
        Format::Svg => ui.data(&svg::svg(&viewed())),
        _ if args.open => opening::show(&html::html(drawings, is_folded), project.quiet, ui)?,
        Format::Html => ui.data(&html::html(drawings, is_folded)),
        _ if project.quiet => {}
        _ => show(ui, &viewed()),
    }
    ui.talk(&if project.quiet {
        text::quiet(report, &sources)
    } else {
        text::text(report, &sources, ui.styled_stderr)
    });
    Ok(())
}

/// Shows it on the terminal, through a pager where it does not fit.
fn show(ui: Ui, drawings: &[Drawing]) {
    let size = ui.stdout_size();
    let style = Style {
        unicode: settings::shows_unicode(),
        width: size.map(|(width, _)| width),
        paint: &|meaning, text| ui.drawn(meaning, text),
    };
    let mut picture = String::new();
    for drawing in drawings {
        if drawings.len() > 1 {
            picture.extend(["# ", &sanitize(&drawing.name), "\n"]);
        }
        picture.push_str(&terminal::terminal(drawing, &style));
    }
    let fits = size.is_none_or(|(_, height)| picture.lines().count() < height);
    if fits || !pager::show(&settings::pager(), &picture) {
        ui.data(&picture);
    }
}
