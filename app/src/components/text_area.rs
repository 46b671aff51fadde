//! A field of several lines.

use leptos::prelude::*;

/// One `<textarea>`, without its label.
#[component]
pub fn TextArea(
    /// Its id.
    #[prop(into)]
    id: String,
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// Lines that are seen at once.
    #[prop(default = 3)]
    rows: u8,
    /// What it holds at first.
    #[prop(optional, into)]
    value: String,
    /// Must it be filled in?
    #[prop(optional)]
    required: bool,
    /// Ids of what describes it.
    #[prop(into)]
    described: String,
    /// Is something wrong with it?
    #[prop(optional, into)]
    wrong: Signal<bool>,
) -> impl IntoView {
    let invalid = move || wrong.get().then_some("true");
    // Leptos writes the children of a textarea as they are, so text that ends it would end it.
    let value = escaped(value);
    view! {
        <textarea id=id name=name rows=rows.to_string() required=required aria-describedby=described aria-invalid=invalid inner_html=value></textarea>
    }
    .into_any()
}

/// Text as it may stand between tags. A line break at the very beginning would be dropped by the browser (HTML §13.1.2.5).
fn escaped(text: String) -> String {
    if !text.contains(['&', '<']) && !text.starts_with('\n') {
        return text;
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    if text.starts_with('\n') { format!("\n{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_cannot_end_its_field() {
        assert_eq!(escaped("a & b </textarea><script>".to_owned()), "a &amp; b &lt;/textarea>&lt;script>");
        assert_eq!((escaped("\nx".to_owned()), escaped(String::new())), ("\n\nx".to_owned(), String::new()));
    }
}
