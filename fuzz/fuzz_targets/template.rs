//! Any bytes are rendered as a template, or declined, without a panic or a hang; and a file that comes of them says what was
//! meant.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run template` on the stable toolchain.

#![no_main]

use std::path::Path;

use onehead::datetime::DateTime;
use onehead::fix::merge::file::{NewRevision, Style, file};
use onehead::revision::RevisionId;
use onehead::script::{self, Depth, NoModules};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(date) = DateTime::parse("2026-11-22 14:16:15.797448+01:00") else { return };
    let parents = [RevisionId::from("a1"), RevisionId::from("b2")];
    let id = RevisionId::from("m0");
    let new = NewRevision {
        id: &id,
        parents: &parents,
        labels: &[],
        message: Some("it's \"\"\" \\"),
        date: &date,
        directory: Path::new("versions"),
        stem: None,
    };
    let style = Style {
        template: bytes,
        file_template: "%(rev)s_%(slug)s",
        truncate_slug_length: 40,
        output_encoding: "utf-8",
        option: &|_, _| Some("one, two".into()),
    };
    if let Ok((path, content)) = file(&new, &style) {
        let script = script::parse(path, &content, Depth::Whole, &NoModules);
        assert_eq!(script.id(), Some(&id));
    }
});
