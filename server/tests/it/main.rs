//! The whole server on a real database, without a socket unless the test is about sockets.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod access;
mod api_builds;
mod api_device;
mod api_document;
mod api_finance;
mod api_people;
mod api_providers;
mod api_shapes;
mod api_story;
mod build_form;
mod builds_killed;
mod command_line;
mod cross_site;
mod events;
mod gateway_errors;
mod gateway_forward;
mod gateway_messages;
mod gateway_responses;
mod gateway_stream;
mod gateway_tokens;
mod gateway_translate;
mod gateway_upstream;
mod gateway_warm;
mod gateway_world;
mod headers;
mod keys;
mod limits;
mod notifications;
mod pages;
mod provider_sign_in;
mod sessions;
mod setup;
mod sign_in;
mod stop;
mod support;
