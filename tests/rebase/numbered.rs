//! Numbered projects: which numbers are kept, which are given, and that names stay unique.

use std::collections::BTreeSet;

use onehead::environment::ExpectedHeads;

use crate::history::{Arguments, Rev, ask, carried_out, closures};
use crate::judge::check_all;
use crate::random::Random;
use crate::shapes::Shape;

/// How a revision with this number is called: its id and its file.
fn whole_name(number: usize, word: &str) -> (String, String) {
    (format!("{number:04}_{word}"), format!("{number:04}_{word}.py"))
}

fn number_only(number: usize, word: &str) -> (String, String) {
    (format!("{number:04}"), format!("{number:04}_{word}.py"))
}

fn in_the_file(number: usize, word: &str) -> (String, String) {
    (format!("id{word}"), format!("{number}_{word}.py"))
}

type Form = fn(usize, &str) -> (String, String);

/// A numbered project, in which everybody takes the next number after that of the parent.
fn project(random: &mut Random, form: Form) -> Shape {
    let mut history: Vec<(usize, Rev)> = Vec::new();
    let published = 2 + random.below(5);
    let mine = 1 + random.below(5);
    for nth in 0..published + mine {
        let is_published = nth < published;
        let on = match nth {
            0 => None,
            _ if is_published => Some(nth - 1),
            // Mine never share a number, whose ids would be the same.
            _ if nth == published => Some(random.below(published)),
            _ if random.percent(80) => Some(nth - 1),
            _ => Some(random.below(published)),
        };
        let word = format!("w{nth}");
        let last = on.map_or(0, |on| history[on].0);
        let mut number = last + 1 + usize::from(random.percent(10)) * random.below(4);
        while !is_published && history[published..].iter().any(|(other, _)| *other == number) {
            number += 1;
        }
        let (id, file) = form(number, &word);
        let parents: Vec<String> = on.map(|on| history[on].1.id.clone()).into_iter().collect();
        let rev = Rev { parents, file, ..Rev::new(&id, &[]) };
        history.push((number, if is_published { rev.published() } else { rev }));
    }
    let mut history: Vec<Rev> = history.into_iter().map(|(_, rev)| rev).collect();
    random.shuffle(&mut history);
    Shape { history, expected: ExpectedHeads::Total(1) }
}

fn number_of(file: &str) -> usize {
    file.split('_').next().unwrap().parse().unwrap()
}

/// Everything about names; what else must be true is checked by [`check_all`].
#[track_caller]
fn check_names(shape: &Shape, form: Form) {
    let Ok(plan) = ask(&shape.history, &shape.expected, &Arguments::default()) else { return };
    let after = carried_out(&shape.history, &plan);
    let ids: BTreeSet<&String> = after.iter().map(|rev| &rev.id).collect();
    let numbers: BTreeSet<usize> = after.iter().map(|rev| number_of(&rev.file)).collect();
    assert_eq!((ids.len(), numbers.len()), (after.len(), after.len()), "{after:#?}");
    for renamed in &plan.renamed {
        let rev = &after[renamed.script];
        let word = rev.file.trim_end_matches(".py").split('_').nth(1).unwrap();
        // A number may be written as wide as that of the target.
        let (id, _) = form(number_of(&rev.file), word);
        assert_eq!(rev.id, id);
        for parent in &rev.parents {
            let parent = after.iter().find(|other| other.id == *parent).expect("a parent");
            assert!(number_of(&rev.file) > number_of(&parent.file), "{after:#?}");
        }
    }
}

fn check_form(form: Form, make: fn(&mut Random) -> Shape) {
    let rounds = crate::rounds(1000);
    let tally = check_all(rounds, make);
    eprintln!("{tally:?}");
    // A reference to a number that exists twice is read as mine, and may close a circle then.
    assert!(tally.refused.keys().all(|code| *code == "duplicate-revision"), "{tally:?}");
    assert!(tally.changed * 2 > rounds, "{tally:?}");
    for seed in 0..rounds as u64 {
        check_names(&make(&mut Random::new(seed)), form);
    }
}

#[test]
fn ids_that_are_the_whole_name() {
    check_form(whole_name, |random| project(random, whole_name));
}

#[test]
fn ids_that_are_only_the_number() {
    check_form(number_only, |random| project(random, number_only));
}

#[test]
fn numbers_in_file_names_only() {
    check_form(in_the_file, |random| project(random, in_the_file));
}

/// A history of numbered files such as `0001_a <- 0002_b`, mine with a star; the names and the parents afterwards.
#[track_caller]
fn check_numbers(history: &str, new_ids: bool, expected: &str) {
    let mut revs: Vec<Rev> = Vec::new();
    for line in history.split(", ") {
        let mut parent: Option<&str> = None;
        for name in line.split(" <- ") {
            let id = name.trim_start_matches('*');
            if !revs.iter().any(|rev| rev.id == id) {
                let rev = Rev { file: format!("{id}.py"), ..Rev::new(id, parent.as_slice()) };
                revs.push(if name == id { rev.published() } else { rev });
            }
            parent = Some(id);
        }
    }
    let arguments = Arguments { new_ids, ..Arguments::default() };
    let plan = ask(&revs, &ExpectedHeads::Total(1), &arguments).expect("a plan");
    let after = carried_out(&revs, &plan);
    assert!(closures(&after, true).is_some());
    let mine = after.iter().filter(|rev| !rev.is_published());
    let mine: Vec<String> =
        mine.map(|rev| format!("{} <- {}", rev.parents.join(" + "), rev.file)).collect();
    let warnings = plan.warnings.iter().map(onehead::fix::rebase::Warning::code);
    assert_eq!(mine.into_iter().chain(warnings).collect::<Vec<_>>().join(", "), expected);
}

#[rustfmt::skip]
mod by_hand {
    use super::check_numbers;

    #[test] fn the_next_number()     { check_numbers("0001_a <- 0002_b, 0001_a <- *0002_x", false, "0002_b <- 0003_x.py"); }
    #[test] fn a_free_one_is_kept()  { check_numbers("0001_a <- 0002_b, 0001_a <- *0007_x", false, "0002_b <- 0007_x.py"); }
    #[test] fn in_a_gap()            { check_numbers("0001_a <- 0002_b <- 0003_c <- 0005_d, 0001_a <- *0004_x", false, "0005_d <- 0004_x.py, number-out-of-order:0004_x"); }
    #[test] fn one_s_own_are_pushed() { check_numbers("0001_a <- 0002_b, 0001_a <- *0002_x <- *0003_x", false, "0002_b <- 0003_x.py, 0003_x <- 0004_x.py"); }
    #[test] fn ten_is_wider()        { check_numbers("8_a <- 9_b, 8_a <- *9_x", false, "9_b <- 10_x.py"); }
    #[test] fn none_is_reused()      { check_numbers("0001_a <- 0002_b, 0001_a <- *0003_x <- *0004_y", true, "0002_b <- 0005_x.py, 0005_x <- 0006_y.py"); }
    #[test] fn dates_are_no_numbers() { check_numbers("2026_01_a <- 2026_02_b, 2026_01_a <- *2026_02_x", false, "2026_02_b <- 2026_02_x.py"); }
    #[test] fn a_new_hash()          { check_numbers("aaaa <- bbbb, aaaa <- *u111 <- *u222", true, "bbbb <- b15af17239b9.py, b15af17239b9 <- 5042badbfe69.py"); }
}
