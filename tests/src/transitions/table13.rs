//! TLS 1.3 (RFC 8446, appendix A).

use super::place::Outcome;
use super::stimulus::Stimulus as S;
use super::table::{
    ALERTS12, ALERTS13, CONNECTED13, Cell, DATA, InClear, PASSES_CCS, RETRIES, Row, UNEXPECTED, always, cell,
    changes_keys, fails, moves, moves_on,
};
use crate::insider::Scenario as In;

/// A client that may have to do with a server of TLS 1.2.
const HELLO_REQUEST: Cell = always(S::HelloRequest, Outcome::Stays);

/// Asks for a share that the client has sent. Nothing may follow it in its record in any case.
const POINTLESS_RETRY: Cell = {
    let illegal = Outcome::Alert("illegal_parameter");
    cell(S::HelloRetryRequest, illegal, [illegal, UNEXPECTED])
};

/// The states of a client.
pub(super) const CLIENT: &[Row] = &[
    Row::client("WaitServerHello", In::Full, 0).takes(&[
        &[HELLO_REQUEST, moves(S::ServerHello, "WaitEncryptedExtensions")],
        &[POINTLESS_RETRY],
        PASSES_CCS,
        ALERTS12,
    ]),
    Row::client("WaitServerHello", In::Only13, 0).takes(&[
        &[moves(S::ServerHello, "WaitEncryptedExtensions"), POINTLESS_RETRY],
        PASSES_CCS,
        ALERTS13,
    ]),
    Row::client("WaitServerHello", In::Retry, 0).takes(&[
        // Its group is one that the client has no share for.
        &[HELLO_REQUEST, fails(S::ServerHello, "illegal_parameter"), RETRIES],
        PASSES_CCS,
        ALERTS12,
    ]),
    Row::client("WaitServerHello", In::Retry, 1).takes(&[
        &[moves(S::ServerHello, "WaitEncryptedExtensions")],
        PASSES_CCS,
        ALERTS13,
    ]),
    Row::client("WaitServerHello", In::EarlyData, 0).takes(&[
        &[HELLO_REQUEST, moves(S::ServerHello, "WaitEncryptedExtensions")],
        &[POINTLESS_RETRY],
        PASSES_CCS,
        ALERTS12,
    ]),
    Row::client("WaitEncryptedExtensions", In::Full, 1)
        .takes(&[
            &[moves_on(S::EncryptedExtensions, "WaitCertificateOrRequest", "WaitCertificateVerify")],
            ALERTS13,
        ])
        .in_clear(InClear::ChangeCipherSpec),
    Row::client("WaitEncryptedExtensions", In::Resumed, 1)
        .takes(&[&[moves_on(S::EncryptedExtensions, "WaitFinished", "Connected")], ALERTS13])
        .in_clear(InClear::ChangeCipherSpec),
    Row::client("WaitCertificateOrRequest", In::Full, 2)
        .takes(&[
            &[moves_on(S::Certificate, "WaitCertificateVerify", "WaitFinished")],
            &[moves(S::CertificateRequest, "WaitCertificate")],
            ALERTS13,
        ])
        .in_clear(InClear::ChangeCipherSpec),
    Row::client("WaitCertificate", In::ClientAuth, 3)
        .takes(&[&[moves_on(S::Certificate, "WaitCertificateVerify", "WaitFinished")], ALERTS13])
        .in_clear(InClear::ChangeCipherSpec),
    Row::client("WaitCertificateVerify", In::Full, 3)
        .takes(&[&[moves_on(S::CertificateVerify, "WaitFinished", "Connected")], ALERTS13])
        .in_clear(InClear::ChangeCipherSpec),
    Row::client("WaitFinished", In::Full, 4)
        .takes(&[&[changes_keys(S::Finished, "Connected")], ALERTS13])
        .in_clear(InClear::ChangeCipherSpec),
    Row::client("WaitFinished", In::Resumed, 2)
        .takes(&[&[changes_keys(S::Finished, "Connected")], ALERTS13])
        .in_clear(InClear::ChangeCipherSpec),
    Row::client("Connected", In::Full, 5)
        .takes(&[&[always(S::NewSessionTicket, Outcome::Stays)], CONNECTED13, DATA])
        .in_clear(InClear::Nothing),
    Row::client("Connected", In::Resumed, 5)
        .takes(&[&[always(S::NewSessionTicket, Outcome::Stays)], CONNECTED13, DATA])
        .in_clear(InClear::Nothing),
    Row::client("Connected", In::LateAuth, 5)
        .takes(&[
            &[always(S::NewSessionTicket, Outcome::Stays), always(S::CertificateRequest, Outcome::Answers)],
            CONNECTED13,
            DATA,
        ])
        .in_clear(InClear::Nothing),
    Row::client("AskVerifyPeer", In::Full, 0),
    Row::client("AskIdentity", In::ClientAuth, 0),
    Row::client("AskSign", In::ClientAuth, 0),
];

