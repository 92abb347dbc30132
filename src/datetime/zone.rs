//! Time zones: the only module that asks the system's zone and the time zone database.
//!
//! The clock is given. What Alembic does with the option `timezone` stands here (1.20.1,
//! `ScriptDirectory._generate_create_date`).

use std::fmt;

use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;

use super::DateTime;

/// A zone that is not in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone {
    /// The option `timezone`.
    pub name: Box<str>,
}

impl fmt::Display for UnknownZone {
    /// Alembic's sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Can't locate timezone: {}", self.name)
    }
}

/// The second day of year 1, and the last but one of year 9999: in every zone inside of what Python can say.
const FIRST: i64 = -62_135_510_400_000_000;
const LAST: i64 = 253_402_128_000_000_000;

/// The moment so many microseconds after 1970 as Alembic's `create_date`: naive in the system's zone without the option
/// `timezone`, else with the offset of that zone. A moment outside of the years 1 to 9999 is moved to their border.
///
/// Fails where the zone is in no database.
pub fn in_zone(unix_microseconds: i64, zone: Option<&str>) -> Result<DateTime, UnknownZone> {
    let place = place(zone)?;
    let within = unix_microseconds.clamp(FIRST, LAST);
    let moment = Timestamp::from_microsecond(within).unwrap_or(Timestamp::UNIX_EPOCH);
    let civil = place.to_datetime(moment);
    let offset = place.to_offset(moment).seconds();
    Ok(fields(civil, zone.map(|_| i64::from(offset)), moment))
}

/// A date as the user gives it, `2026-11-22 10:00:00`, in the project's zone: what [`in_zone`] gives for that moment.
/// With an offset of its own it is moved to that zone. `Ok(None)` where the text is no date.
///
/// In an hour that comes twice it is the first; in one that does not exist it is as much later.
///
/// Fails where the zone is in no database.
pub fn at(text: &str, zone: Option<&str>) -> Result<Option<DateTime>, UnknownZone> {
    let place = place(zone)?;
    let Some(given) = DateTime::parse(text) else { return Ok(None) };
    if given.offset.is_some() {
        return in_zone(given.order(), zone).map(Some);
    }
    let moment = civil(&given).and_then(|civil| place.to_timestamp(civil).ok());
    moment.map(|moment| in_zone(moment.as_microsecond(), zone)).transpose()
}

/// The date of a line `Create Date:` as the date of another revision of the same project: in the project's zone, and
/// where it sets none as it is written, so that it is the same on every machine. `Ok(None)` where the text is no date.
///
/// Fails where the zone is in no database.
pub fn of_header(text: &str, zone: Option<&str>) -> Result<Option<DateTime>, UnknownZone> {
    match DateTime::parse(text) {
        Some(written) if written.offset.is_some() && zone.is_none() => Ok(Some(written)),
        _ => at(text, zone),
    }
}

/// `ZoneInfo(name)`, else `ZoneInfo(name.upper())`; both tell capitals from small letters, which the database here does
/// not.
fn place(zone: Option<&str>) -> Result<TimeZone, UnknownZone> {
    let Some(name) = zone else { return Ok(TimeZone::system()) };
    let exact = |name: &str| {
        let zone = TimeZone::get(name).ok()?;
        let same = zone.iana_name() == Some(name) || name == "UTC";
        same.then_some(zone)
    };
    exact(name)
        .or_else(|| exact(&name.to_uppercase()))
        .ok_or_else(|| UnknownZone { name: name.into() })
}

fn fields(civil: civil::DateTime, offset: Option<i64>, moment: Timestamp) -> DateTime {
    DateTime {
        year: civil.year().into(),
        month: civil.month().into(),
        day: civil.day().into(),
        hour: civil.hour().into(),
        minute: civil.minute().into(),
        second: civil.second().into(),
        microsecond: i64::from(civil.subsec_nanosecond()) / 1_000,
        offset,
        epoch: Some(moment.as_second()),
    }
}

fn civil(moment: &DateTime) -> Option<civil::DateTime> {
    civil::DateTime::new(
        moment.year.try_into().ok()?,
        moment.month.try_into().ok()?,
        moment.day.try_into().ok()?,
        moment.hour.try_into().ok()?,
        moment.minute.try_into().ok()?,
        moment.second.try_into().ok()?,
        (moment.microsecond * 1_000).try_into().ok()?,
    )
    .ok()
}
