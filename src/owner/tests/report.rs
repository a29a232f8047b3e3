//! Appointments in the list, and the report.

use super::*;
use crate::guardian::Due;

const MINUTE: u64 = 60_000;

fn worker(number: u32) -> WorkerSid {
    WorkerSid::parse(format!("WK{number:032}")).unwrap()
}

fn queue(number: u32) -> QueueSid {
    QueueSid::parse(format!("WQ{number:032}")).unwrap()
}

fn due(at: u64, guardian: Guardian) -> Guardian {
    let due = Due {
        at,
        keep_minutes: None,
        is_expiry: false,
    };
    Guardian {
        due: Some(due),
        ..guardian
    }
}

/// A conversation with an appointment.
fn found_due(number: u32, at: u64, guardian: Guardian) -> Value {
    found(number, &attributes(), &armed(&due(at, guardian)))
}

fn reported(found: &[Value]) -> (Value, String) {
    #[expect(clippy::cast_precision_loss, reason = "it is far below 2^53")]
    let text = report_parked(&Value::from(found).to_string(), DOMAIN, NOW as f64, "{}").unwrap();
    let answer: Value = serde_json::from_str(&text).unwrap();
    (
        answer["report"].clone(),
        answer["text"].as_str().unwrap().to_owned(),
    )
}

/// Ada has three of queue 1, Ben two of queue 2, and nothing shows who parked the sixth.
fn several() -> Vec<Value> {
    let of = |number, agent: (u32, &str), queue_number, guardian: Guardian| {
        let guardian = Guardian {
            worker: worker(agent.0),
            queue: queue(queue_number),
            ..guardian
        };
        let mut found = found(number, &attributes(), &armed(&guardian));
        found["workerName"] = json!(agent.1);
        found["queueName"] = json!(["Sales", "Support"][queue_number as usize - 1]);
        found
    };
    let (ada, ben) = ((1, "Ada Agent"), (2, "Ben Büro"));
    vec![
        of(1, ben, 2, due(NOW + HOUR, parked(2))),
        of(2, ada, 1, due(NOW - 1, parked(50))),
        of(3, ada, 1, unheard(3, NOW - MINUTE)),
        of(4, ada, 1, due(NOW + 1_000, parked(1))),
        of(5, ben, 2, parked(4)),
        found(6, &attributes(), &json!([])),
    ]
}

#[test]
fn conversations_are_counted_by_agent_and_queue() {
    let counts = |sid: Value, name: Value, counts: [u32; 4], oldest: Value| {
        json!({
            "sid": sid, "name": name, "parked": counts[0], "due": counts[1], "overdue": counts[2], "unheard": counts[3],
            "oldestParkedAt": oldest,
        })
    };
    let recorded_at = recorded::record().park.parked_at;
    let unknown = counts(json!(null), json!(null), [1, 0, 0, 0], json!(recorded_at));
    let (ada, ben) = ([3, 1, 1, 1], [2, 1, 0, 0]);
    let (ada_at, ben_at) = (json!(NOW - 50 * HOUR), json!(NOW - 4 * HOUR));
    let (report, _) = reported(&several());
    assert_eq!(
        report,
        json!({
            "at": NOW, "parked": 6, "due": 2, "overdue": 1, "unheard": 1, "unverified": 1,
            "oldestParkedAt": NOW - 50 * HOUR,
            "oldest": { "conversationSid": numbered(2), "parkedAt": NOW - 50 * HOUR },
            "agents": [
                counts(json!(worker(1)), json!("Ada Agent"), ada, ada_at.clone()),
                counts(json!(worker(2)), json!("Ben Büro"), ben, ben_at.clone()),
                unknown.clone(),
            ],
            "queues": [
                counts(json!(queue(1)), json!("Sales"), ada, ada_at),
                counts(json!(queue(2)), json!("Support"), ben, ben_at),
                unknown,
            ],
        })
    );
}

#[test]
fn people_read_the_report_as_tables() {
    let (_, text) = reported(&several());
    let oldest = format!("The oldest was parked 2 d 2 h ago: {}", numbered(2));
    let expected = [
        "parked      6",
        "due         2  their time is ahead",
        "overdue     1  their time has passed, and no agent is asked",
        "unheard     1  their customer wrote and waits for an answer",
        "unverified  1  it is unknown who parked them: npm run parked -- list",
        &oldest,
        "",
        "agent      parked  due  overdue  unheard     oldest",
        "Ada Agent       3    1        1        1    2 d 2 h",
        "Ben Büro        2    1        0        0  4 h 0 min",
        "?               1    0        0        0      0 min",
        "",
        "queue    parked  due  overdue  unheard     oldest",
        "Sales         3    1        1        1    2 d 2 h",
        "Support       2    1        0        0  4 h 0 min",
        "?             1    0        0        0      0 min",
    ];
    assert_eq!(text, expected.join("\n"), "\n{text}");
}

