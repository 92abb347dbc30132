//! Dates as Python prints and reads them.

use super::{DateTime, zone};

#[track_caller]
fn check_same(text: &str) {
    assert_eq!(DateTime::parse(text).unwrap().to_string(), text);
}

#[test]
fn dates_as_alembic_prints_them() {
    check_same("2026-11-22 14:16:15.797448");
    check_same("2026-11-22 14:16:15");
    check_same("2024-02-29 00:00:00.000001+01:00");
    check_same("0001-01-01 23:59:59-11:30");
    check_same("1890-01-01 00:00:00+00:53:28");
}

#[test]
fn texts_that_are_no_date() {
    for text in [
        "",
        "yesterday",
        "2024-13-01 00:00:00",
        "2023-02-29 00:00:00",
        "2024-01-01",
        "2024-1-01 00:00:00",
        "2024-01-01 00:00:60",
        "2024-01-01 00:00:00.1234567",
        "2024-01-01 00:00:00 UTC",
        "2024-01-01 00:00:00+0100",
        "2024-01-01 00:00:00+24:00",
    ] {
        assert_eq!(DateTime::parse(text), None, "{text}");
    }
}

#[test]
fn a_date_with_an_offset_knows_its_epoch() {
    let epoch = |text: &str| DateTime::parse(text).unwrap().epoch;
    assert_eq!(epoch("1970-01-01 01:00:01.5+01:00"), Some(1));
    assert_eq!(epoch("1969-12-31T23:59:58.5Z"), Some(-1));
    assert_eq!(epoch("2026-11-22 14:16:15+00:00"), Some(1_795_356_975));
    assert_eq!(epoch("2026-11-22 14:16:15"), None);
}

#[test]
fn the_order_of_dates() {
    let order = |text: &str| DateTime::parse(text).unwrap().order();
    assert!(order("2026-11-22 14:00:00+01:00") < order("2026-11-22 13:30:00"));
    assert_eq!(order("1970-01-01 00:00:00.25"), 250_000);
}

#[track_caller]
fn check_strftime(format: &str, expected: Option<&str>) {
    let moment = DateTime::parse("2024-03-05 14:07:09.000012-03:30").unwrap();
    assert_eq!(moment.strftime(format).as_deref(), expected, "{format}");
}

#[test]
fn strftime_as_in_the_c_locale() {
    check_strftime("%Y-%m-%d %H:%M:%S.%f %z", Some("2024-03-05 14:07:09.000012 -0330"));
    check_strftime("%y %j %I %p %A %a %B %b %w %u", Some("24 065 02 PM Tuesday Tue March Mar 2 2"));
    check_strftime("%F é %T 100%%", Some("2024-03-05 é 14:07:09 100%"));
    for unknown in ["%-d", "%Z", "%c", "%", "%Q", "a\0"] {
        check_strftime(unknown, None);
    }
}

#[track_caller]
fn check_zone(micros: i64, zone: &str, expected: &str) {
    let moment = zone::in_zone(micros, Some(zone)).unwrap();
    assert_eq!(moment.to_string(), expected);
    assert_eq!(moment.epoch, Some(micros / 1_000_000));
}

#[test]
fn moments_in_a_zone() {
    check_zone(1_795_356_975_797_448, "Europe/Berlin", "2026-11-22 15:16:15.797448+01:00");
    check_zone(1_795_356_975_000_000, "utc", "2026-11-22 14:16:15+00:00");
    check_zone(-1_500_000, "UTC", "1969-12-31 23:59:58.500000+00:00");
    check_zone(1_782_043_200_000_000, "America/New_York", "2026-06-21 08:00:00-04:00");
}

#[test]
fn moments_beyond_the_calendar() {
    let in_utc = |micros| zone::in_zone(micros, Some("UTC")).unwrap().to_string();
    assert_eq!(in_utc(i64::MIN), "0001-01-02 00:00:00+00:00");
    assert_eq!(in_utc(i64::MAX), "9999-12-30 00:00:00+00:00");
}

#[test]
fn zones_that_no_database_has() {
    for name in ["", "europe/berlin", "Mars/Base", "../UTC"] {
        let error = zone::in_zone(0, Some(name)).unwrap_err();
        assert_eq!(error.to_string(), format!("Can't locate timezone: {name}"));
    }
}

#[test]
fn a_given_date_stands_in_the_zone() {
    let at = |text: &str| zone::at(text, Some("Europe/Berlin")).unwrap().unwrap().to_string();
    assert_eq!(at("2026-11-22 10:00:00"), "2026-11-22 10:00:00+01:00");
    assert_eq!(at("2026-11-22 10:00:00.5+00:00"), "2026-11-22 11:00:00.500000+01:00");
    // The hour that comes twice, and the one that does not come.
    assert_eq!(at("2026-10-25 02:30:00"), "2026-10-25 02:30:00+02:00");
    assert_eq!(at("2026-03-29 02:30:00"), "2026-03-29 03:30:00+02:00");
    assert_eq!(zone::at("tomorrow", None), Ok(None));
}

#[test]
fn without_a_zone_it_is_naive_and_knows_its_epoch() {
    let moment = zone::at("2026-11-22 10:00:00.000001", None).unwrap().unwrap();
    assert_eq!(moment.to_string(), "2026-11-22 10:00:00.000001");
    assert_eq!(zone::in_zone(moment.epoch.unwrap() * 1_000_000 + 1, None), Ok(moment));
}

#[test]
fn the_date_of_a_header_is_the_same_on_every_machine() {
    let of = |text, zone| zone::of_header(text, zone).unwrap().map(|date| date.to_string());
    let written = "2026-11-22 10:00:00.000001-05:00";
    assert_eq!(of(written, None).as_deref(), Some(written));
    assert_eq!(of("2026-11-22 10:00:00", None).as_deref(), Some("2026-11-22 10:00:00"));
    assert_eq!(of(written, Some("utc")).as_deref(), Some("2026-11-22 15:00:00.000001+00:00"));
    assert_eq!(
        of("2026-11-22 10:00:00", Some("UTC")).as_deref(),
        Some("2026-11-22 10:00:00+00:00")
    );
    assert_eq!(of("soon", Some("UTC")), None);
}
