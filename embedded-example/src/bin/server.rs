//! A TLS server over a UART: the device is what others connect to. It sends back what it hears until the client closes, and
//! prints what it took.
//!
//! This is the file to copy. What is particular to the emulated board is in `board`, and marked there: the console, and the
//! defects that tests ask for, need an emulator or a debug probe.
#![no_std]
#![no_main]

use core::fmt::{self, Write as _};

use embedded_io::{BufRead, Write};
use static_cell::{ConstStaticCell, StaticCell};
use tidegate::config::ServerConfig;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::embedded::{ServerAnswers, Stream, StreamError};
use tidegate::sign::{KeyError, SoftwareSigner};
use tidegate::{CreateError, HandshakeSpace, Lent, ServerConnection};
use tidegate_firmware::board::time::Stopwatch;
use tidegate_firmware::board::{self, Console, Defects, Exit, InsecureEmulatorRng, LineError, Uart};
use tidegate_firmware::{credentials, report};

type Software = RustCrypto<InsecureEmulatorRng>;
type Config = ServerConfig<&'static [&'static [&'static [u8]]]>;

/// Records of 2 kB, and handshake messages of 4 kB.
const INCOMING: usize = 6144;
const OUTGOING: usize = 1024;

/// What the connection is lent lies in statics: the linker knows whether it fits.
static INCOMING_BUFFER: ConstStaticCell<[u8; INCOMING]> = ConstStaticCell::new([0; INCOMING]);
static OUTGOING_BUFFER: ConstStaticCell<[u8; OUTGOING]> = ConstStaticCell::new([0; OUTGOING]);
static SPACE: StaticCell<HandshakeSpace<Software>> = StaticCell::new();
static CONFIG: Config = ServerConfig::new(credentials::CHAINS);

#[board::entry]
fn main() -> ! {
    let exit = match run(board::start()) {
        Ok(()) => Exit::Success,
        Err(failure) => {
            let _ = writeln!(Console, "failed: {failure}");
            Exit::Failure
        }
    };
    report::sizes::<ServerConnection<'_, Software>, HandshakeSpace<Software>, Config>(INCOMING + OUTGOING);
    report::resources();
    board::exit(exit)
}

/// Why the program could not do its work.
enum Failure {
    Key(KeyError),
    Connection(CreateError),
    Stream(StreamError<LineError>),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(error) => write!(f, "the key in flash: {error}"),
            Self::Connection(error) => error.fmt(f),
            Self::Stream(error) => error.fmt(f),
        }
    }
}

impl From<StreamError<LineError>> for Failure {
    fn from(error: StreamError<LineError>) -> Self {
        Self::Stream(error)
    }
}

fn run(uart: Uart) -> Result<(), Failure> {
    let key = SoftwareSigner::from_der(credentials::LEAF_KEY).map_err(Failure::Key)?;
    let lent = Lent {
        space: SPACE.init_with(HandshakeSpace::new),
        incoming: &mut INCOMING_BUFFER.take()[..],
        outgoing: &mut OUTGOING_BUFFER.take()[..],
    };
    let defects = Defects::from_arguments();
    let provider = RustCrypto::new(defects.generator());
    let connection = ServerConnection::new(&CONFIG, provider, lent).map_err(Failure::Connection)?;

    let mut stream = Stream::new(connection, ServerAnswers(key), uart);
    let watch = Stopwatch::start();
    stream.handshake()?;
    report::figure("handshake-instructions", watch.instructions());
    // Its space may serve another connection now.
    let _ = stream.connection_mut().detach_handshake();

    let mut total = 0;
    let mut echo = [0; 256];
    loop {
        let heard = stream.fill_buf()?;
        let count = heard.len().min(echo.len());
        echo.iter_mut().zip(heard).for_each(|(to, byte)| *to = *byte);
        let Some(said) = echo.get(..count).filter(|said| !said.is_empty()) else { break };
        stream.consume(count);
        stream.write_all(said)?;
        stream.flush()?;
        total += count;
    }
    stream.close()?;
    report::figure("echoed-bytes", total);
    Ok(())
}
