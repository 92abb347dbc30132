//! The floor that `tools/measure.py` compares with: lists a folder and reads every file in it, and does nothing else.
//!
//! One thread, one buffer. No part of the program, and no measure of it.
#![allow(clippy::disallowed_methods, reason = "reading is all that this does")]

use std::fs::{self, File};
use std::io::{self, Read};

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).ok_or(io::ErrorKind::InvalidInput)?;
    let mut buffer = Vec::new();
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            buffer.clear();
            bytes += File::open(entry.path())?.read_to_end(&mut buffer)?;
        }
    }
    println!("{bytes}");
    Ok(())
}
