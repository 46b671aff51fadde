//! Bars over days, as a small SVG of our own. Its text alternative is a table that screen readers see and eyes do not.

use leptos::ev;
use leptos::prelude::*;

/// Width of a bar's slot and of the bar in it, in units of the view box; the style sheet stretches the box to its place.
const SLOT: f64 = 10.0;
const BAR: f64 = 7.0;
/// Height of the view box.
const HEIGHT: f64 = 100.0;
/// A value above nothing stays visible.
const LEAST: f64 = 1.5;

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its place on the axis in words, for example a day.
    pub label: String,
    /// Its height. `None` means that nothing is known, which is not 0.
    pub value: Option<f64>,
    /// The value in words, for example `$1.20 · 31 requests`.
    pub words: String,
}

/// A bar chart. Bars are read by pointing, by tapping, or with the arrow keys once the chart has the focus.
#[component]
pub fn BarChart(
    /// What the bars show; names the chart and its table.
    #[prop(into)]
    title: String,
    /// Heading of the column of labels in the table, for example "Day".
    #[prop(into)]
    over: String,
    /// The bars from left to right.
    #[prop(into)]
    bars: Signal<Vec<Bar>>,
    /// Writes a value at the axis; an empty text leaves the place free.
    axis: fn(f64) -> String,
) -> impl IntoView {
    let last = Memo::new(move |_| bars.with(|bars| bars.len().saturating_sub(1)));
    // The last bar until somebody asks for another one; other days mean another question.
    let asked = RwSignal::new(None::<usize>);
    Effect::new(move || {
        last.track();
        asked.set(None);
    });
    let chosen = Memo::new(move |_| asked.get().map_or(last.get(), |asked| asked.min(last.get())));
    let top = Memo::new(move |_| bars.with(|bars| nice_top(bars.iter().filter_map(|bar| bar.value).fold(0.0, f64::max))));
    let marks = move || [top.get(), top.get() / 2.0, 0.0].map(|at| view! { <span>{axis(at)}</span> }).collect_view();
    let keys = move |event: ev::KeyboardEvent| {
        if let Some(next) = step(&event.key(), chosen.get_untracked(), last.get_untracked()) {
            event.prevent_default();
            asked.set(Some(next));
        }
    };
    view! {
        <figure class="chart" aria-label=title>
            <div class="chart-axis" aria-hidden="true">
                {marks}
            </div>
            <div class="chart-plot" role="group" tabindex="0" aria-label=format!("{title}, bar by bar with the arrow keys") on:keydown=keys>
                <Plot bars=bars top=top chosen=chosen asked=asked />
            </div>
            <Ends bars=bars />
            <p class="chart-readout" aria-live="polite">
                {move || bars.with(|bars| bars.get(chosen.get()).map(in_words))}
            </p>
            <ChartTable title=title.clone() over=over bars=bars />
        </figure>
    }
}

/// The drawing itself; stretched, so it holds no text.
#[component]
fn Plot(bars: Signal<Vec<Bar>>, top: Memo<f64>, chosen: Memo<usize>, asked: RwSignal<Option<usize>>) -> impl IntoView {
    let width = move || slot(bars.with(Vec::len)).to_string();
    let grid = ["0", "50", "100"]
        .map(|y| view! { <line class="chart-grid" x1="0" y1=y x2=width y2=y vector-effect="non-scaling-stroke" /> })
        .collect_view();
    let drawn = move || {
        let top = top.get();
        let draw = |(index, bar): (usize, Bar)| drawn_bar(index, bar_height(bar.value, top), in_words(&bar), chosen, asked);
        bars.get().into_iter().enumerate().map(draw).collect_view()
    };
    view! {
        <svg viewBox=move || format!("0 0 {} {HEIGHT}", width()) preserveAspectRatio="none" aria-hidden="true" focusable="false">
            {grid}
            {drawn}
        </svg>
    }
}

