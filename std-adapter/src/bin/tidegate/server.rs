//! `tidegate server`: many clients, one after another and at once.

mod answer;
mod crowd;

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tidegate::config::{CertificateTypes, PeerCertificate};
use tidegate_std::{Acceptor, OwnedIdentity, Roots, ServerStream};

use crate::args::{Export, ServerArguments};
use crate::client::with_lists;
use crate::failure::Failure;
use crate::made::Made;
use crate::patient::Patient;
use crate::show::{self, BAD, GOOD, HEAD};
use answer::{Limits, Service, Traffic};
use crowd::{Crowd, Stop};

/// What every connection's thread has of the server.
struct Shared {
    acceptor: Acceptor,
    service: Service,
    limits: Limits,
    exports: Vec<Export>,
    quiet: bool,
    first_failure: Mutex<Option<Failure>>,
}

pub(crate) fn run(arguments: &ServerArguments) -> Result<(), Failure> {
    arguments.common.start_trace();
    let acceptor = acceptor(arguments)?;
    // What can't work is said now, not to each client.
    acceptor.start(io::empty()).map_err(|error| Failure::usage(error.to_string()))?;
    let listening = format!("listening at {}", arguments.listen);
    let failed = |error: io::Error| Failure::of_stream(&error, &listening);
    let listener = TcpListener::bind(arguments.listen).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let crowd = Crowd::new(arguments.connections);
    stop_on_ctrl_c(address, crowd.clone());
    anstream::println!("{HEAD}listening on {address}{HEAD:#}");
    let shared = Arc::new(Shared {
        acceptor,
        service: if arguments.service.www { Service::Page } else { Service::Echo },
        limits: Limits { handshake: arguments.handshake_timeout, idle: arguments.idle_timeout },
        exports: arguments.common.export.clone(),
        quiet: arguments.common.quiet,
        first_failure: Mutex::new(None),
    });
    let served = accept_all(&listener, &shared, arguments.once, &crowd);
    if !arguments.common.quiet {
        anstream::println!("{HEAD}stopped, {served} served{HEAD:#}");
    }
    let failure = shared.first_failure.lock().unwrap_or_else(PoisonError::into_inner).take();
    failure.filter(|_| arguments.once.is_some()).map_or(Ok(()), Err)
}

/// Accepts until there were enough, or Ctrl-C; how many there were.
fn accept_all(listener: &TcpListener, shared: &Arc<Shared>, once: Option<u64>, crowd: &Crowd) -> u64 {
    let mut served = 0_u64;
    while once.is_none_or(|limit| served < limit) {
        let Some(place) = crowd.enter() else { break };
        let accepted = listener.accept();
        if crowd.is_stopped() {
            break;
        }
        let Ok((socket, peer)) = accepted else {
            // Too many open files, or a client that left before it was accepted.
            std::thread::sleep(Duration::from_millis(50));
            continue;
        };
        served += 1;
        let own = Arc::clone(shared);
        let thread = std::thread::Builder::new().name(peer.to_string()).spawn(move || {
            own.serve(socket, peer);
            drop(place);
        });
        if let Err(error) = thread {
            shared.tell_failure(peer, Failure::connection(format!("no thread can be started: {error}")));
        }
    }
    crowd.wait_until_empty();
    served
}

/// Ctrl-C lets nobody in any more, and knocks at the door, since `accept` waits for somebody.
fn stop_on_ctrl_c(address: SocketAddr, crowd: Crowd) {
    let handler = move || {
        if crowd.stop() == Stop::Again {
            // Whatever it is that waits, it ends now.
            std::process::exit(130);
        }
        let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        anstream::eprintln!("Ctrl-C will not stop cleanly: {error}");
    }
}

