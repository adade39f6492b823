//! Eight TLS clients over one UART, with record buffers for two.
//!
//! A connection that has nothing to say or hear holds no buffer and no handshake space: what is left of it are its keys and
//! its state. Buffers come from a pool, by the mode RELEASE_BUFFERS; where the pool is empty a connection waits, and nothing
//! is lost, as the peer sends no more than it was told there is room for.
//!
//! # Frames
//! Every frame begins with a byte, two bits of kind and six of channel, and a length.
//!
//! | kind | then | means |
//! |---|---|---|
//! | 0, data | as many bytes | bytes of this channel |
//! | 1, waiting | nothing; the length is 0 | from the host: it has bytes for this channel |
//! | 2, room | nothing | from the device: the host may send as many bytes more on this channel |
#![no_std]
#![no_main]

mod channel;

use core::fmt::{self, Write as _};

use channel::{Channel, Stage};
use embedded_io::{Read, ReadExactError, Write};
use heapless::Vec;
use static_cell::{ConstStaticCell, StaticCell};
use tidegate::config::ClientConfig;
use tidegate::crypto::SIGNATURE_ALGORITHMS;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::{Verify, Webpki};
use tidegate::error::CertificateError;
use tidegate::modes::Modes;
use tidegate::x509::{CertificateDer, WebpkiVerifier, trust_anchor_from_der};
use tidegate::{BufferPool, ClientConnection, CreateError, Error, HandshakeSpace, Pool, Side, WriteError};
use tidegate_firmware::board::{self, Console, Exit, InsecureEmulatorRng, LineError, Uart};
use tidegate_firmware::{credentials, report};

type Software = RustCrypto<InsecureEmulatorRng>;
type Client = ClientConnection<'static, Software>;

/// Connections.
const CHANNELS: usize = 8;
/// Record buffers of each direction, and handshakes at a time.
const LENT: usize = 2;
/// Records of 2 kB, and handshake messages of 4 kB.
const INCOMING: usize = 6144;
const OUTGOING: usize = 1024;
/// Bytes that each connection says, the end of the line included, and hears.
const LINE: usize = 1000;

const DATA: u8 = 0;
const WAITING: u8 = 1;
const ROOM: u8 = 2;

static INCOMING_BUFFERS: ConstStaticCell<[[u8; INCOMING]; LENT]> =
    ConstStaticCell::new([[0; INCOMING]; LENT]);
static OUTGOING_BUFFERS: ConstStaticCell<[[u8; OUTGOING]; LENT]> =
    ConstStaticCell::new([[0; OUTGOING]; LENT]);
static SPACES: [StaticCell<HandshakeSpace<Software>>; LENT] = [const { StaticCell::new() }; LENT];
static CHANNEL_LIST: StaticCell<[Channel; CHANNELS]> = StaticCell::new();
static CONFIG: ClientConfig = config();

const fn config() -> ClientConfig {
    let mut config = ClientConfig::new();
    config.common.modes = config.common.modes.set(Modes::RELEASE_BUFFERS);
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
    report::resources();
    board::exit(exit)
}

/// Why the program could not do its work.
enum Failure {
    Root(CertificateError),
    Connection(CreateError),
    Tls(Error),
    /// A write that had room was not taken.
    Write(WriteError),
    Line(LineError),
    Frame,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(error) => write!(f, "the root in flash: {error}"),
            Self::Connection(error) => error.fmt(f),
            Self::Tls(error) => error.fmt(f),
            Self::Write(error) => error.fmt(f),
            Self::Line(error) => write!(f, "the transport: {error}"),
            Self::Frame => f.write_str("a frame that means nothing"),
        }
    }
}

/// What connections share: buffers and spaces that nobody needs now, and the line.
struct Shared {
    uart: Uart,
    buffers: BufferPool<&'static mut [u8], LENT>,
    spaces: Vec<&'static mut HandshakeSpace<Software>, LENT>,
}