#[test]
fn nothing_parked_is_a_report_of_zeros() {
    let (report, _) = reported(&[]);
    let counts = ["parked", "due", "overdue", "unheard", "unverified"].map(|key| &report[key]);
    assert_eq!(counts, [&json!(0); 5]);
    assert_eq!(report["oldest"], Value::Null);
    assert_eq!(
        (&report["agents"], &report["queues"]),
        (&json!([]), &json!([]))
    );
}

#[test]
fn an_appointment_is_ahead_routed_or_overdue() {
    for (at, is_offered, state, counted) in [
        (NOW + 1_000, false, "ahead", (1, 0)),
        (NOW + 1_000, true, "ahead", (1, 0)),
        (NOW, false, "overdue", (0, 1)),
        (NOW, true, "routed", (0, 0)),
        (NOW - 40 * 24 * HOUR, false, "overdue", (0, 1)),
        (0, false, "overdue", (0, 1)),
    ] {
        let mut found = found_due(1, at, parked(1));
        found["isOffered"] = json!(is_offered);
        let (report, _) = reported(&[found.clone()]);
        assert_eq!(report["due"], counted.0, "{at} {is_offered}");
        assert_eq!(report["overdue"], counted.1, "{at} {is_offered}");
        let listed = described(vec![found])["parked"][0].clone();
        assert_eq!(listed["appointment"], json!({ "at": at, "state": state }));
        let has_note = kinds(&listed).contains(&"overdue");
        assert_eq!(has_note, state == "overdue", "{at} {is_offered}");
    }
}

/// Any agent's browser can write attributes, and other programs damage them.
#[test]
fn an_appointment_comes_from_the_address() {
    let mut forged = attributes();
    forged["parkInteraction"]["dueAt"] = json!(NOW - HOUR);
    for attributes in [forged, json!({ "parkInteraction": [] }), json!({})] {
        let (report, _) = reported(&[found(1, &attributes, &armed(&parked(1)))]);
        assert_eq!((&report["due"], &report["overdue"]), (&json!(0), &json!(0)));
        let armed = armed(&due(NOW + HOUR, parked(1)));
        let (report, _) = reported(&[found(1, &attributes, &armed)]);
        assert_eq!((&report["due"], &report["overdue"]), (&json!(1), &json!(0)));
    }
}

#[test]
fn an_appointment_without_an_address_comes_from_the_record() {
    let with = |written: &Value| {
        let mut attributes = attributes();
        attributes["parkInteraction"]["dueAt"] = written.clone();
        found(1, &attributes, &json!([]))
    };
    for damaged in [json!([]), json!(null), json!("soon"), json!(-1), json!(1.5)] {
        let (report, _) = reported(&[with(&damaged)]);
        let counts = (&report["parked"], &report["due"], &report["overdue"]);
        assert_eq!(counts, (&json!(1), &json!(0), &json!(0)), "{damaged}");
    }
    for written in [json!("1.80E12"), json!(1.8e12), json!(u64::MAX)] {
        let (report, _) = reported(&[with(&written)]);
        assert_eq!(report["due"], 1, "{written}");
    }
    let passed = described(vec![with(&json!(NOW))])["parked"][0].clone();
    assert_eq!(passed["appointment"]["state"], "overdue");
    assert_eq!(kinds(&passed), ["unverified"], "reconciling cannot help");
}

#[test]
fn damaged_attributes_are_counted_by_the_address() {
    let guardian = Guardian {
        worker: worker(7),
        queue: queue(7),
        ..unheard(5, NOW - HOUR)
    };
    for attributes in [json!({ "parkInteraction": [] }), json!({}), json!([])] {
        let (report, _) = reported(&[found(1, &attributes, &armed(&guardian))]);
        let counts = (&report["parked"], &report["unheard"], &report["unverified"]);
        assert_eq!(counts, (&json!(1), &json!(1), &json!(0)), "{attributes}");
        assert_eq!(report["agents"][0]["sid"], json!(worker(7)));
        assert_eq!(report["queues"][0]["sid"], json!(queue(7)));
        assert_eq!(report["oldestParkedAt"], NOW - 5 * HOUR);
    }
}

