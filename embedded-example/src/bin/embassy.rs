//! The client on embassy's executor: one task reads while another writes, over the two halves of a UART.
//!
//! This is the file to copy. What is particular to the emulated board is in `board`, and marked there: the console, and the
//! defects that tests ask for, need an emulator or a debug probe.
#![no_std]
#![no_main]

use core::fmt::{self, Write as _};

use embassy_executor::Spawner;
use embassy_futures::join::join;
use embedded_io_async::{Read, Write};
use heapless::Vec;
use static_cell::{ConstStaticCell, StaticCell};
use tidegate::config::ClientConfig;
use tidegate::crypto::SIGNATURE_ALGORITHMS;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::Webpki;
use tidegate::embedded::{AsyncStream, ClientAnswers, Duplex, StreamError};
use tidegate::error::CertificateError;
use tidegate::x509::{CertificateDer, WebpkiVerifier, trust_anchor_from_der};
use tidegate::{ClientConnection, CreateError, HandshakeSpace, Lent, ServerName};
use tidegate_firmware::board::{
    self, Console, Defects, Executor, Exit, InsecureEmulatorRng, LineError, Uart,
};
use tidegate_firmware::{NAME, credentials, report};

type Software = RustCrypto<InsecureEmulatorRng>;

/// Records of 2 kB, and handshake messages of 4 kB.
const INCOMING: usize = 6144;
const OUTGOING: usize = 1024;

/// Bytes of the line that the server is to send back, its end included, and how often it is sent.
const LINE: usize = 1024;
const TURNS: usize = 8;

static EXECUTOR: StaticCell<Executor> = StaticCell::new();
static INCOMING_BUFFER: ConstStaticCell<[u8; INCOMING]> = ConstStaticCell::new([0; INCOMING]);
static OUTGOING_BUFFER: ConstStaticCell<[u8; OUTGOING]> = ConstStaticCell::new([0; OUTGOING]);
static SPACE: StaticCell<HandshakeSpace<Software>> = StaticCell::new();
static CONFIG: ClientConfig = ClientConfig::new();

#[board::entry]
fn main() -> ! {
    let uart = board::start();
    EXECUTOR.init(Executor::new()).run(|spawner| start(spawner, uart))
}

fn start(spawner: Spawner, uart: Uart) {
    if spawner.spawn(client(uart)).is_err() {
        board::exit(Exit::Failure);
    }
}

#[embassy_executor::task]
async fn client(uart: Uart) {
    let exit = match run(uart).await {
        Ok(()) => Exit::Success,
        Err(failure) => {
            let _ = writeln!(Console, "failed: {failure}");
            Exit::Failure
        }
    };
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

async fn run(uart: Uart) -> Result<(), Failure> {
    let name = ServerName::try_from(NAME).map_err(|_| Failure::Name)?;
    let lent = Lent {
        space: SPACE.init_with(HandshakeSpace::new),
        incoming: &mut INCOMING_BUFFER.take()[..],
        outgoing: &mut OUTGOING_BUFFER.take()[..],
    };
    let defects = Defects::from_arguments();
    let provider = RustCrypto::new(defects.generator());
    let connection = ClientConnection::new(&CONFIG, provider, &name, lent).map_err(Failure::Connection)?;

    let roots: Vec<_, 3> = credentials::ROOTS.iter().map(|der| CertificateDer::from(*der)).collect();
    let anchors: Result<Vec<_, 3>, _> = roots.iter().map(trust_anchor_from_der).collect();
    let anchors = anchors.map_err(Failure::Root)?;
    let verifier = WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS);
    let answers = ClientAnswers(Webpki { verifier, clock: defects.clock() });

    let Uart { rx, tx } = uart;
    let mut stream = AsyncStream::new(connection, answers, Duplex { rx, tx });
    stream.handshake().await?;
    // Its space may serve another connection now.
    let _ = stream.connection_mut().detach_handshake();

    let mut split = stream.into_split();
    let (mut reader, mut writer) = split.halves();
    let (said, heard) = join(say(&mut writer), hear(&mut reader)).await;
    said.and(heard)?;
    writer.close().await?;
    while reader.read(&mut [0; 64]).await? > 0 {}
    report::figure("echoed-bytes", TURNS * LINE);
    Ok(())
}

async fn say(writer: &mut impl Write<Error = StreamError<LineError>>) -> Result<(), Failure> {
    let mut line = [b'.'; LINE];
    if let Some(end) = line.last_mut() {
        *end = b'\n';
    }
    for _ in 0..TURNS {
        writer.write_all(&line).await?;
        writer.flush().await?;
    }
    Ok(())
}

async fn hear(reader: &mut impl Read<Error = StreamError<LineError>>) -> Result<(), Failure> {
    let mut heard = 0;
    while heard < TURNS * LINE {
        match reader.read(&mut [0; 256]).await? {
            0 => return Err(Failure::Ended),
            count => heard += count,
        }
    }
    Ok(())
}
