//! The gateway is killed at random moments, again and again, while 64 requesters want a settlement or a claim each.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use yizhan_conformance::history::Answer;
use yizhan_conformance::twin::Fault;

use crate::disk::{Chance, rounds, seed};
use crate::house::{House, SOON};
use crate::ward::{Manner, Ward};
use crate::wish::{self, What, Wish};

pub(crate) const REQUESTERS: usize = 64;
/// And so many more who come while the gateway is killed, each to another life of it.
pub(crate) const LATER: usize = 32;
/// Kills of one house, after which everybody must come to know.
const KILLS: u64 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_killed_ends_every_command_once() {
    let (seed, kills) = (seed(), rounds(40));
    println!("{kills} kills from seed {seed}");
    let mut seen = Seen::default();
    for life in 0..kills.div_ceil(KILLS) {
        let mut chance = Chance(seed ^ (life << 32));
        let mut house = House::build(wish::plan_with_claims()).await;
        let wishes = wish::of_every_kind(&house, REQUESTERS + LATER).await;
        let ward = Ward::new(&house);
        let requesters = crowd(&house, &ward, &wishes, KILLS, &mut chance);
        for _ in 0..KILLS.min(kills - life * KILLS) {
            until_the_moment(&house, &mut chance).await;
            house.kill();
            house.reopen(&[]);
            ward.follow(&house);
        }
        seen.hold(&format!("life {life} of seed {seed}"), &house, &ward, &wishes, requesters).await;
    }
    println!("{seen:?}");
    assert!(seen.done > 0 && seen.reversed > 0 && seen.decisions > 0, "{seen:?}: the kills struck nothing");
}

/// Any moment; mostly one in which calls are out, as soon as the partners have been called so often.
async fn until_the_moment(house: &House, chance: &mut Chance) {
    let offices = house.offices();
    let called =
        || house.sichuan.hits() + house.guangdong.hits() + offices.province.hits() + offices.company.hits();
    let (wanted, begun) = (called() + 1 + chance.below(24), Instant::now());
    let longest = if chance.one_in(3) { chance.any_size(400) } else { 1500 };
    while called() < wanted && begun.elapsed() < Duration::from_millis(longest) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Sends them all off. Their partners take their time, so that acts are under way when the end comes.
pub(crate) fn crowd(
    house: &House,
    ward: &Arc<Ward>,
    wishes: &[Wish],
    lives: u64,
    chance: &mut Chance,
) -> JoinSet<(What, Answer)> {
    let slow = || vec![(50, Fault::Delay(Duration::from_millis(60)))];
    let offices = house.offices();
    for faults in [
        house.sichuan.faults(),
        house.guangdong.faults(),
        offices.province.faults(),
        offices.company.faults(),
    ] {
        faults.set_mix(slow());
    }
    let mut requesters = JoinSet::new();
    for (number, wish) in wishes.iter().cloned().enumerate() {
        let manner = manner(wish.what, chance);
        // Kinds come one after the other, so that of each some come later.
        let life = if number % 3 == 2 { chance.below(lives) } else { 0 };
        let pause = Duration::from_millis(chance.below(if life == 0 { 1500 } else { 200 }));
        let ward = Arc::clone(ward);
        requesters.spawn(async move {
            ward.life(life).await;
            tokio::time::sleep(pause).await;
            (wish.what, ward.insist(wish, manner).await)
        });
    }
    requesters
}

fn manner(what: What, chance: &mut Chance) -> Manner {
    let undoes = chance.one_in(6).then(|| Duration::from_millis(chance.any_size(1500)));
    // Nothing takes a settlement in Guangdong back before its answer has come (domain 7, trap 13): whoever wanted that
    // while nobody knows would leave it to a person, rightly.
    let late = what == What::SettlementThere;
    Manner {
        hangs_up_after: chance.one_in(4).then(|| Duration::from_millis(chance.any_size(500))),
        respond_async: chance.one_in(4),
        undoes_after: undoes.filter(|_| !late),
        regrets: undoes.is_some() && late,
        persists: true,
    }
}

/// What all lives together have shown.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) done: usize,
    pub(crate) reversed: usize,
    decisions: usize,
}

impl Seen {
    /// Waits until everybody knows, and holds what they were told against the books: none doubled, none lost, none left
    /// open.
    pub(crate) async fn hold(
        &mut self,
        context: &str,
        house: &House,
        ward: &Arc<Ward>,
        wishes: &[Wish],
        requesters: JoinSet<(What, Answer)>,
    ) {
        let ended = requesters.join_all().await;
        // Once more, from whoever knows now.
        for wish in wishes {
            ward.ask(wish, Manner::default()).await;
        }
        let breaches = ward.breaches(wishes, house);
        assert!(breaches.is_empty(), "{context}: {breaches:#?}\n{}", ward.heard_of_all(&breaches, wishes));
        assert!(house.sichuan.books().settled_twice().is_empty(), "{context}");
        assert!(house.guangdong.books().settled_twice().is_empty(), "{context}");
        assert_eq!(
            ward.forgotten().await,
            Vec::<String>::new(),
            "{context}: told of, and not known any more"
        );
        self.decisions += decisions_arrived(context, house).await;
        self.done += ended.iter().filter(|(_, answer)| matches!(answer, Answer::Done(_))).count();
        self.reversed += ended.iter().filter(|(_, answer)| *answer == Answer::Reversed).count();
        for what in [What::Settlement, What::SettlementThere, What::ClaimOfInsurer, What::ClaimOfHospital] {
            let done = ended.iter().any(|(one, answer)| *one == what && matches!(answer, Answer::Done(_)));
            assert!(done, "{context}: no {what:?} was done");
        }
    }
}

/// Whatever decision the gateway has taken over from the office arrives at the insurer, once.
async fn decisions_arrived(context: &str, house: &House) -> usize {
    let offices = house.offices();
    let taken = |status: Option<u16>| status.is_some_and(|status| (200..300).contains(&status));
    let claims = offices.province.books().claims;
    let told: Vec<_> =
        claims.iter().filter(|claim| claim.deliveries.iter().any(|one| taken(one.status))).collect();
    let begun = Instant::now();
    loop {
        let notices = offices.company.books().notices;
        let of = |number: &str| notices.iter().filter(|notice| notice.claim.1 == number).count();
        let counts: Vec<_> =
            told.iter().map(|claim| (&claim.identifier.1, of(&claim.identifier.1))).collect();
        if counts.iter().all(|(_, count)| *count == 1) {
            return told.len();
        }
        assert!(
            begun.elapsed() < SOON,
            "{context}: decisions that were taken over, and how often: {counts:?}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
