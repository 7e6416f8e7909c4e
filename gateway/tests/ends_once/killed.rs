//! The gateway is killed at random moments, again and again, while 64 requesters want a settlement each.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use yizhan_conformance::history::{Answer, Breach};
use yizhan_conformance::twin::Fault;

use crate::disk::{Chance, rounds, seed};
use crate::house::House;
use crate::ward::{self, Manner, Ward};

const REQUESTERS: usize = 64;
/// Kills of one house, after which everybody must come to know.
const KILLS: u64 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_killed_ends_every_settlement_once() {
    let (seed, kills) = (seed(), rounds(40));
    println!("{kills} kills from seed {seed}");
    let (mut done, mut reversed) = (0, 0);
    for life in 0..kills.div_ceil(KILLS) {
        let mut chance = Chance(seed ^ (life << 32));
        let mut house = House::build(ward::plan()).await;
        // The partner takes its time, so that acts are under way when the end comes.
        house.sichuan.faults().set_mix(vec![(50, Fault::Delay(Duration::from_millis(60)))]);
        let wishes = ward::visits(&house, REQUESTERS).await;
        let ward = Ward::new(&house);
        let mut requesters = JoinSet::new();
        for wish in wishes.clone() {
            let manner = manner(&mut chance);
            let pause = Duration::from_millis(chance.below(1500));
            let ward = Arc::clone(&ward);
            requesters.spawn(async move {
                tokio::time::sleep(pause).await;
                ward.insist(wish, manner).await
            });
        }
        for _ in 0..KILLS.min(kills - life * KILLS) {
            tokio::time::sleep(Duration::from_millis(chance.any_size(400))).await;
            house.kill();
            house.reopen(&[]);
            ward.follow(&house);
        }
        let ended = requesters.join_all().await;
        // Once more, from whoever knows now.
        for wish in &wishes {
            ward.ask(wish, Manner::default()).await;
        }
        let books = house.sichuan.books();
        let mut breaches = ward.breaches(&wishes, &books);
        // Whoever is killed at every try to take back does not try for ever: a few are a person's, and to their
        // requesters pending; but never doubled, and never said to be something else.
        let open = breaches.extract_if(.., |breach| matches!(breach, Breach::Open(_))).count();
        let left = ended.iter().filter(|answer| **answer == Answer::Pending).count();
        assert!(open == left && left <= REQUESTERS / 4, "{open} open, {left} left to a person");
        let heard: Vec<_> = wishes.iter().map(|wish| ward.heard_of(&wish.key)).collect();
        assert!(breaches.is_empty(), "life {life} of seed {seed}: {breaches:#?}\n{}", heard.join("\n"));
        assert!(books.settled_twice().is_empty());
        done += ended.iter().filter(|answer| matches!(answer, Answer::Done(_))).count();
        reversed += ended.iter().filter(|answer| **answer == Answer::Reversed).count();
    }
    println!("{done} done, {reversed} reversed");
    assert!(done > 0 && reversed > 0, "{done} done, {reversed} reversed: the kills struck nothing");
}

fn manner(chance: &mut Chance) -> Manner {
    Manner {
        hangs_up_after: chance.one_in(4).then(|| Duration::from_millis(chance.any_size(500))),
        respond_async: chance.one_in(4),
        undoes_after: chance.one_in(6).then(|| Duration::from_millis(chance.any_size(1500))),
    }
}
