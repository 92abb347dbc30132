//! numbered
