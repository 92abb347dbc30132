//! What `rebase` prints about databases, read as a person reads it who has one.

/// The commands that are printed for a database at `old`, which is `new` after the move; `None` where there are none.
pub fn advice(said: &str, old: &str, new: &str) -> Option<Vec<String>> {
    for block in said.split("\n\n") {
        let (mut is_meant, mut stands_for) = (false, None);
        for line in block.lines() {
            if let Some(line) = line.strip_prefix("  ") {
                if is_meant && line.contains("alembic stamp") {
                    return Some(commands(line, stands_for, new));
                }
            } else if let Some(rest) = line.strip_prefix("Bring each ") {
                if let Some(rest) = rest.strip_prefix("database stamped with ") {
                    let (who, _) = rest.split_once(" up to date").expect("the sentence ends so");
                    is_meant = names(who, old);
                }
                stands_for = line
                    .split_once(", where ")
                    .map(|(_, rest)| rest.split_once(' ').map_or(rest, |(id, _)| id));
            } else if let Some(who) = who(line) {
                is_meant = names(who, old);
            }
        }
    }
    None
}

/// `u1 (or u2, u3)` in a sentence about databases.
fn who(line: &str) -> Option<&str> {
    let sentences = [
        ("Databases that have already run ", " take "),
        ("Databases that have already run ", " would run "),
        ("Databases stamped with ", " stop "),
        ("THE STAMP ", " NOW MEANS "),
    ];
    sentences
        .iter()
        .find_map(|(start, end)| line.strip_prefix(start)?.split_once(end).map(|(who, _)| who))
}

fn names(who: &str, id: &str) -> bool {
    who.split([' ', ',', '(', ')']).any(|word| word == id)
}

/// The commands of a line, the own id in the place of the one that stands for it: in the last `stamp`.
fn commands(line: &str, stands_for: Option<&str>, own: &str) -> Vec<String> {
    let mut commands: Vec<String> =
        line.split(" && ").map(|one| one.trim_start_matches("alembic ").to_owned()).collect();
    if let Some(other) = stands_for {
        let last = commands.iter_mut().rev().find(|one| one.starts_with("stamp"));
        let last = last.expect("there is a stamp");
        *last = last.replace(other, own);
    }
    commands
}
