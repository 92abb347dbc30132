//! Joining heads by a merge revision.
//!
//! Values in, changes out: nothing here reads or writes a file.

pub mod file;
