//! `yizhan schema explain`: a code, or a field.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use yizhan_schemas::reference::{Field, Form, Part, Reference};
use yizhan_schemas::rules::RULES;
use yizhan_schemas::{Language, Operation, SENTENCES, Sentence, Standard};

use super::{Failure, Manner, say};

/// How alike a name must be to be offered instead; 1 is equal.
const ALIKE: f64 = 0.7;

/// A field, and the messages that have it.
type Places = BTreeMap<Field, Vec<(String, Part)>>;

/// Explains a code, or a place in one or all operations.
pub(super) fn run(what: &str, manner: &Manner) -> Result<(), Failure> {
    let standard = Standard::embedded()?;
    let language = manner.language();
    if !what.contains(['#', '/']) {
        return code(standard, what, manner.json, language);
    }
    let (name, pointer) = what.split_once('#').unwrap_or(("", what));
    let operations = match name {
        "" => standard.operations().collect(),
        name => vec![operation(standard, name)?],
    };
    let places = find(&operations, |field| is_at(field, pointer))?;
    if places.is_empty() {
        return Err(Failure::Usage(format!("the standard has no field {what}")));
    }
    if manner.json {
        let fields: Vec<Value> =
            places.iter().map(|(field, places)| json!({"field": field, "in": messages(places)})).collect();
        say(&json!({ "fields": fields }).to_string());
        return Ok(());
    }
    let texts: Vec<_> = places.iter().map(|(field, places)| told(field, places, language)).collect();
    say(&texts.join("\n"));
    Ok(())
}

/// An operation, or the one that was probably meant.
pub(super) fn operation<'a>(standard: &'a Standard, name: &str) -> Result<&'a Operation, Failure> {
    standard.operation(name).ok_or_else(|| {
        let meant = nearest(name, standard.operations().map(|operation| operation.name.as_str()));
        Failure::Usage(format!("there is no operation `{name}`;{meant} `yizhan schema list` names all"))
    })
}

/// Whether a pointer, with numbers or `*` for items, is a field's.
pub(super) fn is_at(field: &Field, pointer: &str) -> bool {
    let (mut mine, mut asked) = (field.pointer.split('/'), pointer.split('/'));
    loop {
        match (mine.next(), asked.next()) {
            (None, None) => return true,
            (Some("*"), Some(step)) if step == "*" || step.bytes().all(|byte| byte.is_ascii_digit()) => {}
            (Some(mine), Some(asked)) if mine == asked => {}
            _ => return false,
        }
    }
}

fn find(operations: &[&Operation], fits: impl Fn(&Field) -> bool) -> Result<Places, Failure> {
    let reference = Reference::embedded()?;
    let mut places = Places::new();
    for operation in operations {
        for part in Part::BOTH {
            for field in reference.fields(operation, part)?.into_iter().filter(&fits) {
                places.entry(field).or_default().push((operation.name.clone(), part));
            }
        }
    }
    Ok(places)
}

fn messages(places: &[(String, Part)]) -> Vec<Value> {
    places.iter().map(|(operation, part)| json!({"operation": operation, "part": part})).collect()
}

