//! `strftime` in the C locale, for the directives that mean the same on every platform.
//!
//! Refuses the others, also those of glibc alone (`%-d`) and the name of the zone.

use super::{DateTime, show_offset};

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The text that `format` gives; `None` where it holds a directive that is not known here.
pub(super) fn strftime(moment: &DateTime, format: &str) -> Option<String> {
    // C stops at a NUL, and pads years differently from system to system.
    if format.contains('\0') || moment.year < 1000 {
        return None;
    }
    let mut text = String::new();
    let mut characters = format.chars();
    while let Some(c) = characters.next() {
        if c == '%' {
            text.push_str(&directive(moment, characters.next()?)?);
        } else {
            text.push(c);
        }
    }
    Some(text)
}

fn directive(moment: &DateTime, directive: char) -> Option<String> {
    let hour = (moment.hour + 11) % 12 + 1;
    let day = named(&DAYS, moment.weekday());
    let month = named(&MONTHS, moment.month - 1);
    Some(match directive {
        'Y' => moment.year.to_string(),
        'm' => format!("{:02}", moment.month),
        'd' => format!("{:02}", moment.day),
        'H' => format!("{:02}", moment.hour),
        'M' => format!("{:02}", moment.minute),
        'S' => format!("{:02}", moment.second),
        'f' => format!("{:06}", moment.microsecond),
        'y' => format!("{:02}", moment.year % 100),
        'j' => format!("{:03}", moment.day_of_year()),
        'I' => format!("{hour:02}"),
        'p' => if moment.hour < 12 { "AM" } else { "PM" }.to_owned(),
        'A' => day.to_owned(),
        'a' => day.get(..3)?.to_owned(),
        'B' => month.to_owned(),
        'b' => month.get(..3)?.to_owned(),
        'w' => ((moment.weekday() + 1) % 7).to_string(),
        'u' => (moment.weekday() + 1).to_string(),
        'F' => strftime(moment, "%Y-%m-%d")?,
        'T' => strftime(moment, "%H:%M:%S")?,
        'z' => moment.offset.map_or_else(String::new, |offset| show_offset(offset, "")),
        '%' => "%".to_owned(),
        _ => return None,
    })
}

fn named<'a>(names: &[&'a str], at: i64) -> &'a str {
    usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or_default()
}
