//! Password hashing: argon2id with the crate's defaults (19 MiB, 2 passes, RFC 9106 §4 and OWASP's minimum), off the
//! async threads.

use crate::error::{ServiceError, ServiceResult};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// Salt length in bytes (RFC 9106 §3.1 recommends 16).
pub(super) const SALT: usize = 16;

/// Hashes made at once: each takes 19 MiB and a core, and strangers may ask for one.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// A PHC string for storage.
pub(super) async fn hash(password: SecretString, salt: [u8; SALT]) -> ServiceResult<SecretString> {
    blocking(move || {
        let hash: PasswordHash = Argon2::default().hash_password_with_salt(password.expose_secret().as_bytes(), &salt)?;
        Ok(SecretString::from(hash.to_string()))
    })
    .await
}

/// Does the password match? A missing hash costs the same time as a wrong password.
pub(super) async fn matches(password: SecretString, stored: Option<SecretString>) -> ServiceResult<bool> {
    blocking(move || {
        let Some(stored) = stored else {
            let _: PasswordHash = Argon2::default().hash_password_with_salt(password.expose_secret().as_bytes(), &[0; SALT])?;
            return Ok(false);
        };
        let parsed = PasswordHash::new(stored.expose_secret())?;
        Ok(Argon2::default().verify_password(password.expose_secret().as_bytes(), &parsed).is_ok())
    })
    .await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
) -> ServiceResult<T> {
    let _one = AT_ONCE.acquire().await.map_err(ServiceError::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(ServiceError::internal)?.map_err(ServiceError::Internal)
}
