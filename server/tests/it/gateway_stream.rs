//! Streams: as they come, to whoever is still there.

use crate::gateway_upstream::Piece;
use crate::gateway_world::{CHAT, DONE, World, chunk, usage_chunk};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use vocab::UsageOutcome;

fn streamed() -> String {
    json!({"model": "gpt-4o", "stream": true, "messages": [{"role": "user", "content": "hello"}]}).to_string()
}

/// The app on a port, as it is served in earnest.
async fn listen(world: &World) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(server::serve::accept::run(listener, world.app.router.clone(), CancellationToken::new(), Duration::from_secs(1)));
    addr
}

async fn ask_at(addr: SocketAddr, token: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let length = body.len();
    let head = format!("POST {CHAT} HTTP/1.1\r\nhost: {addr}\r\nauthorization: Bearer {token}\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    stream
}

/// Reads until the text has come; gives up after five seconds.
async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut read = Vec::new();
    let reading = async {
        while !String::from_utf8_lossy(&read).contains(wanted) {
            let mut buffer = [0; 4096];
            let count = stream.read(&mut buffer).await.unwrap();
            assert_ne!(count, 0, "the connection ended before {wanted:?} came");
            read.extend_from_slice(&buffer[..count]);
        }
    };
    tokio::time::timeout(Duration::from_secs(5), reading).await.unwrap();
    String::from_utf8(read).unwrap()
}

#[tokio::test]
async fn each_piece_arrives_before_the_next_one_is_sent() {
    let world = World::openai().await;
    let addr = listen(&world).await;
    let upstream = world.upstream.stream("openai");
    let mut stream = ask_at(addr, &world.token, &streamed()).await;
    for word in ["first", "second", "third"] {
        upstream.send(Piece::Bytes(chunk(word).into())).await.unwrap();
        let read = read_until(&mut stream, word).await;
        assert!(word != "first" || read.starts_with("HTTP/1.1 200 OK\r\n"), "{read}");
    }
    upstream.send(Piece::Bytes(usage_chunk(3, 4).into())).await.unwrap();
    upstream.send(Piece::Bytes(DONE.into())).await.unwrap();
    read_until(&mut stream, "[DONE]").await;
    drop(upstream);
    let row = world.row().await;
    assert_eq!((row.outcome, row.tokens.map(|tokens| tokens.total())), (UsageOutcome::Completed, Some(7)));
}

#[tokio::test]
async fn a_caller_who_hangs_up_in_mid_answer_cancels_the_providers_work() {
    let world = World::openai().await;
    let addr = listen(&world).await;
    let upstream = world.upstream.stream("openai");
    let mut stream = ask_at(addr, &world.token, &streamed()).await;
    upstream.send(Piece::Bytes(chunk("first").into())).await.unwrap();
    read_until(&mut stream, "first").await;
    drop(stream);
    assert!(world.upstream.hung_up().await);
    let row = world.row().await;
    assert_eq!((row.outcome, row.status, row.tokens), (UsageOutcome::ClientClosed, 200, None));
}

#[tokio::test]
async fn a_caller_who_hangs_up_before_the_answer_cancels_it_too() {
    let world = World::openai().await;
    let addr = listen(&world).await;
    world.upstream.silence("openai");
    let stream = ask_at(addr, &world.token, &streamed()).await;
    world.upstream.asked().await;
    drop(stream);
    assert!(world.upstream.hung_up().await);
    let row = world.row().await;
    assert_eq!((row.outcome, row.status), (UsageOutcome::ClientClosed, 0));
}

#[tokio::test]
async fn a_caller_who_leaves_at_the_last_event_has_read_everything() {
    let world = World::openai().await;
    let upstream = world.upstream.stream("openai");
    let mut pieces = world.ask(streamed()).await.pieces();
    upstream.send(Piece::Bytes([chunk("hi"), usage_chunk(3, 4), DONE.to_owned()].concat().into())).await.unwrap();
    let mut text = String::new();
    while !text.contains("[DONE]") {
        text.push_str(&pieces.next().await.unwrap().unwrap());
    }
    drop(pieces);
    let row = world.row().await;
    assert_eq!((row.outcome, row.tokens.map(|tokens| tokens.total())), (UsageOutcome::Completed, Some(7)));
}

#[tokio::test]
async fn a_break_between_events_is_told_in_the_stream() {
    let world = World::openai().await;
    let upstream = world.upstream.stream("openai");
    let mut pieces = world.ask(streamed()).await.pieces();
    upstream.send(Piece::Bytes(chunk("half").into())).await.unwrap();
    assert_eq!(pieces.next().await.unwrap().unwrap(), chunk("half"));
    upstream.send(Piece::Break).await.unwrap();
    let (rest, broke) = pieces.rest().await;
    assert!(!broke && rest.starts_with("data: {\"error\":") && rest.ends_with("}\n\n"), "{rest}");
    assert!(!rest.contains("[DONE]"));
    assert_eq!(world.row().await.outcome, UsageOutcome::Interrupted);
}

#[tokio::test]
async fn a_break_within_an_event_breaks_the_connection() {
    let world = World::openai().await;
    let upstream = world.upstream.stream("openai");
    let mut pieces = world.ask(streamed()).await.pieces();
    // A caller who asked for no usage is given whole events; the half one is held back.
    upstream.send(Piece::Bytes(format!("{}data: {{\"cho", chunk("whole")).into())).await.unwrap();
    assert_eq!(pieces.next().await.unwrap().unwrap(), chunk("whole"));
    upstream.send(Piece::Break).await.unwrap();
    let (rest, broke) = pieces.rest().await;
    assert!(!broke && rest.starts_with("data: {\"error\":"), "what was held back is not passed on: {rest}");

    let with_usage = json!({"model": "gpt-4o", "stream": true, "stream_options": {"include_usage": true}, "messages": []}).to_string();
    let upstream = world.upstream.stream("openai");
    let mut pieces = world.ask(with_usage).await.pieces();
    upstream.send(Piece::Bytes("data: {\"cho".into())).await.unwrap();
    assert_eq!(pieces.next().await.unwrap().unwrap(), "data: {\"cho");
    upstream.send(Piece::Break).await.unwrap();
    assert_eq!(pieces.rest().await, (String::new(), true));
    assert!(world.rows(2).await.iter().all(|row| row.outcome == UsageOutcome::Interrupted));
}

#[tokio::test]
async fn a_whole_answer_that_breaks_off_breaks_the_connection() {
    let world = World::openai().await;
    let upstream = world.upstream.stream("openai");
    // An event stream is what the stand-in sends; what counts is that nothing pretends to be whole.
    let mut pieces = world.ask_model("gpt-4o").await.pieces();
    upstream.send(Piece::Bytes("data: x".into())).await.unwrap();
    pieces.next().await.unwrap().unwrap();
    upstream.send(Piece::Break).await.unwrap();
    assert_eq!(pieces.rest().await, (String::new(), true));
    assert_eq!(world.row().await.outcome, UsageOutcome::Interrupted);
}
