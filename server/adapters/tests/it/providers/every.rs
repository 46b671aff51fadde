//! What holds for every entry of the catalogue, whoever it is.

use crate::support::{KEY, answering, client, json, target_at};
use adapters::ProviderHttp;
use domain::provider::Catalogue;
use services::ports::ProviderClient as _;
use vocab::{AuthMethod, Verdict};
use wiremock::ResponseTemplate;

async fn verdict(client: &ProviderHttp, id: &str, template: ResponseTemplate) -> Verdict {
    let server = answering(template).await;
    client.verify(&target_at(id, &server.uri())).await.verdict
}

#[tokio::test]
async fn outages_pages_and_refusals_mean_the_same_everywhere() {
    let client = client();
    for provider in Catalogue::built_in().unwrap().iter() {
        let id = provider.id.as_str();
        for status in [500, 502, 503, 504, 529] {
            assert_eq!(verdict(&client, id, json(status, "{\"error\":{\"message\":\"m\"}}")).await, Verdict::ProviderDown, "{id} {status}");
        }
        assert_eq!(verdict(&client, id, json(401, "{\"error\":{\"message\":\"no\"}}")).await, Verdict::BadCredential, "{id}");
        assert_eq!(verdict(&client, id, json(402, "{}")).await, Verdict::NoFunds, "{id}");
        assert_eq!(verdict(&client, id, json(429, "{\"error\":{\"message\":\"slow down\"}}")).await, Verdict::RateLimited, "{id}");
        let page = ResponseTemplate::new(200).set_body_raw("<html>hi</html>", "text/html");
        assert_eq!(verdict(&client, id, page).await, Verdict::Unreachable, "{id}");
        assert_eq!(verdict(&client, id, json(200, "\"hello\"")).await, Verdict::Unreachable, "{id}");
        assert_eq!(verdict(&client, id, ResponseTemplate::new(302)).await, Verdict::Unreachable, "{id}");
    }
}

#[tokio::test]
async fn the_key_travels_in_one_header_and_nowhere_else() {
    let client = client();
    for provider in Catalogue::built_in().unwrap().iter() {
        let server = answering(json(200, "{}")).await;
        let target = target_at(provider.id.as_str(), &server.uri());
        client.verify(&target).await;
        let seen = server.received_requests().await.unwrap();
        let request = &seen[0];
        let with_key = request.headers.iter().filter(|(_, value)| value.to_str().is_ok_and(|value| value.contains(KEY))).count();
        assert_eq!(with_key, usize::from(target.method != AuthMethod::None), "{}", provider.id);
        assert!(!request.url.as_str().contains(KEY) && request.body.is_empty(), "{}", provider.id);
        for (name, value) in &provider.headers {
            assert_eq!(request.headers[name.as_str()], value.as_str(), "{}", provider.id);
        }
    }
}
