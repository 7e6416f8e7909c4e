//! The whole road, end to end and in a bad temper: the real binary, real components, real mTLS, and the twins
//! as partners that misbehave on request.
//!
//! What is right is taken from the table of faults and the facts about the dialects, never from what the gateway
//! does today. Every house (one gateway with its partners) is held to privacy when it is torn down.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that panics fails the test that called it"
)]

#[path = "../upstream/partner.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of the road out, which use all of it")]
mod scripted;

mod cache;
mod chaos;
mod claims;
mod claims_house;
mod commands;
mod coverage;
mod faults_gateway;
mod faults_partner;
mod faults_requester;
mod faults_unread;
mod files;
mod frames;
mod gates;
mod ground;
mod happy;
mod hostile;
mod house;
mod http2;
mod http2_wild;
mod keeping;
mod offered;
mod operations;
mod operators;
mod peer;
mod plan;
mod privacy;
mod published;
mod raw;
mod refused;
mod sessions;
mod speak;
mod table;
mod versions;
mod wild;
