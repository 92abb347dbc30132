//! A Python `datetime` as a value: its fields, how it is printed, how Alembic's dates are read back.
//!
//! Pure: the clock is never read, and only [`zone`] asks the time zone database.

pub mod zone;
mod strftime;

use std::fmt;

/// A `datetime.datetime`, naive or with an offset from UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateTime {
    /// `year`, from 1 to 9999.
    pub year: i64,
    /// `month`, from 1.
    pub month: i64,
    /// `day`, from 1.
    pub day: i64,
    /// `hour`
    pub hour: i64,
    /// `minute`
    pub minute: i64,
    /// `second`
    pub second: i64,
    /// `microsecond`
    pub microsecond: i64,
    /// The offset from UTC in seconds; `None` for a naive one.
    pub offset: Option<i64>,
    /// `int(timestamp())`, where it is known: a naive one does not say which zone it is in.
    pub epoch: Option<i64>,
}

impl DateTime {
    /// Reads `2026-11-22 14:16:15.797448+01:00`, with a space or `T` between date and time, with or without the
    /// fraction (one to six digits) and the offset (`Z` too): what `str(datetime)` and `isoformat()` print, so what
    /// stands in the line `Create Date:`. `None` for anything else, or a day that does not exist.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let date = text.get(..10)?;
        let rest = text.get(10..)?.strip_prefix([' ', 'T'])?;
        let offset_at = rest.find(['+', '-', 'Z']).unwrap_or(rest.len());
        let (time, offset) = rest.split_at(offset_at);
        let (clock, fraction) = time.split_once('.').map_or((time, None), |(a, b)| (a, Some(b)));
        let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
        let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
        let mut moment = Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            microsecond: fraction.map_or(Some(0), microseconds)?,
            offset: if offset.is_empty() { None } else { Some(offset_seconds(offset)?) },
            epoch: None,
        };
        moment.epoch = moment.offset.map(|offset| moment.truncated(moment.seconds() - offset));
        moment.is_valid().then_some(moment)
    }

    /// Where it comes in an order of dates, in microseconds; a naive one counts as UTC, so that the order is the same
    /// on every machine.
    pub fn order(&self) -> i64 {
        (self.seconds() - self.offset.unwrap_or(0)) * 1_000_000 + self.microsecond
    }

    /// `isoformat(separator)` (CPython 3.11, `datetime_isoformat`): no fraction where there are no microseconds.
    pub fn isoformat(&self, separator: char) -> String {
        let Self { year, month, day, hour, minute, second, .. } = self;
        let fraction = match self.microsecond {
            0 => String::new(),
            microsecond => format!(".{microsecond:06}"),
        };
        let offset = self.offset.map_or_else(String::new, |offset| show_offset(offset, ":"));
        format!(
            "{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}{fraction}{offset}"
        )
    }

    /// `repr()` of a naive one (CPython 3.11, `datetime_repr`); `None` with an offset, since Python then names the
    /// zone object as well.
    pub fn repr(&self) -> Option<String> {
        if self.offset.is_some() {
            return None;
        }
        let Self { year, month, day, hour, minute, second, microsecond, .. } = self;
        let tail = match (second, microsecond) {
            (0, 0) => String::new(),
            (second, 0) => format!(", {second}"),
            (second, microsecond) => format!(", {second}, {microsecond}"),
        };
        Some(format!("datetime.datetime({year}, {month}, {day}, {hour}, {minute}{tail})"))
    }

    /// `strftime(format)` in the C locale, which is the one that Alembic runs in; `None` for a directive whose meaning
    /// depends on the platform, or that is none.
    pub fn strftime(&self, format: &str) -> Option<String> {
        strftime::strftime(self, format)
    }

    /// The day of the year, from 1.
    fn day_of_year(&self) -> i64 {
        days(self.year, self.month, self.day) - days(self.year, 1, 1) + 1
    }

    /// The day of the week, from 0 for Monday.
    fn weekday(&self) -> i64 {
        // 1970-01-01 was a Thursday.
        (days(self.year, self.month, self.day) + 3).rem_euclid(7)
    }

    /// Seconds since 1970-01-01 00:00:00, as if in UTC.
    fn seconds(&self) -> i64 {
        days(self.year, self.month, self.day) * 86_400
            + self.hour * 3_600
            + self.minute * 60
            + self.second
    }

    /// Python's `int()` of these seconds and the microseconds: towards zero.
    fn truncated(&self, seconds: i64) -> i64 {
        if seconds < 0 && self.microsecond > 0 { seconds + 1 } else { seconds }
    }

    fn is_valid(&self) -> bool {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let month_days = match self.month {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        (1..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=month_days).contains(&self.day)
            && (0..24).contains(&self.hour)
            && (0..60).contains(&self.minute)
            && (0..60).contains(&self.second)
            && self.offset.is_none_or(|offset| offset.abs() < 86_400)
    }
}

impl fmt::Display for DateTime {
    /// `str(datetime)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.isoformat(' '))
    }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March here, so that the leap day is the last one.
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let in_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + in_year
        - 719_468
}

/// `+01:00`, with seconds where there are any.
fn show_offset(offset: i64, colon: &str) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let offset = offset.abs();
    let (hours, minutes, seconds) = (offset / 3_600, offset / 60 % 60, offset % 60);
    let tail = if seconds == 0 { String::new() } else { format!("{colon}{seconds:02}") };
    format!("{sign}{hours:02}{colon}{minutes:02}{tail}")
}

/// Three numbers of exactly these widths.
fn numbers(text: &str, separator: char, widths: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let mut found = [0; 3];
    for (number, width) in found.iter_mut().zip(widths) {
        *number = digits(parts.next()?, width)?;
    }
    parts.next().is_none().then_some(found)
}

fn digits(text: &str, width: usize) -> Option<i64> {
    let valid = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| text.parse().ok()).flatten()
}

/// One to six digits behind the point.
fn microseconds(fraction: &str) -> Option<i64> {
    let width = fraction.len();
    let number = (1..=6).contains(&width).then(|| digits(fraction, width)).flatten()?;
    (width..6).try_fold(number, |number, _| number.checked_mul(10))
}

/// `+01:00`, `-05:30:15` or `Z`.
fn offset_seconds(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let text = text.get(1..)?;
    let padded = if text.len() == 5 { format!("{text}:00") } else { text.to_owned() };
    let [hours, minutes, seconds] = numbers(&padded, ':', [2, 2, 2])?;
    (minutes < 60 && seconds < 60).then_some(sign * (hours * 3_600 + minutes * 60 + seconds))
}

#[cfg(test)]
mod tests;
