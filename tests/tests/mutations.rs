//! What becomes of a handshake whose messages somebody changes.
#![allow(missing_docs, reason = "tests")]

use tidegate_tests::insider::{Ground, Insider, Scenario, pass};
use tidegate_tests::mutations::{By, mutate};

#[test]
fn what_is_passed_on_as_it_is_leads_to_a_connection() {
    for scenario in Scenario::ALL {
        let mut insider = Insider::new(&Ground::new(scenario));
        insider.play(&mut pass);
        assert_eq!(insider.failed, [None; 2], "{scenario:?}");
        assert!(insider.notes.iter().all(|notes| notes.connected.is_some()), "{scenario:?}");
    }
}

/// Every change of every message of a scenario. The figures show that there were many, and that most are found out at once.
#[track_caller]
fn all_changes_of(scenario: Scenario) {
    let tally = mutate(scenario, By::Insider);
    println!("{scenario:?}: {tally:?}");
    assert!(tally.played > 500, "{tally:?}");
    assert!(tally.failed > tally.played * 4 / 5, "{tally:?}");
    let tally = mutate(scenario, By::Peer);
    println!("{scenario:?} by a peer: {tally:?}");
    assert!(tally.played > 200 && tally.failed > tally.played / 3, "{tally:?}");
}

/// A test for each, so that they run side by side.
macro_rules! scenarios {
    ($($name:ident: $scenario:ident)*) => {
        $(#[test]
        fn $name() {
            all_changes_of(Scenario::$scenario);
        })*

        /// A match without a wildcard: a new scenario needs a new line.
        #[allow(dead_code, reason = "compiling it is the test")]
        const fn none_is_left_out(scenario: Scenario) {
            match scenario {
                $(Scenario::$scenario => {})*
            }
        }
    };
}

scenarios! {
    a_full_handshake: Full
    one_between_two_that_know_tls13_alone: Only13
    one_with_a_retry: Retry
    one_with_a_cookie: Cookie
    one_with_client_certificates: ClientAuth
    one_without_the_certificate_asked_for: NoCertificate
    one_of_a_session_that_goes_on: Resumed
    one_with_an_external_key: External
    one_with_early_data: EarlyData
    one_with_early_data_that_is_passed_over: EarlyRefused
    one_of_a_client_that_may_be_asked_later: LateAuth
    one_with_raw_public_keys: RawKeys
    one_with_keys_of_ml_kem: Hybrid
    a_full_handshake_of_tls12: Full12
    one_of_tls12_with_client_certificates: ClientAuth12
    one_of_tls12_without_the_certificate_asked_for: NoCertificate12
    one_of_tls12_with_a_ticket: Ticket12
    one_of_a_session_of_tls12_that_goes_on: Resumed12
    one_of_a_session_of_tls12_that_goes_on_by_its_id: ResumedById12
    two_of_tls12_in_one_connection: Again12
}
