//! Small
