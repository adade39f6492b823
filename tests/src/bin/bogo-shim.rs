//! What BoringSSL's test runner starts for each test: see `tests/bogo/README.md`.

use std::process::ExitCode;

fn main() -> ExitCode {
    tidegate_tests::bogo::run(&std::env::args().skip(1).collect::<Vec<_>>())
}
