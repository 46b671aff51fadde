//! Runs the stand-in providers and their authorization servers: `stand-in ADDRESS OVERLAY_FILE [GROK CERTIFICATES]`. Writes the overlay
//! that points Purser at them, then serves. `GROK` is the genuine program, and the folder `CERTIFICATES` has what a server of the
//! vendor's name needs (`ca.pem`, `leaf.pem`, `leaf.key`); without them a script beside the overlay runs builds.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use testkit::environment::WallClock;
use testkit::issuer::{self, Grok, Issuer};
use testkit::{stand_in, vendor_endpoint};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(overlay)) = (arguments.next(), arguments.next()) else {
        return Err("usage: stand-in ADDRESS OVERLAY_FILE [GROK CERTIFICATES]".into());
    };
    let overlay = PathBuf::from(overlay);
    let listener = tokio::net::TcpListener::bind(&address).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let issuer = Issuer::new(&origin, Arc::new(WallClock));
    let grok = match (arguments.next(), arguments.next()) {
        (Some(program), Some(certificates)) => {
            let proxy = vendor_endpoint::start(issuer.clone(), Path::new(&certificates)).await?;
            Grok::Genuine { program: program.into(), proxy, root: Path::new(&certificates).canonicalize()?.join("ca.pem") }
        }
        _ => Grok::Script(script_beside(&overlay)?),
    };
    std::fs::write(&overlay, format!("{}\n{}", stand_in::overlay(&origin), issuer.overlay_with(&grok)))?;
    writeln!(std::io::stdout(), "stand-in providers at {origin}, overlay in {}", overlay.display())?;
    axum::serve(listener, stand_in::router(stand_in::Switches::default()).merge(issuer::router(issuer))).await?;
    Ok(())
}

/// Writes the script that stands in for the Grok program.
fn script_beside(overlay: &Path) -> std::io::Result<PathBuf> {
    let folder = overlay.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let script = folder.canonicalize()?.join("practice-grok");
    std::fs::write(&script, stand_in::GROK_PROGRAM)?;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755))?;
    Ok(script)
}
