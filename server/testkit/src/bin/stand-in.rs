//! Runs the stand-in providers: `stand-in ADDRESS OVERLAY_FILE`. Writes the overlay that points Purser at them, then serves.

use std::io::Write as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(overlay)) = (arguments.next(), arguments.next()) else {
        return Err("usage: stand-in ADDRESS OVERLAY_FILE".into());
    };
    let listener = tokio::net::TcpListener::bind(&address).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    std::fs::write(&overlay, testkit::stand_in::overlay(&origin))?;
    writeln!(std::io::stdout(), "stand-in providers at {origin}, overlay in {overlay}")?;
    axum::serve(listener, testkit::stand_in::router(testkit::stand_in::Switches::default())).await?;
    Ok(())
}
