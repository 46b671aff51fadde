//! The lines.

use super::log_row::LogRow;
use crate::wire::AuditView;
use leptos::prelude::*;

/// A table; a sentence a line on a phone.
#[component]
pub fn LogTable(lines: Vec<AuditView>) -> impl IntoView {
    let rows = lines.into_iter().map(|line| view! { <LogRow line=line /> }).collect_view();
    view! {
        <div class="table-frame boxed" tabindex="0" role="region" aria-label="Activity">
            <table class="data-table audit-table">
                <caption class="visually-hidden">"Activity, newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"Outcome"</th>
                        <th scope="col">"From"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
