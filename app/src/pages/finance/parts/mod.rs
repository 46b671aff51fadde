//! What Finance's screens are made of.

mod cell;
mod drawing;
mod editor;
mod facts;
mod field;
mod grid;
mod id;
mod listed;
mod screen;
mod tiles;

pub use cell::shown;
pub use drawing::Drawn;
pub use editor::{Editor, Save};
pub use facts::FactList;
pub use field::FormControl;
pub use grid::{GridCard, GridTable};
pub use id::id_in_address;
pub use listed::{Listed, Things, Words};
pub use screen::screen;
pub use tiles::Tiles;
