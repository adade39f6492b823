//! The same writes under each set of modes, and what each call returned.

use std::sync::Arc;

use tidegate::modes::Modes;
use tidegate::modes::write::WrongRetry;
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate::{BufferPool, Error, ReadError, WriteError};
use tidegate_std::{IdentityList, RecordBuffer, Roots};

use super::duo::{Duo, TRANSPORT};
use crate::failure::{Code, Failure};
use crate::made::Made;
use crate::show::{BAD, DIM, GOOD, HEAD, WARN};

const LENGTH: usize = 40_000;

/// The sets that change what a write returns.
const SETS: &[(&str, Modes)] = &[
    ("no mode", Modes::empty()),
    ("ENABLE_PARTIAL_WRITE", Modes::ENABLE_PARTIAL_WRITE),
    ("ACCEPT_MOVING_WRITE_BUFFER", Modes::ACCEPT_MOVING_WRITE_BUFFER),
    ("both", Modes::ENABLE_PARTIAL_WRITE.set(Modes::ACCEPT_MOVING_WRITE_BUFFER)),
];

pub(super) fn show() -> Result<(), Failure> {
    let made = Made::for_names(&["localhost".to_owned()])?;
    let mut roots = Roots::new();
    roots.add(&made.root).map_err(|error| Failure::usage(format!("{error:?}")))?;
    let (roots, identities) = (Arc::new(roots), IdentityList::new([made.identity]));
    anstream::println!(
        "{HEAD}Writes{HEAD:#} of {LENGTH} bytes to a transport that holds {TRANSPORT}; after a call that would\n\
         block the peer reads, and the write is tried again from a copy of the data.\n\
         A write is complete once its records have left, as SSL_write over a socket\n"
    );
    for (name, modes) in SETS {
        anstream::println!("  {name}");
        let mut duo = Duo::connected(&roots, &identities, *modes)?;
        write_all(&mut duo).map_err(failed)?;
    }
    anstream::println!("\n{HEAD}Reads{HEAD:#} that meet a key update and no data\n");
    for (name, modes) in [("AUTO_RETRY", Modes::AUTO_RETRY), ("no mode", Modes::empty())] {
        let duo = Duo::connected(&roots, &identities, modes)?;
        anstream::println!("  {name:<18}read(100)   {}", read(duo));
    }
    anstream::println!("\n{HEAD}Idle{HEAD:#} connections\n");
    for (name, modes) in [("RELEASE_BUFFERS", Modes::RELEASE_BUFFERS), ("no mode", Modes::empty())] {
        let duo = Duo::connected(&roots, &identities, modes)?;
        anstream::println!("  {name:<18}{}", idle(duo));
    }
    Ok(())
}

fn failed(error: Error) -> Failure {
    Failure { code: Code::Tls, message: format!("the demo's connection in memory: {error}"), hint: None }
}

/// Writes until all of it is written, a line for each call.
fn write_all(duo: &mut Duo) -> Result<(), Error> {
    let original = vec![7; LENGTH];
    let copy = original.clone();
    let (mut done, mut data, mut from) = (0, &original, "");
    while done < LENGTH {
        let rest = &data[done..];
        let call = format!("write({}){from}", rest.len());
        match duo.write(rest) {
            Ok(count) => {
                done += count;
                anstream::println!("    {call:<28}{GOOD}{count}{GOOD:#}");
            }
            Err(WriteError::Blocked(_)) => {
                anstream::println!("    {call:<28}{WARN}would block{WARN:#}");
                duo.peer_reads()?;
                (data, from) = (&copy, " from a copy");
            }
            Err(WriteError::Refused(why)) => {
                anstream::println!("    {call:<28}{BAD}refused{BAD:#}, {}; nothing is lost", reason(why));
                (data, from) = (&original, "");
            }
            Err(WriteError::Closed) => return Ok(()),
            Err(WriteError::Failed(error)) => return Err(error),
        }
    }
    Ok(())
}

const fn reason(why: WrongRetry) -> &'static str {
    match why {
        WrongRetry::Moved => "the data has moved",
        WrongRetry::Shorter => "shorter than before",
        WrongRetry::Different => "other data than before",
    }
}

fn read(mut duo: Duo) -> String {
    if let Err(error) = duo.server.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED) {
        return error.to_string();
    }
    duo.server_sends();
    match duo.client.read_app_data(&mut [0; 100]) {
        Ok(count) => format!("{GOOD}{count}{GOOD:#}"),
        Err(ReadError::Blocked(_)) => format!("{WARN}would block{WARN:#} {DIM}(looked on for data){DIM:#}"),
        Err(ReadError::Progress) => format!("{WARN}try again{WARN:#} {DIM}(a record without data){DIM:#}"),
        Err(error @ (ReadError::Closed | ReadError::Failed(_))) => error.to_string(),
    }
}

fn idle(mut duo: Duo) -> String {
    let mut pool = BufferPool::<RecordBuffer, 2>::new();
    duo.client.release_into(&mut pool);
    let held = 2 - pool.len();
    let given: usize = std::iter::from_fn(|| pool.take()).map(|buffer| buffer.length()).sum();
    format!("{held} record buffers held, {given} bytes given back")
}