/// The states of a server.
pub(super) const SERVER: &[Row] = &[
    Row::server("WaitClientHello", In::Full, 0).takes(&[&[moves(S::ClientHello, "WaitFinished")], ALERTS12]),
    Row::server("WaitClientHello", In::Only13, 0)
        .takes(&[&[moves(S::ClientHello, "WaitFinished")], ALERTS13]),
    Row::server("WaitClientHello", In::Retry, 1).takes(&[
        &[moves(S::ClientHello, "WaitFinished")],
        PASSES_CCS,
        ALERTS13,
    ]),
    // All that it knows of the client is in the cookie, which may come in another connection.
    Row::server("WaitClientHello", In::Cookie, 1).takes(&[
        &[moves(S::ClientHello, "WaitFinished")],
        PASSES_CCS,
        ALERTS12,
    ]),
    Row::server("WaitEndOfEarlyData", In::EarlyData, 1)
        .takes(&[&[changes_keys(S::EndOfEarlyData, "WaitFinished")], DATA, ALERTS13])
        .in_clear(InClear::ChangeCipherSpec),
    Row::server("WaitCertificate", In::ClientAuth, 1)
        .takes(&[&[moves_on(S::Certificate, "WaitCertificateVerify", "WaitFinished")], ALERTS13])
        .in_clear(InClear::Alerts),
    Row::server("WaitCertificate", In::NoCertificate, 1)
        .takes(&[&[moves_on(S::Certificate, "WaitFinished", "Connected")], ALERTS13])
        .in_clear(InClear::Alerts),
    Row::server("WaitCertificateVerify", In::ClientAuth, 2)
        .takes(&[&[moves_on(S::CertificateVerify, "WaitFinished", "Connected")], ALERTS13])
        .in_clear(InClear::ChangeCipherSpec),
    Row::server("WaitFinished", In::Full, 1)
        .takes(&[&[changes_keys(S::Finished, "Connected")], ALERTS13])
        .in_clear(InClear::Alerts),
    Row::server("WaitFinished", In::ClientAuth, 3)
        .takes(&[&[changes_keys(S::Finished, "Connected")], ALERTS13])
        .in_clear(InClear::ChangeCipherSpec),
    Row::server("WaitFinished", In::Resumed, 1)
        .takes(&[&[changes_keys(S::Finished, "Connected")], ALERTS13])
        .in_clear(InClear::Alerts),
    Row::server("WaitFinished", In::EarlyData, 2)
        .takes(&[&[changes_keys(S::Finished, "Connected")], ALERTS13])
        .in_clear(InClear::Alerts),
    Row::server("Connected", In::Full, 2).takes(&[CONNECTED13, DATA]).in_clear(InClear::Nothing),
    Row::server("AskCookie", In::Cookie, 0),
    Row::server("AskPsk", In::Resumed, 0),
    Row::server("AskIdentity", In::Full, 0),
    Row::server("AskSign", In::Full, 0),
    Row::server("AskVerifyPeer", In::ClientAuth, 0),
    Row::server("AskKeepSession", In::Resumed, 0),
];
