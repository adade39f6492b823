//! The command `tidegate`.

mod args;
mod client;
mod demo;
mod failure;
mod made;
mod patient;
mod server;
mod show;
mod trace;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Arguments, Task};
use failure::Failure;

fn main() -> ExitCode {
    let result = match Arguments::parse().task.unwrap_or_default() {
        Task::Client(arguments) => client::run(&arguments),
        Task::Server(arguments) => server::run(&arguments),
        Task::Demo(arguments) => demo::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(&failure),
    }
}

fn report(failure: &Failure) -> ExitCode {
    anstream::eprintln!("{}error:{} {}", show::BAD, show::BAD.render_reset(), failure.message);
    if let Some(hint) = &failure.hint {
        anstream::eprintln!("{} hint:{} {hint}", show::DIM, show::DIM.render_reset());
    }
    ExitCode::from(failure.code.number())
}
