//! How problems are told: together, in order, drawn under their place, and as data.

use yizhan::config::{Code, Problems, load};

use crate::house::*;

#[test]
fn settings_know_their_lines() {
    let directory = write(&FILES);
    let config = load(directory.path()).unwrap();
    let mut problems = Problems::default();
    let text = &FILES[GUANGDONG];
    let [chongqing, guangdong, _] = config.partners.as_slice() else { panic!("three partners") };
    for (path, wanted) in [
        ("session.sites.1", "\"深圳\""),
        ("session.minutes", "minutes = |30"),
        ("session.hours", "{ minutes"),
        ("retries", "retries = |3"),
        ("nothing", "[settings]"),
        ("", "[settings]"),
    ] {
        let problem = guangdong.settings_origin.problem(path, Code::AdapterSetting, "不可接受".into());
        let place = position(text, wanted);
        let file = GUANGDONG.to_owned();
        assert_eq!(found(&problem, directory.path()), ("CFG0027".into(), file, place.0, place.1));
        problems.add(problem);
    }
    let problem = guangdong.settings_origin.adapter_problem(Code::AdapterRefused, "traps".into());
    assert_eq!((problem.code.id(), problem.line, problem.column), ("CFG0028", 2, 11));
    problems.add(problem);
    let problem = chongqing.settings_origin.problem("x", Code::AdapterSetting, "is missing".into());
    assert_eq!((problem.line, problem.column), (1, 1));
    problems.add(problem);
    let lines: Vec<_> = problems.iter().map(|problem| problem.line).collect();
    assert_eq!((lines[0], lines[1]), (1, 2), "{problems}");
    assert!(lines.is_sorted(), "{problems}");
}

#[test]
fn problems_of_all_files_come_together_and_in_order() {
    check(
        &[
            (MAIN, "drain =", "drian ="),
            (MAIN, "0.0.0.0:8443", "nowhere"),
            (MAIN, "\"guangdong\", \"ch", "\"shanghai\", \"ch"),
            (GUANGDONG, "uses = ", "use = "),
            (GUANGDONG, "\"512KiB\"", "512"),
            (CHONGQING, "adapter =", "adapter"),
            (HOSPITAL, "rate = 500", "rate = \"五百\""),
        ],
        &[
            ("CFG0006", MAIN, "\"nowhere\""),
            ("CFG0007", MAIN, "drian"),
            ("CFG0017", MAIN, "\"shanghai\""),
            ("CFG0003", CHONGQING, "adapter |\"nhsa"),
            ("CFG0004", GUANGDONG, "512"),
            ("CFG0005", GUANGDONG, "[keys.tif-token]"),
            ("CFG0007", GUANGDONG, "use ="),
            ("CFG0004", HOSPITAL, "\"五百\""),
        ],
    );
}

/// Line and column are right, and so is what stands under the line, in a terminal.
#[test]
fn a_problem_is_drawn_under_its_place() {
    let unknown = problems(&[(CHONGQING, "title = \"重庆市医保平台\"", "titel = \"重庆\" # 毫秒")]);
    let problem = unknown.iter().next().unwrap();
    let drawn = problem.render(false).replace(&problem.file, "chongqing.toml");
    let wanted = "\
error[CFG0007]: unknown key `titel`
 --> chongqing.toml:1:1
  |
1 | titel = *** # 毫秒
  | ^^^^^ nothing of this name is known here
  |
help: did you mean `title`?";
    assert_eq!(drawn, wanted);

    let hosts = "hosts = [\"localhost:9443\", \"*.example.cn:443\", \"主机\"] # 允许";
    let broken = problems(&[(MAIN, "hosts = [\"localhost:9443\", \"*.example.cn:443\"]", hosts)]);
    let problem = broken.iter().next().unwrap();
    let drawn = problem.render(false).replace(&problem.file, "yizhan.toml");
    let wanted = "\
error[CFG0006]: `upstream.hosts` has the wrong form
  --> yizhan.toml:30:48
   |
30 | hosts = [\"localhost:9443\", \"*.example.cn:443\", \"主机\"] # 允许
   |                                                ^^^^^^ wanted is host:port or *.domain:port";
    assert_eq!(drawn, wanted);
    assert!(problem.render(true).contains("\u{1b}["));
}

#[test]
fn problems_are_data_too() {
    let problems = problems(&[(MAIN, "drain =", "drian =")]);
    let json = serde_json::to_value(&problems).unwrap();
    assert_eq!(json[0]["code"], "CFG0007");
    assert_eq!((&json[0]["line"], &json[0]["column"]), (&18.into(), &1.into()));
    assert_eq!(json[0]["help"], "did you mean `drain`?");
}
