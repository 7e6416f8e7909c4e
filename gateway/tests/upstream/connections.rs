//! Which connection a call takes, and what becomes of it.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use rustls::HandshakeKind;
use tokio::io::AsyncReadExt;
use tokio::runtime::Handle;
use tokio::sync::mpsc::unbounded_channel;
use yizhan_host::contract::{HttpCall, HttpMethod, Intent, Reached, Why};

use crate::partner::Partner;
use crate::world::{ENOUGH, OK, PATIENCE, World, act, failed, post, text};

#[tokio::test]
async fn a_connection_serves_many_calls() {
    let world = World::new();
    let partner = Partner::saying(world.tls(), OK).await;
    let upstream = world.upstream(partner.port);
    for _ in 0..50 {
        assert_eq!(text(act(&upstream).await), "ok");
    }
    assert_eq!((partner.connections(), partner.requests().len()), (1, 50));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn and_so_it_does_on_many_threads() {
    let world = World::new();
    let partner = Partner::saying(world.tls(), OK).await;
    let upstream = Arc::new(world.upstream(partner.port));
    let lanes = (0..4).map(|_| {
        let upstream = Arc::clone(&upstream);
        tokio::spawn(async move {
            for _ in 0..100 {
                assert_eq!(text(act(&upstream).await), "ok");
            }
        })
    });
    for lane in lanes.collect::<Vec<_>>() {
        lane.await.unwrap();
    }
    assert_eq!(partner.requests().len(), 400);
    // Four at a time need four; a few more where one took a moment longer to be ready again.
    assert!(partner.connections() <= 8, "{} connections", partner.connections());
}

#[tokio::test]
async fn one_that_was_idle_for_half_the_keep_alive_is_not_used() {
    let world = World::new();
    let partner = Partner::saying(world.tls(), OK).await;
    let upstream = world.upstream_with(partner.port, |serve| serve.keep_alive = 2 * PATIENCE);
    act(&upstream).await;
    act(&upstream).await;
    assert_eq!(partner.connections(), 1);
    tokio::time::sleep(PATIENCE).await;
    assert_eq!(text(act(&upstream).await), "ok");
    assert_eq!(partner.connections(), 2);
}

#[tokio::test]
async fn the_last_used_is_used_first() {
    let world = World::new();
    let (says, mut heard) = unbounded_channel();
    let partner = Partner::new(world.tls(), move |number, mut line| {
        let says = says.clone();
        async move {
            while let Some(request) = line.request().await {
                if request.contains("/slow") {
                    tokio::time::sleep(PATIENCE).await;
                }
                says.send(number).unwrap();
                line.say(OK).await;
            }
        }
    })
    .await;
    let upstream = world.upstream(partner.port);
    let slow = HttpCall { target: "/slow".to_owned(), ..post(b"") };
    let (first, _) = tokio::join!(upstream.call(&slow, &Intent::Ask, ENOUGH), act(&upstream));
    first.unwrap().outcome.unwrap();
    let (quick_one, slow_one) = (heard.recv().await.unwrap(), heard.recv().await.unwrap());
    assert_ne!(quick_one, slow_one);
    for _ in 0..3 {
        act(&upstream).await;
        assert_eq!(heard.recv().await.unwrap(), slow_one);
    }
}

#[tokio::test]
async fn one_the_partner_closed_meanwhile_is_replaced_unseen() {
    let world = World::new();
    let partner = Partner::new(world.tls(), |_, mut line| async move {
        line.request().await;
        line.say(OK).await;
    })
    .await;
    let upstream = world.upstream(partner.port);
    for calls in 1..=5 {
        assert_eq!(text(act(&upstream).await), "ok");
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_eq!((partner.connections(), partner.requests().len()), (calls, calls));
    }
}

/// Nobody but the call itself has had a chance to notice that the connection was closed: the only thread of
/// this runtime was blocked. The request must come back unsent.
#[tokio::test]
async fn an_act_looks_once_more_whether_the_partner_has_closed() {
    let world = World::new();
    let tls = world.tls();
    let (says, closed) = mpsc::channel();
    let (gives, port) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let partner = Partner::new(tls, move |_, mut line| {
                let says = says.clone();
                async move {
                    line.request().await;
                    line.say(OK).await;
                    // By now the call has its answer, and waits for this.
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    drop(line);
                    says.send(()).unwrap();
                }
            })
            .await;
            gives.send(partner.port).unwrap();
            std::future::pending::<()>().await;
        });
    });
    let upstream = world.upstream(port.recv().unwrap());
    for _ in 0..5 {
        assert_eq!(text(act(&upstream).await), "ok");
        closed.recv().unwrap();
    }
}