/// One bar and the slot around it, which is easier to hit.
fn drawn_bar(index: usize, height: f64, words: String, chosen: Memo<usize>, asked: RwSignal<Option<usize>>) -> impl IntoView {
    view! {
        <g class="chart-bar" class:chosen=move || chosen.get() == index on:pointerenter=move |_| asked.set(Some(index))>
            <title>{words}</title>
            <rect class="chart-slot" x=slot(index).to_string() y="0" width=SLOT.to_string() height=HEIGHT.to_string() />
            <rect
                class="chart-fill"
                x=(slot(index) + (SLOT - BAR) / 2.0).to_string()
                y=(HEIGHT - height).to_string()
                width=BAR.to_string()
                height=height.to_string()
            />
        </g>
    }
}

/// Where the bars begin, have their middle, and end.
#[component]
fn Ends(bars: Signal<Vec<Bar>>) -> impl IntoView {
    let labels = move || {
        let label = |index: usize| bars.with(|bars| bars.get(index).map(|bar| bar.label.clone()));
        let last = bars.with(|bars| bars.len().saturating_sub(1));
        [0, last / 2, last].map(|index| view! { <span>{label(index)}</span> }).collect_view()
    };
    view! {
        <div class="chart-days" aria-hidden="true">
            {labels}
        </div>
    }
}

/// The same as words.
#[component]
fn ChartTable(title: String, over: String, bars: Signal<Vec<Bar>>) -> impl IntoView {
    let row = |bar: Bar| {
        view! {
            <tr>
                <th scope="row">{bar.label}</th>
                <td>{bar.words}</td>
            </tr>
        }
    };
    view! {
        <div class="visually-hidden">
            <table>
                <caption>{title}</caption>
                <thead>
                    <tr>
                        <th scope="col">{over}</th>
                        <th scope="col">"Value"</th>
                    </tr>
                </thead>
                <tbody>{move || bars.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn in_words(bar: &Bar) -> String {
    format!("{}: {}", bar.label, bar.words)
}

/// Where the slot of a bar begins.
fn slot(index: usize) -> f64 {
    f64::from(u32::try_from(index).unwrap_or(u32::MAX)) * SLOT
}

/// Height of a bar in units of the view box, to two places so that the text of a page stays short.
fn bar_height(value: Option<f64>, top: f64) -> f64 {
    match value {
        Some(value) if value > 0.0 => ((value / top * HEIGHT).max(LEAST) * 100.0).round() / 100.0,
        _ => 0.0,
    }
}

/// The next 1, 2 or 5 times a power of ten. Only multiplies and divides, so the server and the browser agree to the bit.
fn nice_top(greatest: f64) -> f64 {
    if !greatest.is_finite() || greatest <= 0.0 {
        return 1.0;
    }
    let mut top = 1.0;
    while top < greatest {
        top *= 10.0;
    }
    while top / 10.0 >= greatest {
        top /= 10.0;
    }
    [top / 5.0, top / 2.0].into_iter().find(|&smaller| smaller >= greatest).unwrap_or(top)
}

/// Which bar a key leads to.
fn step(key: &str, at: usize, last: usize) -> Option<usize> {
    match key {
        "ArrowLeft" => Some(at.saturating_sub(1)),
        "ArrowRight" => Some((at + 1).min(last)),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_on_a_round_number() {
        for (greatest, top) in [(0.0, 1.0), (1.0, 1.0), (1.1, 2.0), (3.0, 5.0), (6.0, 10.0), (612.4, 1000.0), (180.0, 200.0)] {
            assert!((nice_top(greatest) - top).abs() < 1e-9, "{greatest}");
        }
        assert!((nice_top(0.000_4) - 0.000_5).abs() < 1e-12);
        assert!((nice_top(f64::NAN) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn bars_stand_for_their_values() {
        assert!((bar_height(Some(50.0), 100.0) - 50.0).abs() < 1e-9);
        assert!((bar_height(Some(0.001), 100.0) - LEAST).abs() < 1e-9, "a little is not nothing");
        assert!(bar_height(Some(0.0), 1.0).abs() < 1e-9);
        assert!(bar_height(None, 1.0).abs() < 1e-9);
    }

    #[test]
    fn keys_stay_inside_the_chart() {
        assert_eq!(step("ArrowLeft", 0, 6), Some(0));
        assert_eq!(step("ArrowRight", 6, 6), Some(6));
        assert_eq!(step("End", 0, 6), Some(6));
        assert_eq!(step("Tab", 0, 6), None);
    }
}
