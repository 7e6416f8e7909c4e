//! Configurations that load.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use yizhan::config::{Identity, Language, SanKind, load, operator_socket};
use yizhan_schemas::{RoutingKey, StandardVersion};

use crate::house::*;

#[test]
fn a_full_configuration_loads() {
    let directory = write(&FILES);
    let config = load(&directory.path().join(MAIN)).unwrap();
    assert_eq!(config.name, "sichuan-relay");
    assert_eq!(config.listen.partners, SocketAddr::from(([0, 0, 0, 0], 8443)));
    assert_eq!(config.limits.adapter_instances.get(), 32);
    assert_eq!(config.limits.memory_budget, 64 << 20);
    assert_eq!((config.limits.streams, config.cache.max_bytes), (64, 16 << 20));
    assert_eq!(config.limits.drain, Duration::from_millis(1500));
    assert_eq!(config.adapters.directory, directory.path().join("adapters"));

    assert_eq!(config.operators.socket, directory.path().join("run/operator.sock"));
    assert_eq!(config.operators.operators, [0, 1000].into());
    assert_eq!(config.operators.auditors, [1001].into());
    assert_eq!(operator_socket(&directory.path().join(MAIN)).unwrap(), config.operators.socket);

    let names: Vec<&str> = config.partners.iter().map(|partner| partner.name.as_ref()).collect();
    assert_eq!(names, ["chongqing", "guangdong", "sc-hospital"]);
    let [chongqing, guangdong, hospital] = config.partners.as_slice() else { panic!("three partners") };

    assert_eq!(guangdong.title.as_deref(), Some("广东省内异地平台"));
    assert!(guangdong.identity.is_none());
    let serve = guangdong.serve.as_ref().unwrap();
    assert_eq!(serve.base_url.to_string(), "https://localhost:9443/ybdy");
    assert_eq!(serve.server_name.to_str(), "platform.example");
    assert!(serve.client.is_some());
    assert_eq!(serve.standard, Some(StandardVersion::FIRST));
    let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let routes = [
        (RoutingKey::InsuredDivision, list(&["44"])),
        (RoutingKey::IssuingDivision, list(&["44", "4401"])),
        (RoutingKey::Institution, list(&["P44"])),
    ];
    assert_eq!(serve.routes, routes);
    let [key] = guangdong.keys.as_slice() else { panic!("one key") };
    assert_eq!((key.alias.as_str(), key.secret.expose().as_slice()), ("tif-token", "令牌".as_bytes()));
    assert_eq!(key.uses, ["digest", "send"]);
    let settings = serde_json::json!({
        "division": "440000", "retries": 3, "session": { "minutes": 30, "sites": ["广州", "深圳"] },
    });
    assert_eq!(guangdong.settings, settings);

    assert!(matches!(&chongqing.identity, Some(Identity::Pinned(pins)) if pins[0][..2] == [0x01, 0x23]));
    let serve = chongqing.serve.as_ref().unwrap();
    assert_eq!((serve.server_name.to_str().as_ref(), serve.concurrent), ("api.example.cn", 128));
    assert_eq!((serve.breaker_failures, serve.breaker_open), (5, Duration::from_secs(5)));
    assert_eq!(chongqing.settings, serde_json::json!({}));

    let Some(Identity::Anchored { anchors, revocation, san }) = &hospital.identity else {
        panic!("anchored")
    };
    assert_eq!((anchors.len(), revocation.len()), (1, 1));
    let fits = san.matches(SanKind::Uri, "urn:yizhan:sc-hospital:H51010400001").unwrap();
    assert_eq!(fits.institution, Some("H51010400001"));
    assert_eq!((hospital.requester.rate.unwrap().get(), hospital.requester.language), (500, Language::En));
    assert_eq!(hospital.requester.default_purpose["card.lookup"], "medicalTreatment");

    // 2028-01-01T00:00:00+08:00
    let end = SystemTime::UNIX_EPOCH + Duration::from_secs(1_830_268_800);
    assert_eq!((config.grants[0].until, config.grants[1].until), (Some(end), None));
    assert_eq!(config.grants[0].institutions, Some(list(&["H51010400001"])));
    assert_eq!(config.grants[1].targets, std::slice::from_ref(&guangdong.name));
    // Nothing of a key or a secret is in a log of it.
    let debug = format!("{config:?}");
    assert!(!debug.contains("令牌") && !debug.contains(&format!("{:?}", "令牌".as_bytes())), "{debug}");
}

#[test]
fn the_least_configuration_loads() {
    let mut files = FILES.clone();
    files.retain(|path, _| !path.starts_with("partners/"));
    let listen = "listen = { partners = '[::]:8443', admin = '[::1]:9090', certificate = 'pki/gateway.pem', \
                  key = 'secret:tls-key' }";
    files.insert(MAIN.into(), listen.into());
    files.insert("partners/README".into(), String::new());
    files.insert("partners/.#x.toml".into(), "?".into());
    let directory = write(&files);
    let config = load(directory.path()).unwrap();
    // The user who runs the gateway, and nobody else.
    let ourselves = rustix::process::geteuid().as_raw();
    assert_eq!(config.operators.operators, [ourselves].into());
    assert!(config.operators.auditors.is_empty());
    assert_eq!(operator_socket(directory.path()).unwrap(), directory.path().join("state/operator.sock"));
    assert_eq!(config.cache.max_bytes, config.limits.memory_budget / 8);
    assert_eq!((config.name.as_str(), config.partners.len(), config.grants.len()), ("yizhan", 0, 0));
    assert_eq!(config.limits.connections, 4096);
}
