//! auto_merge
