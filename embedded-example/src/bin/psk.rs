//! A TLS client over a UART that has no certificates: a key that server and device had before stands for them. It says a line,
//! hears it again, closes, and prints what it took. The smallest firmware there is.
//!
//! This is the file to copy. What is particular to the emulated board is in `board`, and marked there: the console, and the
//! defects that tests ask for, need an emulator or a debug probe.
#![no_std]
#![no_main]

use core::fmt::{self, Write as _};

use embedded_io::{Read, Write};
use static_cell::{ConstStaticCell, StaticCell};
use tidegate::config::{ClientConfig, ExternalKeys, PskExchange};
use tidegate::crypto::HashAlgorithm;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::decline;
use tidegate::embedded::{Stream, StreamError};
use tidegate::{ClientConnection, CreateError, ExternalPsk, HandshakeSpace, Lent, PskRefused, ServerName};
use tidegate_firmware::board::time::Stopwatch;
use tidegate_firmware::board::{self, Console, Defects, Exit, InsecureEmulatorRng, LineError, Uart};
use tidegate_firmware::{NAME, report};

type Software = RustCrypto<InsecureEmulatorRng>;

/// Records of 2 kB, and handshake messages of 512 bytes: none is long without certificates.
const MESSAGE: usize = 512;
const INCOMING: usize = 2600;
const OUTGOING: usize = 1024;

/// The key of this device, and what the server knows it by. Every device has one of its own, which is as good as random; this
/// one is public.
const KEY: ExternalPsk<'_> =
    ExternalPsk { identity: b"device", key: &[0x42; 32], hash: HashAlgorithm::Sha256 };

/// Bytes of the line that the server is to send back, its end included.
const LINE: usize = 1024;

/// What the connection is lent lies in statics: the linker knows whether it fits.
static INCOMING_BUFFER: ConstStaticCell<[u8; INCOMING]> = ConstStaticCell::new([0; INCOMING]);
static OUTGOING_BUFFER: ConstStaticCell<[u8; OUTGOING]> = ConstStaticCell::new([0; OUTGOING]);
static SPACE: StaticCell<HandshakeSpace<Software>> = StaticCell::new();
static CONFIG: ClientConfig = config();

/// Whoever does not have the key is no server of ours. Where there is no group to exchange keys with, who learns the key later
/// can read what was recorded before.
const fn config() -> ClientConfig {
    let mut config = ClientConfig::new();
    config.common.external_keys = ExternalKeys::Required;
    config.common.psk_exchange =
        if cfg!(feature = "psk-dhe") { PskExchange::Ephemeral } else { PskExchange::None };
    config.common.max_handshake_message = MESSAGE;
    config
}

#[board::entry]
fn main() -> ! {
    let exit = match run(board::start()) {
        Ok(()) => Exit::Success,
        Err(failure) => {
            let _ = writeln!(Console, "failed: {failure}");
            Exit::Failure
        }
    };
    report::sizes::<ClientConnection<'_, Software>, HandshakeSpace<Software>, ClientConfig>(
        INCOMING + OUTGOING,
    );
    report::resources();
    board::exit(exit)
}

/// Why the program could not do its work.
enum Failure {
    Name,
    Key(PskRefused),
    Connection(CreateError),
    Stream(StreamError<LineError>),
    /// The server ended before it had answered.
    Ended,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("the name is none"),
            Self::Key(refused) => refused.fmt(f),
            Self::Connection(error) => error.fmt(f),
            Self::Stream(error) => error.fmt(f),
            Self::Ended => f.write_str("the server ended before it had answered"),
        }
    }
}

impl From<StreamError<LineError>> for Failure {
    fn from(error: StreamError<LineError>) -> Self {
        Self::Stream(error)
    }
}

fn run(uart: Uart) -> Result<(), Failure> {
    // There is nothing to ask: no certificates.
    let mut stream = Stream::new(connection()?, decline, uart);
    let watch = Stopwatch::start();
    stream.handshake()?;
    report::figure("handshake-instructions", watch.instructions());
    // Its space may serve another connection now.
    let _ = stream.connection_mut().detach_handshake();
    converse(&mut stream)?;
    stream.close()?;
    while stream.read(&mut [0; 64])? > 0 {}
    Ok(())
}

/// The connection, with the key to offer. A function of its own: what its making takes of the stack is free again when the
/// handshake needs it.
#[inline(never)]
fn connection() -> Result<ClientConnection<'static, Software>, Failure> {
    let name = ServerName::try_from(NAME).map_err(|_| Failure::Name)?;
    let lent = Lent {
        space: SPACE.init_with(HandshakeSpace::new),
        incoming: &mut INCOMING_BUFFER.take()[..],
        outgoing: &mut OUTGOING_BUFFER.take()[..],
    };
    let provider = RustCrypto::new(Defects::from_arguments().generator());
    let mut connection =
        ClientConnection::new(&CONFIG, provider, &name, lent).map_err(Failure::Connection)?;
    connection.offer_psk(KEY).map_err(Failure::Key)?;
    Ok(connection)
}

/// Says a line of a kilobyte and hears as much.
fn converse<T>(stream: &mut T) -> Result<(), Failure>
where
    T: Read<Error = StreamError<LineError>> + Write,
{
    let mut line = [b'.'; LINE];
    if let Some(end) = line.last_mut() {
        *end = b'\n';
    }
    let watch = Stopwatch::start();
    stream.write_all(&line)?;
    stream.flush()?;
    report::figure("send-kilobyte-instructions", watch.instructions());
    let (watch, mut heard) = (Stopwatch::start(), 0);
    while heard < LINE {
        match stream.read(&mut line)? {
            0 => return Err(Failure::Ended),
            count => heard += count,
        }
    }
    report::figure("receive-kilobyte-instructions", watch.instructions());
    Ok(())
}
