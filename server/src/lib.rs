//! The composition root: settings, wiring, router, jobs and command line around the use cases of `services`.
//!
//! A request passes `http` (who is asking, what is refused), then `api`, `gateway` or a page, then one service. Nothing
//! in here decides what is right; it only puts the parts together.

pub mod api;
pub mod cli;
pub mod config;
pub mod gateway;
pub mod http;
pub mod jobs;
pub mod out;
pub mod router;
pub mod serve;
pub mod start;
pub mod state;
