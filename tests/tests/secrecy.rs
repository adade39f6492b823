//! What is said of connections to those who debug them has no secret in it.
#![allow(missing_docs, reason = "tests")]

use tidegate_tests::insider::{Ground, Insider, Scenario, lines, watch_states};

/// Bytes as anybody would write them.
fn spellings(secret: &[u8]) -> [String; 4] {
    let written =
        |each: fn(&u8) -> String, between| secret.iter().map(each).collect::<Vec<_>>().join(between);
    let hex = written(|byte| format!("{byte:02x}"), "");
    [
        hex.to_uppercase(),
        hex,
        written(|byte| byte.to_string(), ", "),
        written(|byte| format!("{byte:x}"), ", "),
    ]
}

#[test]
fn nothing_that_is_shown_or_logged_has_a_secret_in_it() {
    for scenario in Scenario::ALL {
        let ground = Ground::new(scenario);
        watch_states();
        let mut insider = Insider::new(&ground);
        let mut said = String::new();
        while let Some(item) = insider.said() {
            insider.deliver(&item);
            for end in [format!("{:?}", insider.client), format!("{:?}", insider.server)] {
                said.push_str(&end);
            }
        }
        said.push_str(&format!(
            "{:?} {:?}",
            insider.client.detach_handshake(),
            insider.server.detach_handshake()
        ));
        let logged = lines().join("\n");
        let told = insider.told();
        assert!(told.len() >= 2 && logged.contains("Connected"), "{scenario:?}");
        for secret in told {
            // Half of one is as bad.
            for spelling in spellings(&secret[..16]) {
                assert!(!said.contains(&spelling) && !logged.contains(&spelling), "{scenario:?}: {spelling}");
            }
        }
    }
}

#[test]
fn a_secret_would_be_found() {
    let secret = *b"sixteen bytes it";
    let shown = [format!("{secret:?}"), format!("{secret:x?}")];
    assert!(shown.iter().all(|shown| spellings(&secret).iter().any(|spelling| shown.contains(spelling))));
}