fn told(field: &Field, places: &[(String, Part)], language: Language) -> String {
    let choose = |english, chinese| language.choose(english, chinese);
    let (first, second) = match language {
        Language::English => (&field.titles.en, &field.titles.zh),
        Language::Chinese => (&field.titles.zh, &field.titles.en),
    };
    let mut text = format!("{}  {first} · {second}\n", field.pointer);
    let mut line = |label: &str, said: &str| text += &format!("  {label}: {said}\n");
    line(choose("what", "说明"), &field.description);
    if let Some(Form { titles, description }) = &field.form {
        line(choose("form and unit", "格式与单位"), &format!("{} · {}: {description}", titles.zh, titles.en));
    }
    if let Some(provenance) = &field.provenance {
        line(choose("provenance", "来源"), provenance);
    }
    let required = if field.required {
        choose("must be there", "必填")
    } else {
        choose("may be left out", "可不填")
    };
    line(choose("type", "类型"), &format!("{}; {required}", field.types.join(choose(" or ", "或"))));
    if let Some(pattern) = &field.pattern {
        line(choose("pattern", "正则"), pattern);
    }
    for (bound, number) in &field.bounds {
        line(bound, number);
    }
    for (label, rules) in [
        (choose("rule", "语义规则"), &field.rules),
        (choose("rule on the object around it", "所属对象的语义规则"), &field.rules_around),
    ] {
        for rule in rules {
            let known = RULES.iter().find(|known| known.name == rule);
            let codes = known.map(|rule| [rule.codes, rule.warnings].concat().join(", ")).unwrap_or_default();
            line(label, &format!("{rule} ({codes})"));
        }
    }
    if let Some(since) = &field.since {
        line(choose("since", "始于版本"), since);
    }
    for value in &field.values {
        text += &format!("    {:<32} {}  {}\n", value.value, value.titles.zh, value.titles.en);
    }
    let names: Vec<_> =
        places.iter().map(|(operation, part)| format!("{operation} {}", part.as_str())).collect();
    text + &format!("  {}: {}\n", choose("in", "用于"), names.join(", "))
}

fn code(standard: &Standard, code: &str, as_json: bool, language: Language) -> Result<(), Failure> {
    let sentences: Vec<&Sentence> = SENTENCES.iter().filter(|sentence| sentence.code == code).collect();
    if sentences.is_empty() {
        let meant = nearest(code, SENTENCES.iter().map(|sentence| sentence.code));
        return Err(Failure::Usage(format!(
            "no violation has the code `{code}`;{meant} a field begins with `/`"
        )));
    }
    let rules: Vec<_> =
        RULES.iter().filter(|rule| [rule.codes, rule.warnings].concat().contains(&code)).collect();
    let warns = rules.iter().any(|rule| rule.warnings.contains(&code));
    let operations: Vec<_> = standard.operations().collect();
    let under = |field: &Field| rules.iter().any(|rule| field.rules.iter().any(|name| name == rule.name));
    let places = find(&operations, under)?;
    let mut pointers: BTreeMap<&str, usize> = BTreeMap::new();
    for (field, messages) in &places {
        *pointers.entry(&field.pointer).or_default() += messages.len();
    }
    let names: Vec<_> = rules.iter().map(|rule| rule.name).collect();
    if as_json {
        let texts: Vec<_> =
            sentences.iter().map(|one| json!({"en": one.english, "zh": one.chinese})).collect();
        say(&json!({"code": code, "sentences": texts, "warns": warns, "rules": names,
            "fields": pointers.keys().collect::<Vec<_>>()})
        .to_string());
        return Ok(());
    }
    let mut text = format!("{code}\n");
    for sentence in sentences {
        text += &format!("  {}\n", sentence.text(language).replace("{}", "…"));
    }
    if warns {
        text += language.choose("  only a warning: the message is valid\n", "  仅为提示:报文仍然有效\n");
    }
    if !names.is_empty() {
        text +=
            &format!("  {}: {}\n", language.choose("found by the rules", "由语义规则发现"), names.join(", "));
        text += language.choose("  on the fields, and in how many messages:\n", "  涉及的数据项及报文数:\n");
        for (pointer, count) in pointers {
            text += &format!("    {pointer} ({count})\n");
        }
    }
    say(&text);
    Ok(())
}

/// ` did you mean …?`, if something is alike enough.
fn nearest<'a>(asked: &str, known: impl Iterator<Item = &'a str>) -> String {
    let alike =
        known.map(|name| (strsim::jaro_winkler(asked, name), name)).filter(|(alike, _)| *alike >= ALIKE);
    let best = alike.max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.map(|(_, name)| format!(" did you mean `{name}`?")).unwrap_or_default()
}
