use super::*;

#[test]
fn amounts_keep_their_value_and_get_two_places() {
    for (native, unified) in [
        ("812.35", "812.35"),
        ("0", "0.00"),
        ("0.0", "0.00"),
        ("-0.00", "0.00"),
        ("-320.5", "-320.50"),
        ("-320.50", "-320.50"),
        ("40.8000", "40.80"),
        ("007.1", "7.10"),
        ("99999999999999.99", "99999999999999.99"),
    ] {
        assert_eq!(money(native).as_deref(), Some(unified), "{native}");
    }
    for native in ["40.8072", "1e2", "1.00元", ".5", "-", "--1", "+1", "100000000000000", "1.2.3", "１"] {
        assert_eq!(money(native), None, "{native}");
    }
}

#[test]
fn ages_have_one_place() {
    assert_eq!(age("35.8").as_deref(), Some("35.8"));
    assert_eq!(age("35").as_deref(), Some("35.0"));
    assert_eq!(age("35.80").as_deref(), Some("35.8"));
    assert_eq!(age("35.85"), None);
    assert_eq!(age("-1"), None);
    assert_eq!(age("1000"), None);
}

#[test]
fn dates_are_read_in_the_spellings_partners_use() {
    for native in [
        "1990-03-07",
        "1990-03-07 00:00:00",
        "19900307",
        "19900307103045",
        "1990.03.07",
        "1990-03-07T00:00:00",
    ] {
        assert_eq!(date(native).as_deref(), Some("1990-03-07"), "{native}");
    }
    for native in
        ["1990-02-30", "19900230", "1990.13.01", "1990-03-071", "1990-3-7", "", "一九九〇年", "90-03-07"]
    {
        assert_eq!(date(native), None, "{native}");
    }
}

#[test]
fn moments_are_read_in_the_spellings_partners_use() {
    for native in ["2026-01-02 10:40:12", "20260102104012", "20260102104012345"] {
        assert_eq!(moment(native).as_deref(), Some("2026-01-02T10:40:12+08:00"), "{native}");
    }
    for native in ["2026-01-02", "20260102"] {
        assert_eq!(moment(native).as_deref(), Some("2026-01-02T00:00:00+08:00"), "{native}");
    }
    for native in
        ["", "2026-02-30 10:00:00", "20260102250000", "2026-01-02T10:40:12", "2026010210401", "10:40"]
    {
        assert_eq!(moment(native), None, "{native}");
    }
}

#[test]
fn decimals_have_the_places_of_their_kind() {
    assert_eq!(price("12.5").as_deref(), Some("12.500000"));
    assert_eq!(price("12.5000001"), None);
    assert_eq!(quantity("2").as_deref(), Some("2.0000"));
    assert_eq!(
        (ratio("1"), ratio("0.7"), ratio("1.0001")),
        (Some("1.0000".into()), Some("0.7000".into()), None)
    );
    assert_eq!(amount("-1"), None);
    assert_eq!(
        (count("7"), count("7.0"), count("007"), count("7.5"), count("-7")),
        (Some("7".into()), Some("7".into()), Some("7".into()), None, None)
    );
    assert_eq!(cap("999999"), Some(None));
    assert_eq!(cap("999999.00"), Some(None));
    assert_eq!(cap("1.5"), Some(Some("1.500000".into())));
    assert_eq!(cap("无"), None);
}

#[test]
fn sums_are_exact() {
    let fen = |text| Fen::read(text).unwrap();
    assert_eq!(fen("99999999999999.99").plus(fen("0.01")).unwrap().to_string(), "100000000000000.00");
    assert_eq!(fen("0.05").minus(fen("0.10")).unwrap().to_string(), "-0.05");
    assert_eq!(fen("-320.50").to_string(), "-320.50");
    assert_eq!((Fen::read("1"), Fen::read("1.5"), Fen::read("a.bc")), (None, None, None));
}

#[test]
fn a_member_of_many_rows_is_lost_once() {
    let mut losses = Losses::default();
    for (item, place) in
        [("/rows/0", "/a"), ("/rows/1", "/a"), ("/rows/1", "/b"), ("/other/1", "/a"), ("", "/a")]
    {
        losses.add_once(item, place, "");
    }
    let pointers: Vec<_> = losses.0.iter().map(|loss| loss.pointer.as_str()).collect();
    assert_eq!(pointers, ["/rows/0/a", "/rows/1/b", "/other/1/a", "/a"]);
}

#[test]
fn small_values() {
    assert!(
        is_division("510199") && !is_division("010100") && !is_division("5101") && !is_division("51010a")
    );
    assert_eq!(ethnicity("1").as_deref(), Some("01"));
    assert_eq!(ethnicity("57").as_deref(), Some("57"));
    assert_eq!(ethnicity("汉"), None);
    assert_eq!((flag("0"), flag("1"), flag("是")), (Some(false), Some(true), None));
    assert_eq!(bounded("测试单位", 4).as_deref(), Some("测试单位"));
    assert_eq!(bounded("测试单位", 3), None);
    assert_eq!(bounded("a\nb", 9), None);
}
