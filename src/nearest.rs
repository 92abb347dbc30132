//! The nearest known word to a misspelled one, for the messages about unknown keys and rules.
//!
//! Only for words the user wrote by hand: it compares with every candidate.

/// The candidate nearest to `word`: at most a third of its letters changed, added, left out or swapped. The first of
/// several equally near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(64).map(fold).collect();
    let limit = (word.len() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            (distance(&word, &candidate.chars().map(fold).collect::<Vec<_>>()), candidate)
        })
        .filter(|&(distance, _)| distance <= limit)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// `Merge_IDs` is no typo worth a letter each.
fn fold(c: char) -> char {
    if c == '_' { '-' } else { c.to_ascii_lowercase() }
}

/// Edits between two words, a swap of neighbours counted as one (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let changed = last[j] + usize::from(x != y);
            let mut best = changed.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 3] = ["multiple-heads", "missing-parent", "cycle"];

    #[test]
    fn a_swap_and_a_missing_letter() {
        assert_eq!(nearest("mutliple-head", WORDS), Some("multiple-heads"));
    }

    #[test]
    fn underscores_and_capitals_cost_nothing() {
        assert_eq!(nearest("Missing_Parent", WORDS), Some("missing-parent"));
    }

    #[test]
    fn nothing_is_near_to_something_else() {
        assert_eq!(nearest("baseline", WORDS), None);
    }
}