#[test]
fn a_report_counts_parks_of_other_plugins() {
    let capitals = found(1, &capitals(), &url(ANOTHERS));
    let template = found(2, &the_templates(), &url(THE_TEMPLATES));
    let (report, text) = reported(&[capitals, template]);
    assert_eq!(
        (&report["parked"], &report["unverified"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(report["oldest"], Value::Null);
    assert!(
        text.ends_with("?           2    0        0        0       ?"),
        "{text}"
    );
}

/// Attributes name a queue, and any agent can write them.
#[test]
fn a_queue_has_the_name_that_task_router_knows() {
    let mut forged = attributes();
    forged["queueName"] = json!("Nobody's");
    let mut first = found(1, &forged, &armed(&parked(1)));
    first["queueName"] = json!("Everyone");
    let unverified = found(2, &forged, &json!([]));
    let (report, text) = reported(&[first.clone(), unverified]);
    assert_eq!(report["queues"][0]["name"], "Everyone");
    assert_eq!(report["queues"][1]["name"], Value::Null);
    assert!(!text.contains("Nobody's"), "{text}");
    assert_eq!(described(vec![first])["parked"][0]["queueName"], "Everyone");
}

#[test]
fn what_is_unverified_comes_last() {
    let unverified = (1..4).map(|number| found(number, &attributes(), &json!([])));
    let known = found(4, &attributes(), &armed(&parked(1)));
    let all: Vec<Value> = unverified.chain([known]).collect();
    let (report, _) = reported(&all);
    for groups in ["agents", "queues"] {
        let groups = report[groups].as_array().unwrap().iter();
        let counts: Vec<(bool, &Value)> = groups
            .map(|group| (group["sid"].is_null(), &group["parked"]))
            .collect();
        assert_eq!(counts, [(false, &json!(1)), (true, &json!(3))]);
    }
}

#[test]
fn groups_of_one_size_are_sorted_by_name() {
    let of_worker = |number: u32, name: Option<&str>| {
        let guardian = Guardian {
            worker: worker(number),
            ..parked(1)
        };
        let mut found = found(number, &attributes(), &armed(&guardian));
        found["workerName"] = json!(name);
        found
    };
    let all = [
        of_worker(1, Some("Zoe")),
        of_worker(2, Some("Ada")),
        of_worker(3, Some("Mia")),
    ];
    let (report, _) = reported(&all);
    let agents = report["agents"].as_array().unwrap().iter();
    let names: Vec<&str> = agents
        .map(|agent| agent["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Ada", "Mia", "Zoe"]);
    let (_, text) = reported(&[of_worker(4, None)]);
    assert!(
        text.contains(worker(4).as_str()),
        "a deleted worker: {text}"
    );
}

#[test]
fn a_report_fits_into_80_columns() {
    let long = "Reclamações e devoluções internacionais, segunda linha";
    let many: Vec<Value> = (0..1_200)
        .map(|number| {
            let mut found = found_due(number, NOW - HOUR, unheard(23_999, NOW - HOUR));
            found["workerName"] = json!(long);
            found["queueName"] = json!("\u{1b}[2J\n");
            found
        })
        .chain([found(1_201, &attributes(), &json!([]))])
        .collect();
    let (_, text) = reported(&many);
    assert_eq!(text.lines().count(), 6 + 1 + 3 + 1 + 3);
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(
        text.contains("Reclamações e devoluções internacio…  "),
        "{text}"
    );
    assert!(text.contains("\n\u{fffd}[2J\u{fffd}   "), "{text}");
}

#[test]
fn a_malformed_list_makes_no_report() {
    assert!(report_parked("{}", DOMAIN, 0.0, "{}").is_err());
}

#[test]
fn the_list_shows_appointments() {
    let mut routed = found_due(4, NOW - 5 * MINUTE, parked(9));
    routed["isOffered"] = json!(true);
    let found = vec![
        found_due(1, NOW + 24 * HOUR, parked(99)),
        found_due(2, NOW - 5 * MINUTE, parked(1)),
        found_due(3, NOW + HOUR, unheard(1, NOW - 13 * MINUTE)),
        routed,
        found(5, &attributes(), &armed(&parked(5))),
    ];
    let described = described(found);
    let rows = rows(&described);
    let states: Vec<[&str; 2]> = rows
        .iter()
        .skip(1)
        .map(|row| [row[0].trim_start_matches(['C', 'H', '0']), &row[3]])
        .collect();
    assert_eq!(
        states,
        [
            ["3", "wrote at 16:00, not answered yet"],
            ["2", "overdue since 2026-09-21 16:08"],
            ["1", "until 2026-09-22 16:13"],
            ["4", "until 2026-09-21 16:08, task open"],
            ["5", "-"],
        ]
    );
    let text = described["text"].as_str().unwrap();
    let below: Vec<&str> = text.split("\n\n").nth(1).unwrap().lines().collect();
    assert_eq!(below.len(), 3, "{text}");
    assert_eq!(below[0], "Times are those of this machine, UTC+2.");
    assert_eq!(
        below[1],
        format!("{}: Appointment: until 2026-09-21 17:13.", numbered(3))
    );
    assert!(
        below[2].contains("npm run parked -- reconcile routes it"),
        "{text}"
    );
}

/// The column of an appointment is no wider than that of an unheard message, which the list had before.
#[test]
fn appointments_do_not_widen_the_list() {
    let width = |found: Value| {
        let described = described(vec![found]);
        let text = described["text"].as_str().unwrap();
        text.lines().next().unwrap().chars().count()
    };
    let widest = width(found(
        1,
        &attributes(),
        &armed(&unheard(99, NOW - 50 * HOUR)),
    ));
    for at in [NOW + 24 * HOUR, NOW - HOUR] {
        for is_offered in [false, true] {
            let mut found = found_due(1, at, parked(99));
            found["isOffered"] = json!(is_offered);
            assert!(width(found) <= widest, "{at} {is_offered}");
        }
    }
}

#[test]
fn a_list_without_times_names_no_zone() {
    let described = described(vec![found(1, &attributes(), &armed(&parked(1)))]);
    let text = described["text"].as_str().unwrap();
    assert!(!text.contains("Times are"), "{text}");
}
