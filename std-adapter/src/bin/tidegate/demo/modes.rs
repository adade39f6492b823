//! The modes of SSL_CTX_set_mode(3): calls of the OpenSSL-shaped face, and what each returned.

use tidegate::modes::Modes;
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate_std::Roots;
use tidegate_std::openssl::{ErrorCode, Ssl, SslContext};

use super::beside::{self, Beside};
use super::duo::{Duo, Shown, TRANSPORT, failed};
use super::idle;
use crate::failure::Failure;
use crate::made::Made;
use crate::show::{BAD, DIM, GOOD, HEAD};

const LENGTH: usize = 40_000;

/// The sets that change what a write returns.
const SETS: &[(&str, Modes)] = &[
    ("no mode", Modes::empty()),
    ("ENABLE_PARTIAL_WRITE", Modes::ENABLE_PARTIAL_WRITE),
    ("ACCEPT_MOVING_WRITE_BUFFER", Modes::ACCEPT_MOVING_WRITE_BUFFER),
    ("both", Modes::ENABLE_PARTIAL_WRITE.set(Modes::ACCEPT_MOVING_WRITE_BUFFER)),
];

/// What each mode does.
pub(super) fn show() -> Result<(), Failure> {
    let context = context(&Made::for_localhost()?)?;
    writes(&context)?;
    reads(&context)?;
    head("\nIdle", " connections");
    for (name, modes) in [("RELEASE_BUFFERS", Modes::RELEASE_BUFFERS), ("no mode", Modes::empty())] {
        let duo = Duo::connected(&context, modes)?;
        anstream::println!("  {name:<16}{:>6} bytes of record buffers", duo.client.ssl.buffer_bytes());
    }
    anstream::println!("\n{DIM}More of them: tidegate demo --modes{DIM:#}");
    Ok(())
}

/// The same, with both directions at once, the end, and what an idle connection costs beside OpenSSL's.
pub(super) fn show_all() -> Result<(), Failure> {
    let made = Made::for_localhost()?;
    let (context, beside) = (context(&made)?, Beside::new(&made));
    writes(&context)?;
    beside.show(beside::wrong_retry(&content()));
    reads(&context)?;
    both_directions(&context)?;
    beside.show(beside::read_while_blocked(&content()));
    shutdown(&context)?;
    beside.show(beside::shutdown(&content()));
    idle::show(&context, &made, &beside)
}

/// One for both ends.
fn context(made: &Made) -> Result<SslContext, Failure> {
    let mut roots = Roots::new();
    roots.add(&made.root).map_err(|error| Failure::usage(format!("{error:?}")))?;
    let context = SslContext::new();
    // What is read and written after the handshake is the demo's alone.
    context.set_num_tickets(0);
    context.set_verifier(roots);
    context.set_identities([made.identity()?]);
    Ok(context)
}

fn head(title: &str, rest: &str) {
    anstream::println!("{HEAD}{title}{HEAD:#}{rest}");
}

/// Bytes that differ enough for any that is lost, repeated or out of order to be seen.
fn content() -> Vec<u8> {
    (0..LENGTH).map(|at| u8::try_from(at * 7 % 251).unwrap_or_default()).collect()
}

fn writes(context: &SslContext) -> Result<(), Failure> {
    head(
        "SSL_write",
        &format!(
            " of {LENGTH} bytes over a BIO pair of {TRANSPORT}: result, SSL_get_error, why.\n\
             After each WANT_WRITE the server reads all; the first retry is wrong on purpose"
        ),
    );
    let mut received = Vec::new();
    for (name, modes) in SETS {
        anstream::println!(" {HEAD}{name}{HEAD:#}");
        let mut duo = Duo::connected(context, *modes)?;
        received.append(&mut write_all(&mut duo)?);
    }
    delivered(&received, &content().repeat(SETS.len()));
    Ok(())
}

/// How the next call is made.
#[derive(Clone, Copy)]
enum Attempt {
    /// As it must be.
    Right,
    /// With less data.
    Shorter,
    /// The same data at another address.
    Copied,
}

