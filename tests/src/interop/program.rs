//! Other programs: whether they are here, what they are told, what they say.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take that another program does.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Whether these programs are here. Without one a test has nothing to do: it prints so and returns.
///
/// # Panics
/// If one is missing and `TIDEGATE_REQUIRE_TOOLS=1` is set.
#[must_use]
pub fn have(programs: &[&str]) -> bool {
    let missing: Vec<&str> = programs.iter().copied().filter(|program| !is_installed(program)).collect();
    is_complete(&missing)
}

/// As [`have`], of what was found missing.
///
/// # Panics
/// If there is any and `TIDEGATE_REQUIRE_TOOLS=1` is set.
#[must_use]
pub fn is_complete(missing: &[&str]) -> bool {
    if missing.is_empty() {
        return true;
    }
    let required = std::env::var_os("TIDEGATE_REQUIRE_TOOLS").is_some_and(|value| value == "1");
    assert!(!required, "missing: {}", missing.join(", "));
    println!("not run: {} is not here", missing.join(", "));
    false
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// A running program. It is killed when this is dropped.
#[derive(Debug)]
pub struct Program {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    said: Arc<Said>,
}

/// What is left of a program that has ended.
#[derive(Debug)]
pub struct Ending {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub output: Vec<u8>,
    /// Its standard error.
    pub errors: String,
}

/// What a program said, as it comes in.
#[derive(Debug, Default)]
struct Said {
    streams: Mutex<Streams>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Streams {
    output: Vec<u8>,
    errors: Vec<u8>,
    ended: usize,
}

impl Streams {
    fn text(&self) -> String {
        let text = String::from_utf8_lossy;
        format!("{}{}", text(&self.output), text(&self.errors))
    }

    const fn all_ended(&self) -> bool {
        self.ended == 2
    }
}

impl Program {
    /// Starts a program with a pipe to its standard input.
    ///
    /// # Panics
    /// If it can't be started.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        Self::start_with(command, Stdio::piped())
    }

    /// Starts a program with this standard input.
    ///
    /// # Panics
    /// If it can't be started.
    #[must_use]
    pub fn start_with(command: &mut Command, stdin: Stdio) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let said = Arc::new(Said::default());
        let (output, errors) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        listen(&said, output, |streams| &mut streams.output);
        listen(&said, errors, |streams| &mut streams.errors);
        let stdin = child.stdin.take();
        Self { name, child, stdin, said }
    }

    /// Waits until the program has said `text`; what it said so far.
    ///
    /// # Panics
    /// If it ends, or [`PATIENCE`] does, before.
    pub fn wait_for(&self, text: &str) -> String {
        self.try_wait_for(text).unwrap_or_else(|said| {
            panic!("{} did not say {text:?}; it said:\n{said}", self.name);
        })
    }

    /// Waits until the program has said `text`; what it said so far.
    ///
    /// # Errors
    /// What it said until it ended, or until [`PATIENCE`] did.
    pub fn try_wait_for(&self, text: &str) -> Result<String, String> {
        let streams = self.wait_until(PATIENCE, |streams| streams.text().contains(text));
        let said = streams.text();
        if said.contains(text) { Ok(said) } else { Err(said) }
    }

    /// Waits until the standard output has this many bytes after `mark`, or at all where that is empty; them.
    ///
    /// # Panics
    /// If it ends, or [`PATIENCE`] does, before.
    pub fn output_after(&self, mark: &str, count: usize) -> Vec<u8> {
        let after = |streams: &Streams| {
            let place = |mark: &[u8]| streams.output.windows(mark.len()).position(|place| place == mark);
            let start = if mark.is_empty() { 0 } else { place(mark.as_bytes())? + mark.len() };
            streams.output.get(start..)?.get(..count).map(<[u8]>::to_vec)
        };
        let found = after(&self.wait_until(PATIENCE, |streams| after(streams).is_some()));
        found.unwrap_or_else(|| panic!("{}: fewer than {count} bytes after {mark:?}", self.name))
    }

    /// Waits until `is_enough`, until the program says nothing more, or until the patience ends.
    fn wait_until(
        &self,
        patience: Duration,
        is_enough: impl Fn(&Streams) -> bool,
    ) -> MutexGuard<'_, Streams> {
        let streams = self.said.streams.lock().unwrap();
        let waits = |streams: &mut Streams| !is_enough(streams) && !streams.all_ended();
        self.said.changed.wait_timeout_while(streams, patience, waits).unwrap().0
    }

    /// All that the program said so far.
    #[must_use]
    pub fn said(&self) -> String {
        self.said.streams.lock().unwrap().text()
    }

    /// Writes to the program's standard input. One that has ended does not listen any more.
    pub fn say(&mut self, bytes: &[u8]) {
        if let Some(stdin) = &mut self.stdin {
            let told = stdin.write_all(bytes).and_then(|()| stdin.flush());
            told.unwrap_or_else(|error| eprintln!("{} does not listen: {error}", self.name));
        }
    }

    /// Ends the program's standard input.
    pub fn hang_up(&mut self) {
        self.stdin = None;
    }

    /// Waits until the program has ended, for [`PATIENCE`]; all that it said.
    ///
    /// # Panics
    /// If it does not end.
    pub fn finish(self) -> (ExitStatus, String) {
        let Ending { status, output, errors } = self.end();
        (status, format!("{}{errors}", String::from_utf8_lossy(&output)))
    }

    /// Waits until the program has ended, for [`PATIENCE`]; what it said, its two outputs apart.
    ///
    /// # Panics
    /// If it does not end.
    pub fn end(self) -> Ending {
        self.try_end(PATIENCE).unwrap_or_else(|program| {
            panic!("{} does not end; it said:\n{}", program.name, program.said());
        })
    }

    /// As [`end`](Self::end), for so long.
    ///
    /// # Errors
    /// The program, if it does not end.
    pub fn try_end(mut self, patience: Duration) -> Result<Ending, Self> {
        self.hang_up();
        let end = Instant::now() + patience;
        drop(self.wait_until(patience, Streams::all_ended));
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let streams = std::mem::take(&mut *self.said.streams.lock().unwrap());
                let errors = String::from_utf8_lossy(&streams.errors).into_owned();
                return Ok(Ending { status, output: streams.output, errors });
            }
            if Instant::now() > end {
                return Err(self);
            }
            // Its pipes are closed: it is about to end, and there is nothing else to wait for.
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only for a program that has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("{} said:\n{}", self.name, self.said());
        }
    }
}

/// Collects a stream in a thread of its own, which ends with the stream.
fn listen(said: &Arc<Said>, mut stream: impl Read + Send + 'static, place: fn(&mut Streams) -> &mut Vec<u8>) {
    let said = Arc::clone(said);
    thread::spawn(move || {
        let mut piece = vec![0; 65536];
        loop {
            let count = stream.read(&mut piece).unwrap_or(0);
            let mut streams = said.streams.lock().unwrap();
            place(&mut streams).extend_from_slice(&piece[..count]);
            streams.ended += usize::from(count == 0);
            drop(streams);
            said.changed.notify_all();
            if count == 0 {
                return;
            }
        }
    });
}

/// Runs a program to its end.
///
/// # Panics
/// If it does not end well.
pub fn run(command: &mut Command) -> String {
    let (status, said) = Program::start(command).finish();
    assert!(status.success(), "{command:?}: {status}\n{said}");
    said
}