fn acceptor(arguments: &ServerArguments) -> Result<Acceptor, Failure> {
    let identities = identities(arguments)?;
    let common = &arguments.common;
    let protocols = common.protocols()?;
    let acceptor = Acceptor::new(identities).with_buffers(common.buffers()).configured(|config| {
        common.apply(arguments.modes(), &mut config.common);
        config.common.protocols = protocols;
        if arguments.raw_public_key.is_some() {
            config.common.own_certificates = CertificateTypes::RawPublicKey;
        }
    });
    let acceptor = match &common.psk {
        Some(psk) => acceptor.with_psks([psk.clone()]),
        None => acceptor,
    };
    let acceptor = if arguments.stateless_retry { acceptor.with_cookies() } else { acceptor };
    let acceptor = acceptor.with_replayable_early_data(arguments.early_data.unwrap_or(0));
    let acceptor = match &arguments.client_ca {
        Some(path) => {
            let roots = with_lists(Roots::from_pem_file(path)?, arguments.crl.as_deref())?;
            acceptor.with_client_certificates(wish(arguments), roots)
        }
        None => acceptor,
    };
    Ok(match common.key_log()? {
        Some(log) => acceptor.with_key_log(log),
        None => acceptor,
    })
}

/// What a server that asks clients for certificates does with those that show none.
fn wish(arguments: &ServerArguments) -> PeerCertificate {
    if arguments.require_client_cert { PeerCertificate::Required } else { PeerCertificate::Requested }
}

fn identities(arguments: &ServerArguments) -> Result<Vec<OwnedIdentity>, Failure> {
    if let Some(path) = &arguments.raw_public_key {
        return Ok(vec![OwnedIdentity::from_key_pem_file(path)?]);
    }
    let Some(path) = &arguments.self_signed else {
        let (certificates, keys) = (&arguments.cert, &arguments.key);
        if certificates.is_empty() {
            return Err(Failure::usage("a server needs a certificate and its key: --cert FILE --key FILE")
                .with_hint("--self-signed CA_OUT makes one on the spot"));
        }
        if certificates.len() != keys.len() {
            let message =
                format!("{} --cert and {} --key: each needs the other", certificates.len(), keys.len());
            return Err(Failure::usage(message));
        }
        let pairs = certificates.iter().zip(keys);
        return pairs.map(|(chain, key)| Ok(OwnedIdentity::from_pem_files(chain, key)?)).collect();
    };
    let names = match arguments.name.as_slice() {
        [] => ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec(),
        names => names.to_vec(),
    };
    let made = Made::for_names(&names)?;
    std::fs::write(path, &made.root_pem)
        .map_err(|error| Failure::usage(format!("{}: can't be written: {error}", path.display())))?;
    Ok(vec![made.identity()?])
}

impl Shared {
    /// One connection, one line.
    fn serve(&self, socket: TcpStream, peer: SocketAddr) {
        let begin = Instant::now();
        match self.converse(socket, peer) {
            Ok((agreed, Traffic { received, sent })) if !self.quiet => {
                let seconds = begin.elapsed().as_secs_f64();
                anstream::println!(
                    "{GOOD}{peer}{GOOD:#} {agreed}; {received} bytes in, {sent} out, {seconds:.3} s"
                );
            }
            Ok(_) => {}
            Err(failure) => self.tell_failure(peer, failure),
        }
    }

    fn tell_failure(&self, peer: SocketAddr, failure: Failure) {
        anstream::eprintln!("{BAD}{peer}{BAD:#} {}", failure.message);
        let mut first = self.first_failure.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(failure);
    }

    fn tell_exports(&self, stream: &mut ServerStream<Patient>, peer: SocketAddr) -> Result<(), Failure> {
        for export in &self.exports {
            anstream::println!("{GOOD}{peer}{GOOD:#} exported {}", export.line(stream)?);
        }
        Ok(())
    }

    fn converse(&self, socket: TcpStream, peer: SocketAddr) -> Result<(String, Traffic), Failure> {
        let handshaking = |error: io::Error| Failure::of_stream(&error, "handshake");
        let socket = Patient::hurried(socket, self.limits.handshake).map_err(handshaking)?;
        let mut stream = self.acceptor.start(socket).map_err(handshaking)?;
        let result = stream.handshake().map_err(handshaking).and_then(|()| {
            self.tell_exports(&mut stream, peer)?;
            let answered = self.service.answer(&mut stream, self.limits);
            answered.map_err(|error| Failure::of_stream(&error, "connection"))
        });
        let mut agreed = show::summary(&stream);
        if let Some(certificate) = stream.peer_certificates().first() {
            agreed = format!("{agreed}, client {}", show::subject(certificate));
        }
        stream.get_mut().part();
        Ok((agreed, result?))
    }
}