/// Writes until all of it is written; what the server has read.
fn write_all(duo: &mut Duo) -> Result<Vec<u8>, Failure> {
    let (data, mut done, mut received) = (content(), 0, Vec::new());
    let (copy, mut attempt, mut wrong) = (data.clone(), Attempt::Right, Some(Attempt::Shorter));
    while done < LENGTH {
        let (name, bytes) = match attempt {
            Attempt::Right => ("data", &data[done..]),
            Attempt::Shorter => ("data", &data[done..LENGTH - 1]),
            Attempt::Copied => ("copy", &copy[done..]),
        };
        let result = write(&mut duo.client, name, done, bytes);
        attempt = match (duo.client.ssl.get_error(result), attempt) {
            (ErrorCode::WantWrite, _) => {
                received.append(&mut duo.server.read_all()?);
                wrong.take().unwrap_or(Attempt::Right)
            }
            (ErrorCode::None, _) | (ErrorCode::Ssl, Attempt::Copied) => Attempt::Right,
            (ErrorCode::Ssl, Attempt::Shorter) => Attempt::Copied,
            _ => return Err(failed("a write failed")),
        };
        done += usize::try_from(result).unwrap_or_default();
    }
    received.append(&mut duo.server.read_all()?);
    Ok(received)
}

fn write(client: &mut Shown, name: &str, from: usize, bytes: &[u8]) -> i32 {
    let from = if from == 0 { String::new() } else { format!(" + {from}") };
    let arguments = format!(", {name}{from}, {}", bytes.len());
    client.call("SSL_write", arguments, |ssl| ssl.write(bytes))
}

fn delivered(received: &[u8], written: &[u8]) {
    let (style, verdict) = if received == written { (GOOD, "as written") } else { (BAD, "NOT as written") };
    anstream::println!("  The server has read {} bytes, {style}{verdict}{style:#}", received.len());
}

fn reads(context: &SslContext) -> Result<(), Failure> {
    head("\nSSL_read", " where a KeyUpdate comes before 5 bytes of data");
    for (name, modes) in [("AUTO_RETRY", Modes::AUTO_RETRY), ("no mode", Modes::empty())] {
        anstream::println!(" {HEAD}{name}{HEAD:#}");
        let Duo { mut client, mut server } = Duo::connected(context, modes)?;
        let results =
            [server.ssl.key_update(KeyUpdateRequest::UPDATE_NOT_REQUESTED), server.ssl.write(b"hello")];
        if results != [1, 5] {
            return Err(failed("the server could not send"));
        }
        if client.read(100) < 0 {
            client.read(100);
        }
    }
    Ok(())
}

/// Repeats a write until it is complete; what the server has read.
fn retry(duo: &mut Duo, data: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut received = duo.server.read_all()?;
    while write(&mut duo.client, "data", 0, data) < 0 {
        if let Some(reason) = duo.client.ssl.reason() {
            return Err(failed(reason));
        }
        received.append(&mut duo.server.read_all()?);
    }
    Ok(received)
}

fn both_directions(context: &SslContext) -> Result<(), Failure> {
    head("\nBoth directions", " at once: a write is blocked, and the server wants new keys twice");
    let mut duo = Duo::connected(context, Modes::default())?;
    let data = content();
    write(&mut duo.client, "data", 0, &data);
    for _ in 0..2 {
        let request = KeyUpdateRequest::UPDATE_REQUESTED;
        duo.server.call("SSL_key_update", ", SSL_KEY_UPDATE_REQUESTED", |ssl| ssl.key_update(request));
        duo.server.call("SSL_do_handshake", "", Ssl::do_handshake);
    }
    duo.server.call("SSL_write", ", \"hello\", 5", |ssl| ssl.write(b"hello"));
    duo.client.read(100);
    let mut received = retry(&mut duo, &data)?;
    received.append(&mut duo.server.read_all()?);
    delivered(&received, &data);
    Ok(())
}

fn shutdown(context: &SslContext) -> Result<(), Failure> {
    head("\nSSL_shutdown", " behind a write that is blocked");
    let mut duo = Duo::connected(context, Modes::default())?;
    let data = content();
    write(&mut duo.client, "data", 0, &data);
    duo.client.shutdown();
    let mut received = retry(&mut duo, &data)?;
    duo.client.shutdown();
    received.append(&mut duo.server.read_all()?);
    delivered(&received, &data);
    duo.server.read(100);
    Ok(())
}
