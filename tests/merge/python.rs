//! Words, slugs, file names and dates beside Python's own.

use std::collections::BTreeSet;

use onehead::datetime::{DateTime, zone};
use onehead::filename::{Template, slug};
use onehead::python::word::is_word;
use serde_json::json;

use crate::oracle::Oracle;

#[test]
fn every_character_that_python_knows_is_a_word_for_both_or_for_none() {
    let mut oracle = Oracle::start();
    let mut codes = |ask: &str| -> BTreeSet<u32> {
        serde_json::from_value(oracle.ask(&json!({ "ask": ask }))["words"].clone()).unwrap()
    };
    let (known, words) = (codes("known"), codes("words"));
    assert!(known.len() > 280_000 && words.len() > 130_000, "{} {}", known.len(), words.len());
    let differs = |code: &&u32| is_word(char::from_u32(**code).unwrap()) != words.contains(code);
    let different: Vec<String> = known.iter().filter(differs).map(|c| format!("{c:x}")).collect();
    assert_eq!(different, [] as [&str; 0]);
}

#[test]
fn slugs_are_in_python_s_lower_case() {
    let mut oracle = Oracle::start();
    let known: Vec<u32> =
        serde_json::from_value(oracle.ask(&json!({"ask": "known"}))["words"].clone()).unwrap();
    let known: Vec<char> = known.into_iter().filter_map(char::from_u32).collect();
    let mut messages: Vec<String> = known.chunks(64).map(|chunk| chunk.iter().collect()).collect();
    messages.extend(known.chunks(3).step_by(7).map(|chunk| {
        let chunk: String = chunk.iter().collect();
        format!("Σ{chunk}Σ aΣ{chunk} {chunk}Σ.ΟΔΟΣ A{chunk}Σ")
    }));
    let expected = oracle.texts(&json!({"ask": "slugs", "messages": messages}));
    let mut different = Vec::new();
    for (message, expected) in messages.iter().zip(expected) {
        let ours = slug(message, i64::MAX);
        if Some(&ours) != expected.as_ref() {
            different.push(format!("{message:?}: {ours:?}, python {expected:?}"));
        }
    }
    assert_eq!(different, [] as [&str; 0]);
}

#[test]
fn names_by_file_template() {
    let names = ["rev", "slug", "epoch", "year", "month", "day", "hour", "minute", "second"];
    let flags = ["", "-", "0", "+", " ", "-0", "+0", "0-"];
    let mut templates =
        vec!["%%(rev)s".to_owned(), "a%%%(rev)s%%".into(), "%(rev)s/%(slug)s".into()];
    for name in names {
        for flag in flags {
            for size in ["", "3", "12", ".2", "5.2", ".0", "."] {
                for conversion in ["d", "s", "r", "i", "u", "ld"] {
                    templates.push(format!("x%({name}){flag}{size}{conversion}y"));
                }
            }
        }
    }
    templates
        .extend(["%(what)s", "%(rev", "%(rev)", "%d", "%", "%(day)*d", "%(day)q"].map(Into::into));
    let values = json!({
        "rev": "c3d9", "slug": "add_it's", "epoch": 1_704_164_645, "year": 2024, "month": 1, "day": 2,
        "hour": 3, "minute": 4, "second": 5,
    });
    let expected =
        Oracle::start().texts(&json!({"ask": "formats", "templates": templates, "values": values}));
    let mut moment = DateTime::parse("2024-01-02 03:04:05").unwrap();
    moment.epoch = Some(1_704_164_645);
    let mut different = Vec::new();
    for (template, expected) in templates.iter().zip(expected) {
        let ours = Template::parse(template)
            .and_then(|template| template.render("c3d9", "add_it's", Some(&moment)))
            .ok();
        if ours != expected {
            different.push(format!("{template}: {ours:?}, python {expected:?}"));
        }
    }
    assert_eq!(different, [] as [&str; 0]);
}

#[test]
fn strftime_in_the_c_locale() {
    let formats = "YmdHMSfyjIpAaBbwuFTz%".chars().map(|c| format!("<%{c}> é")).collect::<Vec<_>>();
    let mut oracle = Oracle::start();
    for date in [
        "2024-02-29 00:00:00.000012",
        "2026-11-22 12:59:01+05:30",
        "1999-12-31 23:00:00-03:30",
        "1000-01-01 11:00:00+00:53:28",
    ] {
        let expected = oracle.texts(&json!({"ask": "strftime", "date": date, "formats": formats}));
        let date = DateTime::parse(date).unwrap();
        let ours: Vec<_> = formats.iter().map(|format| date.strftime(format)).collect();
        assert_eq!(ours, expected);
    }
}

#[test]
fn moments_in_zones() {
    let named = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"];
    // The last is the zone of the system.
    let zones: Vec<_> = named.into_iter().map(Some).chain([None]).collect();
    // Every 37 days and some, from 1900 to 2100.
    let times = (-2_200_000_000_i64..4_100_000_000).step_by(3_217_001);
    let moments: Vec<_> = times
        .flat_map(|seconds| {
            zones
                .clone()
                .into_iter()
                .map(move |zone| (seconds * 1_000_000 + seconds.rem_euclid(1_000_000), zone))
        })
        .collect();
    let expected = Oracle::start().texts(&json!({"ask": "dates", "moments": moments}));
    for ((micros, zone), expected) in moments.iter().zip(expected) {
        let ours = zone::in_zone(*micros, *zone).unwrap();
        let shown = format!("{ours} {} {}", ours.isoformat('T'), ours.epoch.unwrap());
        assert_eq!(Some(shown), expected, "{micros} {zone:?}");
        let again = DateTime::parse(&ours.to_string()).unwrap();
        let epoch = ours.epoch.filter(|_| zone.is_some());
        assert_eq!(again, DateTime { epoch, ..ours }, "read back");
    }
}
