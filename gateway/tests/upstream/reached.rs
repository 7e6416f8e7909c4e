//! What is said about a call without an answer: why, and whether the partner can have seen it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use yizhan_host::contract::{HttpCall, Intent, Reached, Why};

use crate::partner::Partner;
use crate::world::{ENOUGH, OK, PATIENCE, World, act, failed, post, text};

#[tokio::test]
async fn nobody_listens() {
    let world = World::new();
    // Bound and not listening: refused, and nobody else gets the port meanwhile.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = socket.local_addr().unwrap().port();
    let called = act(&world.upstream(port)).await;
    failed(&called, Why::Refused, Reached::No);
    assert_eq!(called.sent_bytes, 0);
}

#[tokio::test]
async fn a_server_we_do_not_trust_gets_nothing() {
    let world = World::new();
    for tls in [world.tls_of_others(), world.tls_named("elsewhere.test")] {
        let partner = Partner::saying(tls, OK).await;
        let called = act(&world.upstream(partner.port)).await;
        failed(&called, Why::Tls, Reached::No);
        assert_eq!((called.sent_bytes, partner.connections()), (0, 1));
    }
}

#[tokio::test]
async fn our_certificate_is_refused_in_the_handshake() {
    let world = World::new();
    let partner = Partner::saying(world.tls_for_others(&rustls::version::TLS12), OK).await;
    failed(&act(&world.upstream(partner.port)).await, Why::Tls, Reached::No);
    assert_eq!(partner.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn our_certificate_is_refused_after_the_handshake() {
    let world = World::new();
    let partner = Partner::saying(world.tls_for_others(&rustls::version::TLS13), OK).await;
    let upstream = world.upstream(partner.port);
    for _ in 0..20 {
        let called = act(&upstream).await;
        // Whether the request had left when the alert came is a matter of time, and counted.
        let reached = if called.sent_bytes > 0 { Reached::Maybe } else { Reached::No };
        failed(&called, Why::Tls, reached);
    }
    assert_eq!(partner.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn no_handshake_in_time() {
    let world = World::new();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let upstream = world.upstream(listener.local_addr().unwrap().port());
    let called = upstream.call(&post(b""), &Intent::Act, PATIENCE).await.unwrap();
    failed(&called, Why::Timeout, Reached::No);
    assert_eq!(called.sent_bytes, 0);
}

#[tokio::test]
async fn a_handshake_that_ends_in_nothing() {
    let world = World::new();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let upstream = world.upstream(listener.local_addr().unwrap().port());
    let accepting = tokio::spawn(async move { drop(listener.accept().await.unwrap()) });
    failed(&act(&upstream).await, Why::Cut, Reached::No);
    accepting.await.unwrap();
}

#[tokio::test]
async fn something_else_than_tls() {
    let world = World::new();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let upstream = world.upstream(listener.local_addr().unwrap().port());
    let accepting = tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        tcp.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        tcp.read_to_end(&mut Vec::new()).await.ok();
    });
    failed(&act(&upstream).await, Why::Tls, Reached::No);
    accepting.await.unwrap();
}

#[tokio::test]
async fn no_answer_in_time() {
    let world = World::new();
    let partner = Partner::new(world.tls(), |_, mut line| async move {
        line.request().await;
        line.until_it_goes().await;
    })
    .await;
    // The least of both deadlines counts.
    let patient = world.upstream(partner.port);
    let impatient = world.upstream_with(partner.port, |serve| serve.deadline = PATIENCE);
    for (upstream, within) in [(patient, PATIENCE), (impatient, ENOUGH)] {
        let called = upstream.call(&post(b"hello"), &Intent::Act, within).await.unwrap();
        failed(&called, Why::Timeout, Reached::Maybe);
        assert!(called.elapsed < ENOUGH && called.sent_bytes > b"hello".len());
    }
    assert_eq!(partner.requests().len(), 2);
}

#[tokio::test]
async fn read_and_then_cut() {
    let world = World::new();
    for politely in [false, true] {
        let partner = Partner::cutting(world.tls(), Vec::new(), politely).await;
        failed(&act(&world.upstream(partner.port)).await, Why::Cut, Reached::Maybe);
        assert_eq!(partner.requests().len(), 1, "never sent twice");
    }
}

#[tokio::test]
async fn cut_before_anything_was_read() {
    let world = World::new();
    let partner = Partner::new(world.tls(), |_, line| async { drop(line) }).await;
    let called = act(&world.upstream(partner.port)).await;
    let reached = if called.sent_bytes > 0 { Reached::Maybe } else { Reached::No };
    failed(&called, Why::Cut, reached);
    // A request that certainly never left may be tried again, twice.
    assert!((1..=3).contains(&partner.connections()));
}

#[tokio::test]
async fn an_answer_cut_at_any_byte_is_no_answer() {
    let sized = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhello";
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
    let world = World::new();
    for whole in [sized, chunked] {
        for politely in [false, true] {
            for length in 0..whole.len() {
                let partner =
                    Partner::cutting(world.tls(), whole.as_bytes()[..length].to_vec(), politely).await;
                failed(&act(&world.upstream(partner.port)).await, Why::Cut, Reached::Maybe);
                assert_eq!(partner.requests().len(), 1, "cut at {length} of {whole:?}");
            }
            let partner = Partner::cutting(world.tls(), whole.as_bytes().to_vec(), politely).await;
            assert_eq!(text(act(&world.upstream(partner.port)).await), "hello");
        }
    }
}

#[tokio::test]
async fn an_answer_that_ends_with_the_connection_must_end_politely() {
    let world = World::new();
    let answer = b"HTTP/1.1 200 OK\r\n\r\nhello".to_vec();
    let rude = Partner::cutting(world.tls(), answer.clone(), false).await;
    failed(&act(&world.upstream(rude.port)).await, Why::Cut, Reached::Maybe);
    let polite = Partner::cutting(world.tls(), answer, true).await;
    assert_eq!(text(act(&world.upstream(polite.port)).await), "hello");
}

/// The heart of it: deadlines that fall everywhere, on several threads, over warm and cold connections.
/// Whatever is said never to have left must never arrive.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_said_never_to_have_left_never_arrives() {
    let world = World::new();
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&arrived);
    let partner = Partner::new(world.tls(), move |_, mut line| {
        let record = Arc::clone(&record);
        async move {
            // Even a part of a request counts.
            let mut buffer = Vec::new();
            while matches!(line.stream.read_buf(&mut buffer).await, Ok(read) if read > 0) {
                record.lock().unwrap().push(String::from_utf8_lossy(&buffer).into_owned());
                if buffer.ends_with(b"!") {
                    buffer.clear();
                    line.say(OK).await;
                }
            }
        }
    })
    .await;
    let upstream = Arc::new(world.upstream_with(partner.port, |serve| serve.concurrent = 8));
    let mut never_left = HashSet::new();
    let mut outcomes = [0; 3];
    for round in 0..150 {
        let calls = (0..8).map(|lane| {
            let upstream = Arc::clone(&upstream);
            tokio::spawn(async move {
                let name = format!("/call-{round}-{lane}-");
                let call = HttpCall { target: name.clone(), ..post(b"!") };
                // Every second call may take its time, and leaves a warm connection.
                let within = if lane % 2 == 0 { ENOUGH } else { Duration::from_micros(13 * round) };
                (name, upstream.call(&call, &Intent::Act, within).await.unwrap())
            })
        });
        for call in calls.collect::<Vec<_>>() {
            let (name, called) = call.await.unwrap();
            match called.outcome {
                Ok(_) => outcomes[0] += 1,
                Err(no_answer) if no_answer.reached == Reached::Maybe => outcomes[1] += 1,
                Err(_) => {
                    outcomes[2] += 1;
                    never_left.insert(name);
                }
            }
        }
    }
    tokio::time::sleep(PATIENCE).await;
    for request in arrived.lock().unwrap().iter() {
        assert!(!never_left.iter().any(|name| request.contains(name)), "it did arrive: {request}");
    }
    assert!(outcomes[0] > 0 && outcomes[2] > 0, "the deadlines fell on one side only: {outcomes:?}");
}
