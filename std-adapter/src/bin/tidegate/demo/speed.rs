//! How fast application data goes, a second each way.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use tidegate_std::{ClientStream, ServerStream};

use crate::patient::Patient;
use crate::show::HEAD;

const SECOND: Duration = Duration::from_secs(1);
const CHUNK: usize = 64 << 10;

/// Sends for a second, then receives for one, and tells how fast both went.
pub(super) fn client(stream: &mut ClientStream<Patient>) -> io::Result<()> {
    let bar = ProgressBar::new(2000).with_message("measuring");
    if let Ok(style) = ProgressStyle::with_template("  {msg} {wide_bar}") {
        bar.set_style(style.progress_chars("##-"));
    }
    let begin = Instant::now();
    let sent = send(stream, |elapsed| bar.set_position(millis(elapsed)))?;
    stream.close()?;
    // The server's first byte comes when it has read the last of ours.
    let mut chunk = vec![0; CHUNK];
    let mut received = stream.read(&mut chunk)? as u64;
    let up = begin.elapsed();
    let begin = Instant::now();
    loop {
        match stream.read(&mut chunk)? {
            0 => break,
            count => received += count as u64,
        }
        bar.set_position(1000 + millis(begin.elapsed()));
    }
    let down = begin.elapsed();
    bar.finish_and_clear();
    anstream::println!(
        "{HEAD}Speed{HEAD:#} with both ends on one machine: {} MB/s up, {} MB/s down\n",
        rate(sent, up),
        rate(received, down)
    );
    Ok(())
}

/// The other end of [`client`].
pub(super) fn server(stream: &mut ServerStream<Patient>) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    while stream.read(&mut chunk)? > 0 {}
    send(stream, |_| {})?;
    stream.close()
}

fn send(stream: &mut impl Write, progress: impl Fn(Duration)) -> io::Result<u64> {
    let chunk = vec![0; CHUNK];
    let mut sent = 0;
    let begin = Instant::now();
    while begin.elapsed() < SECOND {
        stream.write_all(&chunk)?;
        sent += chunk.len() as u64;
        progress(begin.elapsed());
    }
    stream.flush()?;
    Ok(sent)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn rate(bytes: u64, duration: Duration) -> u64 {
    bytes / 1_000 / millis(duration).max(1)
}
