//! A TLS client over a UART: verifies the server against a root in flash, asks, listens, closes, and prints what it took.
//!
//! This is the file to copy. What is particular to the emulated board is in `board`, and marked there: the console, and the
//! defects that tests ask for, need an emulator or a debug probe.
#![no_std]
#![no_main]

use core::fmt::{self, Write as _};

use embedded_io::{Read, Write};
use heapless::Vec;
use static_cell::{ConstStaticCell, StaticCell};
use tidegate::buffers::full_incoming;
use tidegate::config::ClientConfig;
use tidegate::crypto::SIGNATURE_ALGORITHMS;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::Webpki;
use tidegate::embedded::{ClientAnswers, Stream, StreamError};
use tidegate::error::CertificateError;
use tidegate::limits::DEFAULT_HANDSHAKE_MESSAGE;
use tidegate::x509::{CertificateDer, TrustAnchor, WebpkiVerifier, trust_anchor_from_der};
use tidegate::{ClientConnection, CreateError, HandshakeSpace, Lent, ServerName};
use tidegate_firmware::board::time::Stopwatch;
use tidegate_firmware::board::{self, Console, Defects, Exit, InsecureEmulatorRng, LineError, Uart};
use tidegate_firmware::{NAME, credentials, report};

type Software = RustCrypto<InsecureEmulatorRng>;

/// Records of 2 kB, and handshake messages of 4 kB; records of 16 kB where that is asked for.
const INCOMING: usize =
    if cfg!(feature = "full-records") { full_incoming(DEFAULT_HANDSHAKE_MESSAGE) } else { 6144 };
const OUTGOING: usize = 1024;

/// Bytes of the line that the server is to send back, its end included.
const LINE: usize = 1024;
/// How often it is sent.
const TURNS: u32 = 4;

/// What the connection is lent lies in statics: the linker knows whether it fits.
static INCOMING_BUFFER: ConstStaticCell<[u8; INCOMING]> = ConstStaticCell::new([0; INCOMING]);
static OUTGOING_BUFFER: ConstStaticCell<[u8; OUTGOING]> = ConstStaticCell::new([0; OUTGOING]);
static SPACE: StaticCell<HandshakeSpace<Software>> = StaticCell::new();
static CONFIG: ClientConfig = ClientConfig::new();

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
    Root(CertificateError),
    Connection(CreateError),
    Stream(StreamError<LineError>),
    /// The server ended before it had answered.
    Ended,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("the name is none"),
            Self::Root(error) => write!(f, "the root in flash: {error}"),
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
    let defects = Defects::from_arguments();
    let roots: Vec<_, 3> = credentials::ROOTS.iter().map(|der| CertificateDer::from(*der)).collect();
    let anchors = trust(&roots).map_err(Failure::Root)?;
    let verifier = WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS);
    let answers = ClientAnswers(Webpki { verifier, clock: defects.clock() });

    let mut stream = Stream::new(connection(defects)?, answers, uart);
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

/// The connection. A function of its own: what its making takes of the stack is free again when the handshake needs it.
#[inline(never)]
fn connection(defects: Defects) -> Result<ClientConnection<'static, Software>, Failure> {
    let name = ServerName::try_from(NAME).map_err(|_| Failure::Name)?;
    let lent = Lent {
        space: SPACE.init_with(HandshakeSpace::new),
        incoming: &mut INCOMING_BUFFER.take()[..],
        outgoing: &mut OUTGOING_BUFFER.take()[..],
    };
    let provider = RustCrypto::new(defects.generator());
    ClientConnection::new(&CONFIG, provider, &name, lent).map_err(Failure::Connection)
}

/// The roots as the verifier wants them.
fn trust<'a>(roots: &'a [CertificateDer<'a>]) -> Result<Vec<TrustAnchor<'a>, 3>, CertificateError> {
    roots.iter().map(trust_anchor_from_der).collect()
}

/// Says a line of a kilobyte and hears as much, in turns.
fn converse<T>(stream: &mut T) -> Result<(), Failure>
where
    T: Read<Error = StreamError<LineError>> + Write,
{
    let mut line = [b'.'; LINE];
    if let Some(end) = line.last_mut() {
        *end = b'\n';
    }
    let (mut sending, mut receiving) = (0, 0);
    for _ in 0..TURNS {
        let watch = Stopwatch::start();
        stream.write_all(&line)?;
        stream.flush()?;
        sending += watch.instructions();
        let (watch, mut heard) = (Stopwatch::start(), 0);
        while heard < LINE {
            match stream.read(&mut [0; LINE])? {
                0 => return Err(Failure::Ended),
                count => heard += count,
            }
        }
        receiving += watch.instructions();
    }
    report::figure("send-kilobyte-instructions", sending / u64::from(TURNS));
    report::figure("receive-kilobyte-instructions", receiving / u64::from(TURNS));
    Ok(())
}
