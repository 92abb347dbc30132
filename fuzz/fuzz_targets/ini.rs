//! Any bytes are read as an ini file without a panic or a hang, and so is every option in it.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run ini` on the stable toolchain.

#![no_main]

use onehead::ini::Ini;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    match Ini::parse_bytes(bytes) {
        Ok(ini) => read(&ini),
        Err(error) => assert!(!error.sentence("alembic.ini").contains('\n') && error.line > 0),
    }
});

fn read(ini: &Ini) {
    for section in ini.sections() {
        assert!(ini.has_section(section) && ini.section_line(section).is_some());
        for option in ini.option_names(section) {
            assert!(ini.has_option(section, option) && ini.option_line(section, option).is_some());
            let _ = ini.get(section, option, "/h%%e");
        }
        let _ = ini.items(section, "/h%%e");
    }
}
