//! TLS 1.2 (RFC 5246, section 7.3), from the ServerHello on: what stands before it is in the tables of TLS 1.3.

use super::place::Outcome;
use super::stimulus::Stimulus as S;
use super::table::{
    ALERTS12, CONNECTED12, Cell, DATA, InClear, Row, always, changes_keys, fails, moves, moves_on,
};
use crate::insider::Scenario as In;

/// In the middle of a handshake it says nothing (RFC 5246, section 7.4.1.1).
const IDLE: &[Cell] = &[always(S::HelloRequest, Outcome::Stays)];

/// Begins another handshake, for which one request is enough.
const AGAIN: Cell = always(S::HelloRequest, Outcome::To("WaitServerHello"));

/// Is not bound to the handshake before it (RFC 5746, section 3.7).
const UNBOUND: Cell = fails(S::ClientHello, "handshake_failure");

/// The states of a client.
pub(super) const CLIENT: &[Row] = &[
    Row::client("WaitCertificate", In::Full12, 1).takes(&[
        &[moves_on(S::Certificate, "WaitServerKeyExchange", "WaitServerHelloDoneOrRequest")],
        IDLE,
        ALERTS12,
    ]),
    Row::client("WaitServerKeyExchange", In::Full12, 2).takes(&[
        &[moves_on(S::ServerKeyExchange, "WaitServerHelloDoneOrRequest", "WaitChangeCipherSpec")],
        IDLE,
        ALERTS12,
    ]),
    Row::client("WaitServerHelloDoneOrRequest", In::Full12, 3).takes(&[
        &[moves(S::CertificateRequest, "WaitServerHelloDone")],
        &[moves(S::ServerHelloDone, "WaitChangeCipherSpec")],
        IDLE,
        ALERTS12,
    ]),
    Row::client("WaitServerHelloDone", In::ClientAuth12, 4).takes(&[
        &[moves(S::ServerHelloDone, "WaitChangeCipherSpec")],
        IDLE,
        ALERTS12,
    ]),
    Row::client("WaitNewSessionTicket", In::Ticket12, 4).takes(&[
        &[moves(S::NewSessionTicket, "WaitChangeCipherSpec")],
        IDLE,
        ALERTS12,
    ]),
    Row::client("WaitChangeCipherSpec", In::Full12, 4).takes(&[
        &[changes_keys(S::ChangeCipherSpec, "WaitFinished")],
        IDLE,
        ALERTS12,
    ]),
    Row::client("WaitFinished", In::Full12, 4)
        .takes(&[&[moves(S::Finished, "Connected")], ALERTS12])
        .in_clear(InClear::Unopened),
    Row::client("WaitNewSessionTicket", In::Resumed12, 1).takes(&[
        &[moves(S::NewSessionTicket, "WaitChangeCipherSpec")],
        IDLE,
        ALERTS12,
    ]),
    Row::client("WaitChangeCipherSpec", In::ResumedById12, 1).takes(&[
        &[changes_keys(S::ChangeCipherSpec, "WaitFinished")],
        IDLE,
        ALERTS12,
    ]),
    Row::client("WaitFinished", In::ResumedById12, 1)
        .takes(&[&[moves(S::Finished, "Connected")], ALERTS12])
        .in_clear(InClear::Unopened),
    Row::client("Connected", In::Full12, 5).takes(&[&[AGAIN], CONNECTED12, DATA]).in_clear(InClear::Unopened),
    Row::client("WaitServerHello", In::Again12, 0)
        .takes(&[
            &[moves_on(S::ServerHello, "WaitCertificate", "WaitServerKeyExchange")],
            // It says TLS 1.3, which was not offered.
            &[fails(S::HelloRetryRequest, "protocol_version")],
            IDLE,
            CONNECTED12,
            DATA,
        ])
        .in_clear(InClear::Unopened),
    Row::client("WaitCertificate", In::Again12, 1)
        .takes(&[
            &[moves_on(S::Certificate, "WaitServerKeyExchange", "WaitServerHelloDoneOrRequest")],
            IDLE,
            CONNECTED12,
            DATA,
        ])
        .in_clear(InClear::Unopened),
    Row::client("WaitServerKeyExchange", In::Again12, 2)
        .takes(&[
            &[moves_on(S::ServerKeyExchange, "WaitServerHelloDoneOrRequest", "WaitChangeCipherSpec")],
            IDLE,
            CONNECTED12,
            DATA,
        ])
        .in_clear(InClear::Unopened),
    Row::client("WaitServerHelloDoneOrRequest", In::Again12, 3)
        .takes(&[
            &[moves(S::CertificateRequest, "WaitServerHelloDone")],
            &[moves(S::ServerHelloDone, "WaitChangeCipherSpec")],
            IDLE,
            CONNECTED12,
            DATA,
        ])
        .in_clear(InClear::Unopened),
    Row::client("WaitChangeCipherSpec", In::Again12, 4)
        .takes(&[&[changes_keys(S::ChangeCipherSpec, "WaitFinished")], IDLE, CONNECTED12, DATA])
        .in_clear(InClear::Unopened),
    Row::client("WaitFinished", In::Again12, 4)
        .takes(&[&[moves(S::Finished, "Connected")], CONNECTED12])
        .in_clear(InClear::Unopened),
    Row::client("AskVerifyPeer", In::Full12, 0),
    Row::client("AskIdentity", In::ClientAuth12, 0),
    Row::client("AskSign", In::ClientAuth12, 0),
];

