//! What real projects do to their databases: how much of it is understood, and what is not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The least share of the statements of `upgrade()` that has to be understood, in percent.
const LEAST: usize = 60;

#[test]
fn most_of_what_real_projects_do_is_understood() {
    let packages = crate::prepared("ONEHEAD_TEST_PACKAGES");
    let (mut understood, mut opaque) = (0, 0);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for path in scripts(Path::new(&packages)) {
        let text = std::fs::read_to_string(&path).unwrap();
        let functions = onehead::operations::read(&text);
        understood += functions.upgrade.understood.len();
        opaque += functions.upgrade.opaque.len();
        for part in functions.upgrade.opaque {
            *reasons.entry(part.why).or_default() += 1;
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (why, count) in reasons.iter().take(40) {
        println!("{count:>6}  {why}");
    }
    let all = understood + opaque;
    println!("{understood} of {all} statements of upgrade() are understood");
    assert!(understood * 100 >= all * LEAST, "{understood} of {all}");
}

/// Every file in a folder of migrations.
fn scripts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "py")
                && std::fs::read_to_string(&path).is_ok_and(|text| {
                    text.contains("down_revision") && text.contains("def upgrade")
                })
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
