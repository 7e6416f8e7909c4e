//! Example dialogues.