fn run(uart: Uart) -> Result<(), Failure> {
    let roots: Vec<_, 3> = credentials::ROOTS.iter().map(|der| CertificateDer::from(*der)).collect();
    let anchors: Result<Vec<_, 3>, _> = roots.iter().map(trust_anchor_from_der).collect();
    let anchors = anchors.map_err(Failure::Root)?;
    let verifier = WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS);
    let verifier = Webpki { verifier, clock: board::clock };

    let mut shared = Shared { uart, buffers: BufferPool::new(), spaces: Vec::new() };
    // There is room for as many as there are.
    for buffer in INCOMING_BUFFERS.take() {
        let _ = shared.buffers.put(Side::Incoming, buffer);
    }
    for buffer in OUTGOING_BUFFERS.take() {
        let _ = shared.buffers.put(Side::Outgoing, buffer);
    }
    for space in &SPACES {
        let _ = shared.spaces.push(space.init_with(HandshakeSpace::new));
    }
    let channels = CHANNEL_LIST.init_with(|| core::array::from_fn(|number| Channel::new(number as u8)));

    serve_until(channels, &mut shared, &verifier, |channel| channel.stage == Stage::Parked)?;
    report::figure("parked-connection-bytes", size_of::<Client>());
    report::figure("buffers-in-pool", shared.buffers.len());
    channels.iter_mut().for_each(|channel| channel.stage = Stage::Listening { heard: 0 });
    for channel in channels.iter_mut() {
        channel.say(&mut shared)?;
    }
    serve_until(channels, &mut shared, &verifier, |channel| channel.stage == Stage::Done)?;
    report::figure("connections", channels.len());
    report::figure("buffers-in-pool-at-last", shared.buffers.len());
    Ok(())
}

/// Lets every connection do what it can, and takes frames where none can do anything, until all are as far.
fn serve_until(
    channels: &mut [Channel],
    shared: &mut Shared,
    verifier: &impl Verify,
    is_there: impl Fn(&Channel) -> bool,
) -> Result<(), Failure> {
    loop {
        let mut has_moved = false;
        for channel in channels.iter_mut() {
            has_moved |= channel.turn(shared, verifier)?;
        }
        if channels.iter().all(&is_there) {
            return Ok(());
        }
        if !has_moved {
            take_frame(channels, shared)?;
        }
    }
}

fn take_frame(channels: &mut [Channel], shared: &mut Shared) -> Result<(), Failure> {
    let mut head = [0; 2];
    shared.uart.read_exact(&mut head).map_err(line_failure)?;
    let [kind_and_channel, length] = head;
    let channel = channels.get_mut(usize::from(kind_and_channel & 0x3f)).ok_or(Failure::Frame)?;
    match kind_and_channel >> 6 {
        DATA => {
            let mut bytes = [0; 255];
            let bytes = bytes.get_mut(..usize::from(length)).ok_or(Failure::Frame)?;
            shared.uart.read_exact(bytes).map_err(line_failure)?;
            let connection = channel.connection.as_mut().ok_or(Failure::Frame)?;
            channel.room = channel.room.checked_sub(bytes.len()).ok_or(Failure::Frame)?;
            // It has as much room as the host was told.
            connection.feed_incoming(bytes);
            Ok(())
        }
        WAITING => {
            channel.is_awaited = true;
            Ok(())
        }
        _ => Err(Failure::Frame),
    }
}

fn line_failure(error: ReadExactError<LineError>) -> Failure {
    match error {
        ReadExactError::UnexpectedEof => Failure::Line(LineError::Silent),
        ReadExactError::Other(error) => Failure::Line(error),
    }
}

impl Shared {
    fn send(&mut self, kind: u8, channel: u8, length: u8, bytes: &[u8]) -> Result<(), Failure> {
        self.uart.write_all(&[kind << 6 | channel, length]).map_err(Failure::Line)?;
        self.uart.write_all(bytes).map_err(Failure::Line)
    }
}
