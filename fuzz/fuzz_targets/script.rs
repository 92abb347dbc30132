//! Any bytes are read without a panic, and every place lies in them.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run script` on the stable toolchain.

#![no_main]

#[path = "../../tests/python/check.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::check(bytes));
