//! What OpenSSL returns where it ends a connection that goes on here: the same calls, in the system's libssl.

use tidegate::wire::enums::KeyUpdateRequest;

use super::calls::{name, read_all, shake_hands};
use super::duo::TRANSPORT;
use super::foreign::{Connection, Context, Libssl, Transport};
use crate::made::Made;
use crate::show::DIM;

/// The system's libssl, ready for connections.
pub(super) struct Beside(Result<(Libssl, Context), String>);

impl Beside {
    pub(super) fn new(made: &Made) -> Self {
        let ready = |libssl| Ok((libssl, Context::new(libssl, &made.leaf, &made.key)?));
        Self(Libssl::load().and_then(ready))
    }

    /// The library and a context, or why there are none.
    pub(super) const fn get(&self) -> Result<(Libssl, &Context), &String> {
        match &self.0 {
            Ok((libssl, context)) => Ok((*libssl, context)),
            Err(why) => Err(why),
        }
    }

    /// Shows what a script over a client and a server has to tell.
    pub(super) fn show(&self, script: impl FnOnce(&mut Connection, &mut Connection) -> String) {
        let told = self.get().map_err(Clone::clone).and_then(|(libssl, context)| {
            let transport = Transport::new(libssl, TRANSPORT)?;
            let (mut client, mut server) = (transport.client(context)?, transport.server(context)?);
            if !shake_hands(&mut client, &mut server) {
                return Err("its handshake failed".to_owned());
            }
            Ok(format!("{}: {}", libssl.name(), script(&mut client, &mut server)))
        });
        let told = told.unwrap_or_else(|why| format!("OpenSSL: not measured, {why}"));
        anstream::println!("  {DIM}{told}{DIM:#}");
    }
}

/// A retry from another address, then the right one.
pub(super) fn wrong_retry(data: &[u8]) -> impl FnOnce(&mut Connection, &mut Connection) -> String {
    move |client, server| {
        client.write(data);
        read_all(server);
        let copy = data.to_vec();
        let wrong = told(client, "SSL_write(copy)", |client| client.write(&copy));
        let right = told(client, "SSL_write(data)", |client| client.write(data));
        format!("{wrong}, then {right}")
    }
}

/// A read that meets two KeyUpdates that ask for one of ours, while a write is blocked.
pub(super) fn read_while_blocked(data: &[u8]) -> impl FnOnce(&mut Connection, &mut Connection) -> String {
    move |client, server| {
        client.write(data);
        for _ in 0..2 {
            server.key_update(KeyUpdateRequest::UPDATE_REQUESTED);
            server.do_handshake();
        }
        server.write(b"hello");
        let read = told(client, "SSL_read", |client| client.read(&mut [0; 100]));
        read_all(server);
        let written = told(client, "SSL_write", |client| client.write(data));
        format!("{read}, then {written}")
    }
}

/// A shutdown while a write is blocked, then that write again.
pub(super) fn shutdown(data: &[u8]) -> impl FnOnce(&mut Connection, &mut Connection) -> String {
    move |client, server| {
        client.write(data);
        let closed = told(client, "SSL_shutdown", Connection::shutdown);
        let before = read_all(server);
        let written = told(client, "SSL_write", |client| client.write(data));
        format!("{closed}, {written}; read: {}", before + read_all(server))
    }
}

fn told(end: &mut Connection, function: &str, call: impl FnOnce(&mut Connection) -> i32) -> String {
    let result = call(end);
    format!("{function} {result} {}", name(end.get_error(result)))
}
