//! Which branches are open.

use super::Baseline;
use crate::cli::ForecastArgs;
use crate::commands::project::git_error;
use crate::datetime::DateTime;
use crate::error::Error;
use crate::git::{Git, ObjectId, Tip, short};
use crate::rules::words::quoted;
use crate::settings;

/// How old a branch may be, in days, unless somebody says otherwise.
const DAYS: i64 = 90;

const DAY: i64 = 86_400;

/// A branch that may be merged one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Open {
    /// Its names, the one that it is called by first.
    pub(super) names: Vec<String>,
    /// The full names of its refs.
    pub(super) refs: Vec<String>,
    pub(super) commit: ObjectId,
    pub(super) time: i64,
}

/// The branches that are asked for, by name; those with the same commit are one.
pub(super) fn open(baseline: &Baseline, args: &ForecastArgs) -> Result<Vec<Open>, Error> {
    let git = baseline.project.root.git();
    let remote = remote(&git, &baseline.name)?;
    let home = match &remote {
        Some(remote) => format!("refs/remotes/{remote}"),
        None => "refs/heads".to_owned(),
    };
    let tips = if args.refs.is_empty() {
        git.tips(std::slice::from_ref(&home), Some(&baseline.tip)).map_err(git_error)?
    } else {
        named(&git, baseline, &home, &args.refs)?
    };
    let usual = args.refs.is_empty().then(|| settings::now() / 1_000_000 - DAYS * DAY);
    let since = args.since.as_deref().map(since).transpose()?.or(usual);
    let tips = tips.into_iter().filter(|tip| since.is_none_or(|since| tip.time >= since));
    let mut open: Vec<Open> = Vec::new();
    for Tip { reference, commit, time } in tips {
        let at = open.iter().position(|one| one.commit == commit).unwrap_or_else(|| {
            open.push(Open { names: Vec::new(), refs: Vec::new(), commit, time });
            open.len() - 1
        });
        let (one, name) = (&mut open[at], name(&reference, &home));
        if reference.starts_with("refs/") && !one.refs.contains(&reference) {
            one.refs.push(reference);
        }
        if !one.names.contains(&name) {
            one.names.push(name);
        }
    }
    tell_apart(&mut open);
    open.sort_by(|a, b| a.names.cmp(&b.names));
    Ok(open)
}

/// Where two commits have the same name, as a branch here and one of the remote may, each gets its longer one.
fn tell_apart(open: &mut [Open]) {
    let names: Vec<String> = open.iter().map(|one| one.names[0].clone()).collect();
    for one in open.iter_mut() {
        let is_shared = names.iter().filter(|name| **name == one.names[0]).count() > 1;
        if let Some(reference) = one.refs.first().filter(|_| is_shared) {
            short(reference).clone_into(&mut one.names[0]);
        }
    }
}

fn name(reference: &str, home: &str) -> String {
    let inside = reference.strip_prefix(home).and_then(|rest| rest.strip_prefix('/'));
    inside.unwrap_or_else(|| short(reference)).to_owned()
}

/// The remote that the baseline is a branch of; `None` where it is one of this repository alone.
fn remote(git: &Git, baseline: &str) -> Result<Option<String>, Error> {
    let full = git.full_name(baseline).unwrap_or_default();
    if let Some(branch) = full.strip_prefix("refs/heads/") {
        return Ok(git.remote_of(branch));
    }
    let remotes = git.remotes().map_err(git_error)?;
    let Some(rest) = full.strip_prefix("refs/remotes/") else {
        return Ok(remotes.into_iter().find(|name| name == "origin"));
    };
    let holds =
        |name: &&String| rest.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('/'));
    let longest = remotes.iter().filter(holds).max_by_key(|name| name.len()).cloned();
    Ok(longest.or_else(|| Some(rest.split('/').next().unwrap_or_default().to_owned())))
}

/// What the arguments name: among the branches that are looked at anyway, else as git takes it.
fn named(git: &Git, baseline: &Baseline, home: &str, asked: &[String]) -> Result<Vec<Tip>, Error> {
    let mut tips = Vec::new();
    for asked in asked {
        let is_pattern = asked.contains(['*', '?', '[']);
        let found = if is_pattern { matching(git, home, asked)? } else { one(git, home, asked)? };
        if found.is_empty() {
            baseline.project.note(&format!("nothing matches {}", quoted(asked)));
        }
        tips.extend(found);
    }
    Ok(tips)
}

fn matching(git: &Git, home: &str, pattern: &str) -> Result<Vec<Tip>, Error> {
    let places = if pattern.starts_with("refs/") {
        vec![vec![pattern.to_owned()]]
    } else {
        let elsewhere = ["refs/remotes", "refs"].map(|place| format!("{place}/{pattern}"));
        let near = [home, "refs/heads"].map(|place| vec![format!("{place}/{pattern}")]);
        near.into_iter().chain([elsewhere.to_vec()]).collect()
    };
    for place in places {
        let tips = git.tips(&place, None).map_err(git_error)?;
        if !tips.is_empty() {
            return Ok(tips);
        }
    }
    Ok(Vec::new())
}

fn one(git: &Git, home: &str, asked: &str) -> Result<Vec<Tip>, Error> {
    let near = format!("{home}/{asked}");
    let mut tips = git.tips(std::slice::from_ref(&near), None).map_err(git_error)?;
    // A pattern without a star stands for a folder of refs as well.
    tips.retain(|tip| tip.reference == near);
    if !tips.is_empty() {
        return Ok(tips);
    }
    let commit = git.commit(asked).map_err(|_| Error::Usage {
        message: format!("there is no branch or commit {}", quoted(asked)),
        hint: "`git branch --all` lists the branches; `git fetch` brings new ones",
    })?;
    let reference = git.full_name(asked).unwrap_or_else(|| asked.to_owned());
    let time = git.committed_at(&commit).map_err(git_error)?;
    Ok(vec![Tip { reference, commit, time }])
}

/// The moment that `--since` names, in seconds since 1970.
pub(in crate::commands) fn since(text: &str) -> Result<i64, Error> {
    if let Ok(days) = text.parse::<u32>() {
        return Ok(settings::now() / 1_000_000 - i64::from(days) * DAY);
    }
    let date = DateTime::parse(&format!("{text} 00:00:00+00:00")).and_then(|date| date.epoch);
    date.ok_or_else(|| Error::Usage {
        message: format!("{} is neither a number of days nor a date", quoted(text)),
        hint: "write `--since 30` or `--since 2026-11-01`",
    })
}
