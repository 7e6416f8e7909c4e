//! Components that can be linked, but whose `describe` does harm, lies, or asks for what this host does not do.

use yizhan_host::admission::admit;
use yizhan_host::{AdmissionFault, CallFault, Keyring};

use crate::handmade::{Description, Handmade};
use crate::world::{component, engine, roomy};

fn refused(handmade: Handmade) -> AdmissionFault {
    let engine = engine(2, 1000, 50);
    let fault = admit(&engine, None, &handmade.build()).err().expect("was admitted");
    assert_eq!(engine.instances_in_use(), 0);
    fault
}

#[test]
fn harm_while_it_starts_or_describes_itself() {
    let begins = |wat: &str| Handmade::new().with("items", &format!("(func $go {wat}) (start $go)"));
    let describes = |wat: &str| Handmade::new().with("describe", wat);
    let large = Handmade::new()
        .instead_of("\"memory\") 1", "\"memory\") 130")
        .with("describe", "(i32.store (i32.const 1028) (i32.const 7340032))");
    let table = |wat: &str| {
        let grow = "(drop (table.grow (ref.null func) (i32.const 10000)))";
        Handmade::new().with("items", &format!("(table 1 funcref) {wat}")).with("describe", grow)
    };
    for (handmade, fault) in [
        (begins("(unreachable)"), CallFault::Trap),
        (begins("(loop (br 0))"), CallFault::Deadline),
        (begins("(drop (memory.grow (i32.const 256)))"), CallFault::Memory),
        (describes("(unreachable)"), CallFault::Trap),
        (describes("(loop (br 0))"), CallFault::Deadline),
        (describes("(drop (memory.grow (i32.const 256)))"), CallFault::Memory),
        (table(""), CallFault::Table),
        (large, CallFault::Output),
    ] {
        assert_eq!(refused(handmade), AdmissionFault::Call { function: "describe", fault });
    }
}

/// Addresses that point nowhere, text that is none, cases that do not exist.
#[test]
fn lies_about_its_own_memory() {
    let stores = |at: u32, value: u32| format!("(i32.store (i32.const {at}) (i32.const {value}))");
    let describes = |wat: &str| Handmade::new().with("describe", wat);
    for (handmade, fault) in [
        (describes("(return (i32.const -8))"), CallFault::Trap),
        (describes("(return (i32.const 1025))"), CallFault::Trap),
        (describes(&stores(1024, u32::MAX)), CallFault::Trap),
        (describes(&stores(1028, 65536)), CallFault::Trap),
        // A list whose length overflows when it is counted in bytes.
        (describes(&stores(1052, u32::MAX)), CallFault::Trap),
        (Handmade::new().described(|description| description.name = vec![0xff, 0xfe]), CallFault::Trap),
        (Handmade::new().described(|description| description.key_use = Some(200)), CallFault::Trap),
    ] {
        assert_eq!(refused(handmade), AdmissionFault::Call { function: "describe", fault });
    }
}

#[test]
fn descriptions_that_make_no_sense() {
    let changes: [fn(&mut Description); 5] = [
        |description| description.name.clear(),
        |description| description.name = b"two\nlines".to_vec(),
        |description| description.settings_schema = b"true".to_vec(),
        |description| description.routes = vec![("POST", "/v1/exchanges")],
        |description| description.routes = vec![("BREW", "/hostile")],
    ];
    for change in changes {
        assert_eq!(refused(Handmade::new().described(change)).code(), "bad-description");
    }
}

#[test]
fn needs_that_are_not_met() {
    let needing =
        |need: &'static str| Handmade::new().described(|description| description.needs = vec![need]);
    for need in ["frames", "files", "blobs", "holds", "telepathy"] {
        assert_eq!(refused(needing(need)), AdmissionFault::UnmetNeed(need.to_owned()));
    }
    for need in ["commands", "numbers", "references"] {
        assert!(admit(&roomy(), None, &needing(need).build()).is_ok(), "{need}");
    }
}

#[test]
fn key_uses_that_are_not_offered() {
    let using = |used: u8| Handmade::new().described(|description| description.key_use = Some(used));
    for (used, name) in
        [(1, "Mac"), (2, "Sign"), (3, "Verify"), (4, "Encrypt"), (5, "Decrypt"), (7, "Unwrap")]
    {
        let fault = refused(using(used));
        assert_eq!(fault.code(), "unmet-need");
        assert!(fault.to_string().contains(name) && fault.to_string().contains("`key`"), "{fault}");
    }
    for used in [0, 6] {
        assert!(admit(&roomy(), None, &using(used).build()).is_ok(), "digest and send are offered");
    }
}

#[test]
fn harm_while_it_checks_its_settings() {
    let engine = engine(2, 1000, 50);
    let hostile = component(&engine);
    let told = |settings: serde_json::Value| {
        let faults = hostile.for_partner(&settings, Keyring::default()).err().expect("was taken");
        assert_eq!(engine.instances_in_use(), 0);
        faults.into_iter().map(|fault| (fault.path, fault.message)).collect::<Vec<_>>()
    };
    let misbehave = |name: &str| told(serde_json::json!({"misbehave": name}));
    let of_it_all = |message: &str| vec![(String::new(), message.to_owned())];
    assert_eq!(misbehave("trap-in-check-settings"), of_it_all("the adapter trapped in `check-settings`"));
    assert_eq!(
        misbehave("loop-in-check-settings"),
        of_it_all("the adapter ran past its deadline twice in `check-settings`")
    );
    assert_eq!(misbehave("problem-in-check-settings"), [("misbehave".to_owned(), "as you wish".to_owned())]);
    // The schema's word comes first: the adapter is not even asked.
    assert_eq!(misbehave("no-such-thing")[0].0, "misbehave");
}
