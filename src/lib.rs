//! onehead keeps Alembic migration histories healthy, without running any Python.
//!
//! Bytes in, a report out; everything between the two ends is pure.
//!
//! ```text
//! argv --cli--> Args --settings, config--> [what was asked for] --environment--> [Environment]
//!                                                                     |
//!         snapshot lists the files of an environment, in Alembic's load order      fs, git: the only input
//!                 | [path]
//!         loader reads them, script::parse in parallel, never fails  --> [Script]
//!                 |
//!         RevisionGraph::build, never fails
//!                 |
//!         RULES.iter().for_each(check) --> [Diagnostic] --> suppress --> sort --> Report
//!                                                                                   |
//!                                                              report::<format> --> stdout
//! ```
//!
//! # What will be found where, and what will not
//!
//! A defect in somebody's history is data. A file that cannot be read is a [`script::Script`] with a
//! [`script::Problem`]; a parent that no file defines is an entry of [`graph::RevisionGraph::missing_parents`]; a rule
//! puts either into words as a [`diagnostic::Diagnostic`] (exit status 1). An [`error::Error`] means that onehead itself
//! could not work (exit status 2). A panic is a bug of ours. The three never mix, and "could not tell" is never "fine".
//!
//! [`graph`] answers twice: as Alembic answers, oddities included, because people compare; and what is wrong, whether or
//! not Alembic notices. Each deliberate difference is a row of COMPATIBILITY.md with its reason and its test.
//!
//! Nothing under [`graph`], [`rules`], [`fix`], [`operations`], [`template`], [`draw`], [`report`], [`audit`], [`forecast`], [`novelty`], [`search`], [`alembic`],
//! [`explain`], [`hook`], [`init`] does input or output, reads the clock or an environment variable, or depends on the order of a
//! hash map: the same input gives the same bytes, everywhere.
//! `std::fs` is used in [`fs`] alone, git in [`git`] alone, the environment in [`settings`] alone, the Python parser's
//! types in [`python`] alone, the time zone database in [`datetime::zone`] alone, the terminal in [`ui`] alone,
//! configured commands are run in [`runner`] alone. `clippy.toml` and `tests/tidy.rs` hold these lines.
//!
//! A repair is values first: [`fix`] turns what becomes of scripts into changes, each with what must be true before it,
//! and [`apply`] makes all of them or none, with a journal from which a killed run is undone or finished.
//!
//! A rule is named in one place: its file under `rules`, with one row in [`rules::RULES`]. Its page beside it is its
//! documentation, its help text, and a test.
//!
//! The modules follow in the order in which to read them.

pub mod revision;

pub mod python;
pub mod script;

pub mod graph;

pub mod diagnostic;
pub mod rules;
pub mod suppress;

pub mod datetime;
pub mod filename;
pub mod template;
pub mod fix;

pub mod operations;

pub mod apply;

pub mod check;

pub mod audit;
pub mod draw;

pub mod report;

pub mod forecast;
pub mod novelty;

pub mod alembic;
pub mod explain;
pub mod hook;
pub mod init;

pub mod config;
pub mod ini;
pub mod nearest;
pub mod settings;
pub mod shell;

pub mod environment;
pub mod fs;
pub mod git;
pub mod loader;
pub mod published;
pub mod runner;
pub mod search;
pub mod snapshot;

pub mod interrupt;
pub mod ui;

pub mod cli;
pub mod reference;

pub mod commands;
pub mod error;
