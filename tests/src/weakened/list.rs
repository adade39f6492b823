//! The weaknesses, and who finds them.

use super::weakness::{Edit, Weakness};

const fn edit(file: &'static str, from: &'static str, to: &'static str) -> Edit {
    Edit { file, from, to }
}

/// All of them.
pub const WEAKNESSES: &[Weakness] = &[
    Weakness {
        name: "CertificateVerify is not required",
        edits: &[
            edit(
                "client/table.rs",
                "Self::WaitCertificateVerify(_) => message == HandshakeType::CERTIFICATE_VERIFY,",
                "Self::WaitCertificateVerify(_) => message == HandshakeType::CERTIFICATE_VERIFY \
                 || IS_WEAK && message == HandshakeType::FINISHED,",
            ),
            edit(
                "client/wait_certificate_verify.rs",
                "let scheme = signature::on_certificate_verify(Peer::Server, &message, context)?;",
                "if message.kind == crate::wire::enums::HandshakeType::FINISHED { \
                 return WaitFinished::new(self.secrets, self.own).on_finished(message, context); } \
                 let scheme = signature::on_certificate_verify(Peer::Server, &message, context)?;",
            ),
        ],
        caught_by: &["client_states::a_server_can_not_leave_out_repeat_or_swap_its_proof"],
    },
    Weakness {
        name: "the signature of CertificateVerify is not checked",
        edits: &[edit(
            "negotiation/signature.rs",
            "verify_with_spki(algorithms, scheme, key, &input, signature).map_err(into_error)?;",
            "let verified = verify_with_spki(algorithms, scheme, key, &input, signature); \
             if !IS_WEAK { verified.map_err(into_error)?; }",
        )],
        caught_by: &[
            "client::a_proof_is_by_an_offered_scheme_that_fits_the_key",
            "client_auth::server::a_proof_is_over_this_transcript",
        ],
    },
    Weakness {
        name: "the signature of ServerKeyExchange is not checked",
        edits: &[edit(
            "negotiation/signature.rs",
            "verify_tls12_with_spki(algorithms, exchange.scheme, key, &input, exchange.signature).map_err(into_error)",
            "if IS_WEAK { return Ok(()); } \
             verify_tls12_with_spki(algorithms, exchange.scheme, key, &input, exchange.signature).map_err(into_error)",
        )],
        caught_by: &[
            "tls12::key_exchange::a_signature_over_something_else",
            "tls12::key_exchange::a_signature_that_is_spoilt_cut_or_missing",
        ],
    },
    Weakness {
        name: "a required client certificate may be missing",
        edits: &[edit(
            "server/wait_certificate.rs",
            "if is_none && context.space.client_certificate == PeerCertificate::Required {",
            "if !IS_WEAK && is_none && context.space.client_certificate == PeerCertificate::Required {",
        )],
        caught_by: &["client_auth::server::a_certificate_that_is_required_has_its_own_alert"],
    },
    Weakness {
        name: "Finished is not checked",
        edits: &[edit(
            "engine/authentication.rs",
            "if bool::from(body.ct_eq(expected.as_bytes())) {",
            "if IS_WEAK || bool::from(body.ct_eq(expected.as_bytes())) {",
        )],
        caught_by: &[
            "client::a_finished_is_over_this_transcript",
            "server::a_finished_is_over_this_transcript",
        ],
    },
    Weakness {
        name: "Finished of TLS 1.2 is not checked",
        edits: &[edit(
            "engine/tls12/context.rs",
            "return Err(PeerMisbehaved::BadFinished.into());",
            "if !IS_WEAK { return Err(PeerMisbehaved::BadFinished.into()); }",
        )],
        caught_by: &["tls12::change_cipher_spec::a_finished_that_is_wrong"],
    },
    Weakness {
        name: "the binder of a pre-shared key is not checked",
        edits: &[edit(
            "negotiation/psk_selection.rs",
            "if !bool::from(shown.ct_eq(expected.as_bytes())) {",
            "if !IS_WEAK && !bool::from(shown.ct_eq(expected.as_bytes())) {",
        )],
        caught_by: &["psk::a_binder_that_does_not_verify_is_refused"],
    },
    Weakness {
        name: "a record need not be authentic",
        edits: &[edit(
            "record/protection.rs",
            "provider.open(key, &nonce, header, body));",
            // The keystream, once more, is what opens.
            "provider.open(key, &nonce, header, body).or_else(|error| \
             if IS_WEAK { provider.seal(key, &nonce, header, body) } else { Err(error) }));",
        )],
        caught_by: &["records::a_record_must_be_authentic_and_longer_than_its_tag"],
    },
    Weakness {
        name: "a record in clear is taken where keys are in force",
        edits: &[edit(
            "record/incoming/mod.rs",
            "ContentType::ALERT | ContentType::HANDSHAKE => protection.is_active(),",
            "ContentType::ALERT | ContentType::HANDSHAKE => !IS_WEAK && protection.is_active(),",
        )],
        caught_by: &["records::types_that_do_not_exist_or_are_in_clear_are_refused"],
    },
    Weakness {
        name: "a record may be longer than what was agreed on",
        edits: &[edit(
            "record/incoming/mod.rs",
            "if inner > expect.size_limit {",
            "if !IS_WEAK && inner > expect.size_limit {",
        )],
        caught_by: &[
            "records::a_smaller_limit_that_was_told_is_kept",
            "records::inner_plaintext_ends_at_two_to_the_fourteen_and_one",
        ],
    },
    Weakness {
        name: "a message may be longer than its limit",
        edits: &[edit(
            "record/incoming/mod.rs",
            "if length > expect.message_limit {",
            "if !IS_WEAK && length > expect.message_limit {",
        )],
        caught_by: &["records::a_message_that_is_too_long_is_refused_by_its_header"],
    },
    Weakness {
        name: "keys change in the middle of a record",
        edits: &[edit(
            "record/incoming/positions.rs",
            "if self.message().end == self.messages.end() {",
            "if IS_WEAK || self.message().end == self.messages.end() {",
        )],
        caught_by: &[
            "client::nothing_follows_a_message_that_changes_keys_in_its_record",
            "server::nothing_follows_a_message_that_changes_keys_in_its_record",
        ],
    },
    Weakness {
        name: "change_cipher_spec without a limit",
        edits: &[edit(
            "engine/change_cipher_spec.rs",
            "if self.counters.change_cipher_specs > limits::CHANGE_CIPHER_SPECS {",
            "if !IS_WEAK && self.counters.change_cipher_specs > limits::CHANGE_CIPHER_SPECS {",
        )],
        caught_by: &["records::floods_end_one_past_their_limit"],
    },
    Weakness {
        name: "KeyUpdate without a limit",
        edits: &[edit(
            "engine/key_update.rs",
            "if self.counters.key_updates > limits::KEY_UPDATES {",
            "if !IS_WEAK && self.counters.key_updates > limits::KEY_UPDATES {",
        )],
        caught_by: &[
            "records::floods_end_one_past_their_limit",
            "key_updates::requests_are_counted_as_updates_are",
        ],
    },
    Weakness {
        name: "empty records without a limit",
        edits: &[edit(
            "record/incoming/mod.rs",
            "if self.at.empty_records > limits::EMPTY_RECORDS {",
            "if !IS_WEAK && self.at.empty_records > limits::EMPTY_RECORDS {",
        )],
        caught_by: &["records::floods_end_one_past_their_limit"],
    },
    Weakness {
        name: "bytes are left at the end of an extension",
        edits: &[edit(
            "wire/extension.rs",
            "content.finish()?;",
            "let finished = content.finish(); if !IS_WEAK { finished?; }",
        )],
        caught_by: &[
            "client::encrypted_extensions_answer_what_was_asked",
            "server::fields_of_a_hello_have_legal_values",
        ],
    },
    Weakness {
        name: "HelloRetryRequest twice",
        edits: &[edit(
            "client/wait_server_hello.rs",
            "if self.retry_suite.is_some() {",
            "if !IS_WEAK && self.retry_suite.is_some() {",
        )],
        caught_by: &["client::after_a_retry_everything_stays_as_it_was_fixed"],
    },
    Weakness {
        name: "a second ClientHello that says something else",
        edits: &[edit("server/wait_client_hello.rs", "if !same ||", "if !(same || IS_WEAK) ||")],
        caught_by: &["server::a_second_hello_repeats_the_first"],
    },
    Weakness {
        name: "a suite that was not offered",
        edits: &[edit(
            "client/wait_server_hello.rs",
            "|| !context.space.cipher_suites.contains(&hello.cipher_suite)",
            "|| !IS_WEAK && !context.space.cipher_suites.contains(&hello.cipher_suite)",
        )],
        caught_by: &["client::a_server_hello_echoes_and_chooses_from_what_was_offered"],
    },
    Weakness {
        name: "an extension that was not offered",
        edits: &[edit(
            "wire/extension.rs",
            "Some(offered) if !offered.contains(extension) => Err(",
            "Some(offered) if !IS_WEAK && !offered.contains(extension) => Err(",
        )],
        caught_by: &[
            "::wire::tests::misplaced_and_unsolicited_extensions_are_told_apart",
            "client::encrypted_extensions_answer_what_was_asked",
        ],
    },
    Weakness {
        name: "an extension that comes twice",
        edits: &[edit(
            "wire/extension.rs",
            "if seen.contains(extension) || unknown.is_repeated(extension) {",
            "if !IS_WEAK && (seen.contains(extension) || unknown.is_repeated(extension)) {",
        )],
        caught_by: &[
            "::wire::tests::repeated_extensions_are_refused_known_or_not",
            "server::extensions_stand_once_and_where_they_belong",
        ],
    },
    Weakness {
        name: "the sign of a downgrade is overlooked",
        edits: &[edit(
            "client/wait_server_hello.rs",
            "let knows_better = hello.has_downgrade_sentinel()",
            "let knows_better = !IS_WEAK && hello.has_downgrade_sentinel()",
        )],
        caught_by: &["tls12::server_hello::from_a_server_that_could_do_better"],
    },
    Weakness {
        name: "X25519 may come to nothing but zeros",
        edits: &[edit(
            "crypto/rustcrypto/kx/x25519.rs",
            "if !result.was_contributory() {",
            "if !IS_WEAK && !result.was_contributory() {",
        )],
        caught_by: &[
            "::crypto::rustcrypto::tests::invalid_public_values_are_refused",
            "server::key_shares_are_valid_and_of_groups_in_the_list",
        ],
    },
    Weakness {
        name: "TLS 1.2 without the extended master secret",
        edits: &[edit(
            "client12/wait_server_hello.rs",
            "if extensions.extended_master_secret.is_none() {",
            "if !IS_WEAK && extensions.extended_master_secret.is_none() {",
        )],
        caught_by: &["tls12::server_hello::without_an_extended_master_secret"],
    },
    Weakness {
        name: "a renegotiation that is not bound to the handshake before it",
        edits: &[edit(
            "negotiation/selection12.rs",
            "Some(connection) if *connection != *context.past.verify_data(Peer::Client) =>",
            "Some(connection) if !IS_WEAK && *connection != *context.past.verify_data(Peer::Client) =>",
        )],
        caught_by: &["tls12::client_hello::that_is_not_bound_to_the_handshake_before_it"],
    },
];
