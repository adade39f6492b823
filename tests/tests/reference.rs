//! The proof of the replay itself: libssl against what libssl was recorded to do.
#![allow(missing_docs, reason = "tests")]

use tidegate_tests::oracle::libssl::Library;
use tidegate_tests::oracle::record::Content;
use tidegate_tests::oracle::reference::Reference;
use tidegate_tests::oracle::run::{Observed, run};
use tidegate_tests::oracle::trace::{Command, Operation, Results, Trace, WireRecord};
use tidegate_tests::oracle::{read_traces, write_operation};

const FILES: [(&str, &str); 2] = [
    ("scenarios", include_str!("../oracle/scenarios.jsonl")),
    ("traces-public", include_str!("../oracle/traces-public.jsonl")),
];

/// Where the recorder named a record by what OpenSSL built and not by what it sent: in TLS 1.2 a blocked alert is
/// overwritten by the data after it, which the peer then can't decrypt.
const OVERWRITTEN: (&str, u64, usize) = ("traces-public", 35, 19);

#[test]
#[ignore = "needs libssl"]
fn libssl_does_what_was_recorded() {
    let Some(library) = Library::have() else { return };
    let reference = Reference::new(library);
    let (mut compared, mut different) = ([0, 0], Vec::new());
    for (file, text) in FILES {
        for trace in read_traces(text).unwrap() {
            compared[usize::from(trace.config.version == 13)] += trace.operations.len();
            different.extend(first_difference(&reference, file, &trace));
        }
    }
    let [old, new] = compared;
    println!("{library:?}: {new} operations of TLS 1.3 and {old} of TLS 1.2 compared");
    assert!(different.is_empty(), "{} traces differ:\n{}", different.len(), different.join("\n"));
    assert_eq!(compared, [1727, 3182]);
}

/// The first operation of a trace that went otherwise than recorded.
fn first_difference(reference: &Reference, file: &str, trace: &Trace) -> Option<String> {
    let commands: Vec<Command> = trace.operations.iter().map(|operation| operation.command).collect();
    let observed = run(&trace.config, &commands, reference.ends(&trace.config));
    let pairs = trace.operations.iter().zip(observed).enumerate();
    let mut different = pairs.filter(|(index, (recorded, observed))| {
        let place = (file, trace.number, *index);
        expected(&recorded.results, place) != observed.results
    });
    let (index, (recorded, observed)) = different.next()?;
    let observed = Operation { command: recorded.command, results: observed.results };
    let (recorded, observed) = (write_operation(recorded, index), write_operation(&observed, index));
    Some(format!("{file} {} ({})\n  recorded {recorded}  observed {observed}", trace.number, trace.config))
}

/// What was recorded, as far as it is observed again.
fn expected(recorded: &Results, place: (&str, u64, usize)) -> Results {
    // What the peer heard of alerts is not among the observations.
    let mut expected = Results { peer_alerts: Vec::new(), ..recorded.clone() };
    if place == OVERWRITTEN {
        assert_eq!(expected.wire, [WireRecord::Alert, WireRecord::Data(16384)]);
        expected.wire = vec![WireRecord::Data(16384); 2];
    }
    expected
}

/// What is seen when these commands run.
fn seen(config: &str, commands: &[&str]) -> Option<Vec<Observed>> {
    let reference = Reference::new(Library::have()?);
    let config = format!("cfg {config} modes=4 frag=16384 split=0 ra=0 reneg=0 ieof=0").parse().unwrap();
    let commands: Vec<Command> = commands.iter().map(|command| command.parse().unwrap()).collect();
    Some(run(&config, &commands, reference.ends(&config)))
}

#[test]
#[ignore = "needs libssl"]
fn the_onlooker_sees_what_arrives_and_what_leaves() {
    let commands = ["pku 1", "pwrite 20000", "read 9", "pnst", "pshut", "write 0 0 7 seq", "shutdown"];
    let Some(seen) = seen("role=client ver=13 start=done tickets=2", &commands) else { return };
    let arrived: Vec<_> = seen.iter().map(|operation| operation.arrived.clone()).collect();
    let (data, update) = (Content::Data, |requested| vec![Content::KeyUpdate { requested }]);
    assert_eq!(arrived[0], vec![vec![Content::Ticket]; 2]);
    assert_eq!(arrived[1], [update(true)]);
    assert_eq!(arrived[2], [vec![data(16384)], vec![data(3616)]]);
    assert_eq!(arrived[3..5], [vec![], vec![vec![Content::Ticket]]]);
    assert_eq!(arrived[5..], [vec![vec![Content::CloseNotify]], vec![]]);
    let sent: Vec<_> = seen.into_iter().flat_map(|operation| operation.sent).collect();
    assert_eq!(sent, [update(false), vec![data(7)], vec![Content::CloseNotify]]);
}

#[test]
#[ignore = "needs libssl"]
fn the_onlooker_sees_a_handshake() {
    let commands = ["hs", "drain", "hs", "drain"];
    let Some(seen) = seen("role=client ver=13 start=implicit tickets=1", &commands) else { return };
    assert_eq!(seen[0].sent, [vec![Content::Handshake]]);
    let [hello, spec, rest @ ..] = &seen[2].arrived[..] else { panic!("{:?}", seen[2].arrived) };
    assert_eq!((hello, spec), (&vec![Content::Handshake], &vec![Content::ChangeCipherSpec]));
    // EncryptedExtensions, Certificate, CertificateVerify, Finished.
    assert_eq!(rest.concat(), [Content::Handshake; 4]);
    assert_eq!(seen[2].sent, [vec![Content::ChangeCipherSpec], vec![Content::Handshake]]);
    assert_eq!(seen[3].sent, Vec::<Vec<Content>>::new());
}