#[tokio::test]
async fn a_dead_one_is_passed_over_for_a_live_one() {
    let world = World::new();
    let partner = Partner::new(world.tls(), |_, mut line| async move {
        while let Some(request) = line.request().await {
            if request.contains("/slow") {
                tokio::time::sleep(PATIENCE).await;
                line.say(OK).await;
                // Long enough to be kept, too short to be used.
                tokio::time::sleep(Duration::from_millis(30)).await;
                return;
            }
            line.say(OK).await;
        }
    })
    .await;
    let upstream = world.upstream(partner.port);
    let slow = HttpCall { target: "/slow".to_owned(), ..post(b"") };
    let (last, _) = tokio::join!(upstream.call(&slow, &Intent::Ask, ENOUGH), act(&upstream));
    assert_eq!(text(last.unwrap()), "ok");
    tokio::time::sleep(PATIENCE).await;
    assert_eq!(text(act(&upstream).await), "ok");
    assert_eq!(partner.connections(), 2);
}

#[tokio::test]
async fn one_that_says_it_closes_is_not_used_again() {
    let world = World::new();
    let closing = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok";
    for answer in [closing, "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok"] {
        let partner = Partner::saying(world.tls(), answer).await;
        let upstream = world.upstream(partner.port);
        for calls in 1..=3 {
            assert_eq!(text(act(&upstream).await), "ok");
            assert_eq!(partner.connections(), calls);
        }
    }
}

#[tokio::test]
async fn one_with_unasked_bytes_is_not_used_again() {
    let world = World::new();
    let partner =
        Partner::saying(world.tls(), format!("{OK}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfake")).await;
    let upstream = world.upstream(partner.port);
    for calls in 1..=3 {
        assert_eq!(text(act(&upstream).await), "ok");
        assert_eq!(partner.connections(), calls);
    }
}

#[tokio::test]
async fn an_answer_before_the_request_was_read_costs_the_connection() {
    let world = World::new();
    let partner = Partner::new(world.tls(), |_, mut line| async move {
        line.stream.read_exact(&mut [0; 64]).await.unwrap();
        line.say("HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno").await;
        std::future::pending::<()>().await;
    })
    .await;
    let upstream = world.upstream(partner.port);
    let large = post(&vec![b'x'; 16 * 1024 * 1024]);
    for calls in 1..=3 {
        assert_eq!(text(upstream.call(&large, &Intent::Act, ENOUGH).await.unwrap()), "no");
        tokio::time::sleep(PATIENCE).await;
        // The partner's own tasks, and none that still tries to write.
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 1 + calls);
        assert_eq!(partner.connections(), calls);
    }
}

#[tokio::test]
async fn a_timeout_costs_the_connection() {
    let world = World::new();
    let partner = Partner::new(world.tls(), |number, mut line| async move {
        while line.request().await.is_some() {
            if number == 0 {
                tokio::time::sleep(2 * PATIENCE).await;
                line.say("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlate").await;
            } else {
                line.say(OK).await;
            }
        }
    })
    .await;
    let upstream = world.upstream(partner.port);
    let late = upstream.call(&post(b""), &Intent::Ask, PATIENCE).await.unwrap();
    failed(&late, Why::Timeout, Reached::Maybe);
    tokio::time::sleep(2 * PATIENCE).await;
    assert_eq!(text(act(&upstream).await), "ok");
    assert_eq!(partner.connections(), 2);
}

#[tokio::test]
async fn a_dropped_call_leaves_nothing_behind() {
    let world = World::new();
    // Reads next to nothing, so that the other side always has plenty left to write.
    let partner = Partner::new(world.tls(), |_, mut line| async move {
        line.stream.read_exact(&mut [0; 64]).await.unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let upstream = world.upstream_with(partner.port, |serve| serve.concurrent = 1);
    let large = HttpCall { method: HttpMethod::Put, ..post(&vec![b'x'; 16 * 1024 * 1024]) };
    let mut partners_tasks = 1;
    for _ in 0..3 {
        let call = upstream.call(&large, &Intent::Act, ENOUGH);
        assert!(tokio::time::timeout(PATIENCE, call).await.is_err());
        partners_tasks += 1;
        tokio::time::sleep(PATIENCE).await;
        assert_eq!(Handle::current().metrics().num_alive_tasks(), partners_tasks);
    }
    // And its place was free again each time.
    assert_eq!(partner.connections(), 3);
}

#[tokio::test]
async fn sessions_are_resumed_with_the_same_partner_only() {
    let world = World::new();
    let (says, mut heard) = unbounded_channel();
    let partner = Partner::new(world.tls(), move |_, mut line| {
        let says = says.clone();
        async move {
            line.request().await;
            says.send(line.stream.get_ref().1.handshake_kind()).unwrap();
            line.say(OK).await;
        }
    })
    .await;
    let upstream = world.upstream(partner.port);
    for (upstream, expected) in [
        (&upstream, HandshakeKind::Full),
        (&upstream, HandshakeKind::Resumed),
        (&world.upstream(partner.port), HandshakeKind::Full),
    ] {
        act(upstream).await;
        assert_eq!(heard.recv().await.unwrap(), Some(expected));
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}
