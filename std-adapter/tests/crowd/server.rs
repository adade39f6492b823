//! The command, and what Linux says of it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A server that is gone with the test.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    child: Child,
    folder: PathBuf,
    _stdout: BufReader<ChildStdout>,
}

/// What a process holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holds {
    pub(crate) files: usize,
    pub(crate) kilobytes: u64,
}

impl Server {
    /// A server with these options; an echo, unless they say otherwise.
    pub(crate) fn new(options: &[&str]) -> Self {
        let begun = Instant::now();
        let name =
            format!("tidegate-crowd-{}-{begun:?}", std::process::id()).replace([' ', '{', '}', ':'], "");
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
        command.args(["server", "--listen", "127.0.0.1:0", "--quiet", "--self-signed"]);
        command.arg(folder.join("ca.pem")).args(options);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap().parse().unwrap();
        Self { address, child, folder, _stdout: stdout }
    }

    /// The certificate of its authority.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    pub(crate) fn holds(&self) -> Holds {
        let files = fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count();
        Holds { files, kilobytes: self.status("VmRSS") }
    }

    /// The most memory that it ever had.
    pub(crate) fn most_kilobytes(&self) -> u64 {
        self.status("VmHWM")
    }

    fn status(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// It ends with this signal: INT, which is Ctrl-C, or TERM.
    pub(crate) fn stop(mut self, signal: &str) {
        let mut kill = Command::new("sh");
        assert!(
            kill.arg("-c").arg(format!("kill -{signal} {}", self.child.id())).status().unwrap().success()
        );
        let begin = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begin.elapsed() < Duration::from_secs(20), "it does not stop");
            thread::sleep(Duration::from_millis(20));
        };
        assert_eq!(status.code(), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
