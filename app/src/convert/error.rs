//! Errors: code and words for the asker, causes for the log.

use crate::wire::{AppError, ErrorCode};
use services::ServiceError;
use services::ports::StoreError;

/// What the asker sees. Our own faults are logged here, once, with all their causes.
pub fn app_error(error: ServiceError) -> AppError {
    if error.is_ours() {
        tracing::error!(causes = causes(&error), "a request failed");
    }
    let mut app_error = AppError::new(code(&error), error.to_string());
    if let ServiceError::Invalid(fields) = error {
        app_error.field_errors = fields.0;
    }
    app_error
}

const fn code(error: &ServiceError) -> ErrorCode {
    match error {
        ServiceError::SignedOut => ErrorCode::SignedOut,
        ServiceError::Forbidden(_) | ServiceError::OutsideToken(_) | ServiceError::AnotherPerson | ServiceError::SetupLink => {
            ErrorCode::Forbidden
        }
        ServiceError::NotFound(_) => ErrorCode::NotFound,
        ServiceError::Invalid(_)
        | ServiceError::BadRequest { .. }
        | ServiceError::MethodUnavailable(_)
        | ServiceError::WrongCredentials => ErrorCode::Invalid,
        ServiceError::Conflict(_) | ServiceError::Refused(_) | ServiceError::CannotDecrypt { .. } => ErrorCode::Conflict,
        ServiceError::Throttled { .. } => ErrorCode::Throttled,
        ServiceError::CredentialRejected { .. } => ErrorCode::CredentialRejected,
        ServiceError::ProviderNotConfigured { .. } => ErrorCode::ProviderNotConfigured,
        ServiceError::TokenExpired { .. } => ErrorCode::TokenExpired,
        ServiceError::NoEligibleEndpoints { .. } | ServiceError::UnknownModel { .. } => ErrorCode::NoEligibleEndpoints,
        ServiceError::Provider { .. } => ErrorCode::ProviderError,
        ServiceError::Store(StoreError::Unavailable(_) | StoreError::Full(_)) => ErrorCode::Unavailable,
        ServiceError::Store(_) | ServiceError::Internal(_) => ErrorCode::Internal,
    }
}

/// The whole chain, outermost first.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut chain = vec![error.to_string()];
    let mut next = error.source();
    while let Some(cause) = next {
        chain.push(cause.to_string());
        next = cause.source();
    }
    chain.join(": ")
}
