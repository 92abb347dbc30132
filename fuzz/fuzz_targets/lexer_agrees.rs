//! The strict lexer agrees with the parser wherever it answers.
//!
//! The input goes between an ordinary head and an ordinary body, where the lexer is most inclined to answer.
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run lexer_agrees` on the stable toolchain.

#![no_main]

#[path = "../../tests/python/check.rs"]
mod check;

const HEAD: &[u8] = b"'''m'''\nrevision = 'a'\n";
const BODY: &[u8] = b"\ndown_revision = ('b', 'c')\n\ndef upgrade():\n    op.execute('x')\n";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    check::check(bytes);
    check::check(&[HEAD, bytes, BODY].concat());
});
