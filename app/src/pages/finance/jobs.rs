//! `/finance/jobs`, "Scheduled jobs": what Finance does by itself, when it last did, and with what result.

use super::parts::{FactList, screen};
use crate::components::{Card, ErrorNote, Field, Page, Post, PostForm, SubmitButton, ask, error_of};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::finance::{RunFinanceJob, finance_jobs};
use crate::wire::{JobList, JobView};
use leptos::prelude::*;

/// All jobs, each with a button that runs it now.
#[component]
pub fn FinanceJobsPage() -> impl IntoView {
    let run = Post::<RunFinanceJob>::new();
    let live = live::version(Topic::Finance);
    let answer = ask(move || (live.get(), run.version().get()), |_| finance_jobs());
    view! {
        <Page
            title="Scheduled jobs"
            intro="They run by themselves, once in the whole installation. Looking at a page never runs one."
            crumb=("Spend".to_owned(), routes::SPEND.to_owned())
            wide=true
        >
            <ErrorNote error=error_of(run) />
            {screen(answer, move |list: Memo<JobList>| {
                let jobs = move || {
                    let JobList { jobs, practice } = list.get();
                    jobs.into_iter().map(|job| view! { <Job job=job practice=practice run=run /> }).collect_view()
                };
                view! { <div class="finance-columns">{jobs}</div> }.into_any()
            })}
        </Page>
    }
}

#[component]
fn Job(job: JobView, practice: bool, run: Post<RunFinanceJob>) -> impl IntoView {
    let JobView { name, title, about, facts, may_run } = job;
    let id = format!("job-{name}");
    let form = may_run.then(|| {
        let pretend = practice.then(|| {
            let id = format!("as-of-{name}");
            let help = "Practice only: another present, in UTC.";
            view! { <Field label="Pretend it is" name="as_of" id=id placeholder="2026-11-23T10:00:00Z" help=help code=true /> }
        });
        view! {
            <PostForm action=run>
                <input type="hidden" name="job" value=name.clone() />
                {pretend}
                <SubmitButton label="Run now" tone="plain" pending=run.pending() />
            </PostForm>
        }
    });
    view! {
        <Card title=title id=id>
            <p class="muted">{about}</p>
            <FactList facts=facts />
            {form}
        </Card>
    }
    .into_any()
}
