//! No partner gets more calls at a time than its file says.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use yizhan::upstream::{Called, Refused, Upstream};
use yizhan_host::contract::Intent;

use crate::partner::Partner;
use crate::world::{ENOUGH, OK, PATIENCE, World, post, text};

/// Takes its time, and notes how many calls it had at once.
async fn slow(world: &World, most: &Arc<AtomicUsize>) -> Partner {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::clone(most));
    Partner::new(world.tls(), move |_, mut line| {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        async move {
            while line.request().await.is_some() {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(PATIENCE).await;
                now.fetch_sub(1, Ordering::SeqCst);
                line.say(OK).await;
            }
        }
    })
    .await
}

async fn at_once(upstream: Upstream, calls: usize) -> Vec<Result<Called, Refused>> {
    let upstream = Arc::new(upstream);
    let calls = (0..calls).map(|_| {
        let upstream = Arc::clone(&upstream);
        tokio::spawn(async move { upstream.call(&post(b""), &Intent::Ask, ENOUGH).await })
    });
    let mut ended = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        ended.push(call.await.unwrap());
    }
    ended
}

#[tokio::test]
async fn who_finds_no_place_waits() {
    let (world, most) = (World::new(), Arc::default());
    let partner = slow(&world, &most).await;
    let upstream = world.upstream_with(partner.port, |serve| {
        serve.concurrent = 2;
        serve.queue = ENOUGH;
    });
    let begun = Instant::now();
    for called in at_once(upstream, 6).await {
        let called = called.unwrap();
        assert!(
            called.elapsed < 2 * PATIENCE + Duration::from_secs(1),
            "the queue is not the partner's time"
        );
        assert_eq!(text(called), "ok");
    }
    assert!(begun.elapsed() >= 3 * PATIENCE);
    assert_eq!((most.load(Ordering::SeqCst), partner.connections()), (2, 2));
}

#[tokio::test]
async fn but_not_longer_than_the_file_says() {
    let (world, most) = (World::new(), Arc::default());
    let partner = slow(&world, &most).await;
    let upstream = world.upstream_with(partner.port, |serve| {
        serve.concurrent = 1;
        serve.queue = PATIENCE / 3;
    });
    let ended = at_once(upstream, 4).await;
    let busy = ended.iter().filter(|ended| matches!(ended, Err(Refused::Busy))).count();
    assert_eq!((busy, ended.iter().filter(|ended| ended.is_ok()).count()), (3, 1));
    assert_eq!(partner.requests().len(), 1);
}

#[tokio::test]
async fn nor_in_too_long_a_queue() {
    let (world, most) = (World::new(), Arc::default());
    let partner = slow(&world, &most).await;
    let upstream = world.upstream_with(partner.port, |serve| {
        serve.concurrent = 1;
        serve.queue = ENOUGH;
    });
    // One place, four who wait, and five too many.
    let ended = at_once(upstream, 10).await;
    assert_eq!(ended.iter().filter(|ended| matches!(ended, Err(Refused::Busy))).count(), 5);
    assert_eq!(partner.requests().len(), 5);
}