/// The states of a server.
pub(super) const SERVER: &[Row] = &[
    Row::server("WaitCertificate", In::ClientAuth12, 1)
        .takes(&[&[moves_on(S::Certificate, "WaitClientKeyExchange", "WaitCertificateVerify")], ALERTS12]),
    Row::server("WaitClientKeyExchange", In::Full12, 1)
        .takes(&[&[moves(S::ClientKeyExchange, "WaitChangeCipherSpec")], ALERTS12]),
    Row::server("WaitClientKeyExchange", In::ClientAuth12, 2).takes(&[
        &[moves_on(S::ClientKeyExchange, "WaitCertificateVerify", "WaitChangeCipherSpec")],
        ALERTS12,
    ]),
    Row::server("WaitCertificateVerify", In::ClientAuth12, 3)
        .takes(&[&[moves(S::CertificateVerify, "WaitChangeCipherSpec")], ALERTS12]),
    Row::server("WaitChangeCipherSpec", In::Full12, 2)
        .takes(&[&[changes_keys(S::ChangeCipherSpec, "WaitFinished")], ALERTS12]),
    Row::server("WaitFinished", In::Full12, 2)
        .takes(&[&[moves(S::Finished, "Connected")], ALERTS12])
        .in_clear(InClear::Unopened),
    Row::server("WaitChangeCipherSpec", In::ResumedById12, 1)
        .takes(&[&[changes_keys(S::ChangeCipherSpec, "WaitFinished")], ALERTS12]),
    Row::server("WaitFinished", In::ResumedById12, 1)
        .takes(&[&[moves(S::Finished, "Connected")], ALERTS12])
        .in_clear(InClear::Unopened),
    Row::server("Connected", In::Full12, 3)
        .takes(&[&[UNBOUND], CONNECTED12, DATA])
        .in_clear(InClear::Unopened),
    Row::server("Connected", In::Again12, 0)
        .takes(&[&[moves(S::ClientHello, "WaitClientKeyExchange")], CONNECTED12, DATA])
        .in_clear(InClear::Unopened),
    Row::server("WaitClientKeyExchange", In::Again12, 1)
        .takes(&[&[moves(S::ClientKeyExchange, "WaitChangeCipherSpec")], CONNECTED12, DATA])
        .in_clear(InClear::Unopened),
    Row::server("WaitChangeCipherSpec", In::Again12, 2)
        .takes(&[&[changes_keys(S::ChangeCipherSpec, "WaitFinished")], CONNECTED12, DATA])
        .in_clear(InClear::Unopened),
    Row::server("WaitFinished", In::Again12, 2)
        .takes(&[&[moves(S::Finished, "Connected")], CONNECTED12])
        .in_clear(InClear::Unopened),
    Row::server("AskSession", In::ResumedById12, 0),
    Row::server("AskIdentity", In::Full12, 0),
    Row::server("AskSign", In::Full12, 0),
    Row::server("AskVerifyPeer", In::ClientAuth12, 0),
    Row::server("AskKeepSession", In::Ticket12, 0),
];
