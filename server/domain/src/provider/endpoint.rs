//! provider/endpoint
