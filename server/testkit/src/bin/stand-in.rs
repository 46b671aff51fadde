//! Runs the stand-in providers and their authorization servers: `stand-in ADDRESS OVERLAY_FILE`. Writes the overlay that points
//! Purser at them, then serves.

use std::io::Write as _;
use std::sync::Arc;
use testkit::environment::WallClock;
use testkit::issuer::{self, Issuer};
use testkit::stand_in;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(overlay)) = (arguments.next(), arguments.next()) else {
        return Err("usage: stand-in ADDRESS OVERLAY_FILE".into());
    };
    let listener = tokio::net::TcpListener::bind(&address).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let issuer = Issuer::new(&origin, Arc::new(WallClock));
    std::fs::write(&overlay, format!("{}\n{}", stand_in::overlay(&origin), issuer.overlay()))?;
    writeln!(std::io::stdout(), "stand-in providers at {origin}, overlay in {overlay}")?;
    axum::serve(listener, stand_in::router(stand_in::Switches::default()).merge(issuer::router(issuer))).await?;
    Ok(())
}
