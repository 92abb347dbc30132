//! Commands as the user sees them, each in a sealed room.
//!
//! What Alembic itself would answer is not judged here but in `tests/alembic`; here it is the contract of options,
//! exit statuses, streams and documents.
#![allow(clippy::disallowed_methods, reason = "tests arrange files and start programs themselves")]
#![allow(missing_docs, reason = "the name of a test says what it proves")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

mod arguments;
mod audit;
mod auto_merge;
mod check;
mod compatibility;
mod completions;
mod documents;
mod examples;
mod finding;
mod fix;
mod forecast;
mod forecast_unknown;
mod fork;
mod formats;
mod graph;
mod init;
mod init_places;
mod json;
mod killed;
mod large;
mod lost;
mod lost_places;
mod lost_restore;
mod merge;
mod merge_refused;
mod operations;
mod published;
mod published_fix;
mod published_rules;
mod rebase;
mod reading;
mod support;
mod variables;
