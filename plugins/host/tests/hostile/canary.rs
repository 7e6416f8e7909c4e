//! The vectors a component carries: read under limits, run before it is admitted, each way to fail its own fault.

use serde_json::json;
use yizhan_host::AdmissionFault;
use yizhan_host::admission::{VECTORS_SECTION, admit, vectors};

use crate::world::{REPLY, built, roomy};

/// The hostile adapter with these vectors.
fn carrying(content: &[u8]) -> Vec<u8> {
    section(built("hostile"), content)
}

fn section(mut bytes: Vec<u8>, content: &[u8]) -> Vec<u8> {
    let name = VECTORS_SECTION.as_bytes();
    let length = u32::try_from(content.len() + name.len() + 1).unwrap();
    bytes.push(0);
    bytes.extend((0..5).map(|place| (length >> (7 * place)) as u8 & 0x7f | if place < 4 { 0x80 } else { 0 }));
    bytes.push(u8::try_from(name.len()).unwrap());
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(content);
    bytes
}

/// One vector: a lookup is sent, an answer of 200 becomes this reply.
fn suite(settings: &serde_json::Value, reply: &str) -> String {
    json!({
        "suite": "hostile/lookup",
        "settings": settings,
        "vectors": [{"name": "plain", "calls": [
            {
                "start": {"operation": {"operation": "card.lookup", "requester": {}, "message": "hello"}},
                "expect": {"send": {"call": {"intent": "ask", "within-ms": 1000, "transport": {"http": {
                    "method": "post", "target": "/echo", "body": ["hello"]}}}}}
            },
            {
                "resume": {"event": {"answer": {"http": {"status": 200}}}},
                "expect": {"finished": {"succeeded": {"reply": reply}}}
            }
        ]}]
    })
    .to_string()
}

fn fault(content: &[u8]) -> AdmissionFault {
    let engine = roomy();
    let fault = admit(&engine, None, &carrying(content)).err().expect("was admitted");
    assert_eq!(engine.instances_in_use(), 0);
    fault
}

#[test]
fn vectors_that_hold_let_it_in_and_are_of_its_digest() {
    let engine = roomy();
    let with = carrying(suite(&json!({"reply": REPLY}), REPLY).as_bytes());
    let admitted = admit(&engine, None, &with).unwrap();
    let plain = admit(&engine, None, &built("hostile")).unwrap();
    assert_ne!(admitted.about().digest, plain.about().digest);
    assert_eq!(vectors(&with).unwrap().len(), 1);
    assert!(vectors(&built("hostile")).unwrap().is_empty(), "one without is admitted too");
}

#[test]
fn a_vector_that_does_not_hold_is_named() {
    let wrong = fault(suite(&json!({"reply": REPLY}), r#"{"person":{"name":"测试乙"}}"#).as_bytes());
    let expected = AdmissionFault::CanaryFailed {
        vector: "hostile/lookup/plain".to_owned(),
        place: "call 1 at `/finished/succeeded/reply/person/name`".to_owned(),
    };
    assert_eq!((wrong.code(), &wrong), ("canary-failed", &expected));
    assert!(!wrong.to_string().contains("测试"), "{wrong}");
    for misbehave in ["trap-in-start", "loop-in-resume", "hoard"] {
        let fault = fault(suite(&json!({"misbehave": misbehave}), REPLY).as_bytes());
        assert!(
            matches!(&fault, AdmissionFault::CanaryFailed { place, .. } if place.ends_with("``")),
            "{fault}"
        );
    }
    let settings = fault(suite(&json!({"misbehave": 1}), REPLY).as_bytes());
    assert!(matches!(&settings, AdmissionFault::CanaryFailed { place, .. } if place.contains("misbehave")));
}

#[test]
fn what_cannot_be_read_is_refused() {
    let good = suite(&json!({}), REPLY);
    let strange = good.replace("\"calls\"", "\"call\"");
    let twice = format!("{good}{}", &good[..good.len() - 2]);
    for (what, content) in [
        ("nothing", b"".as_slice()),
        ("bytes", &[0xff, 0xfe]),
        ("text", b"vectors"),
        ("another document", b"{\"vectors\":1}"),
        ("an unknown member", strange.as_bytes()),
        ("a torn second suite", twice.as_bytes()),
        ("no vector", b"{\"suite\":\"x\",\"vectors\":[]}"),
        ("depth", format!("{}{}", "[".repeat(5000), "]".repeat(5000)).as_bytes()),
    ] {
        let fault = fault(content);
        assert_eq!(fault.code(), "broken-vectors", "{what}: {fault}");
    }
    let engine = roomy();
    let doubled = section(carrying(good.as_bytes()), good.as_bytes());
    assert_eq!(admit(&engine, None, &doubled).err().unwrap().code(), "broken-vectors");
}

#[test]
fn what_is_too_large_is_refused() {
    let mut padded = suite(&json!({"reply": REPLY}), REPLY).into_bytes();
    padded.resize(1 << 20, b' ');
    assert!(admit(&roomy(), None, &carrying(&padded)).is_ok());
    padded.push(b' ');
    assert_eq!(fault(&padded).code(), "vectors-too-large");
    let call = r#"{"resume":{"event":"woke"}}"#;
    let many = |vectors: usize, calls: usize| {
        let calls = vec![call; calls].join(",");
        let vector = |place| format!(r#"{{"name":"v{place}","calls":[{calls}]}}"#);
        let vectors: Vec<String> = (0..vectors).map(vector).collect();
        format!(r#"{{"suite":"many","vectors":[{}]}}"#, vectors.join(","))
    };
    assert_eq!(fault(many(1001, 1).as_bytes()).code(), "vectors-too-large");
    assert_eq!(fault(many(9, 445).as_bytes()).code(), "vectors-too-large");
}
