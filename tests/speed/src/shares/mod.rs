//! Where the time of a full handshake is: in cryptography, in the chain, or in what is ours.

mod provider;
mod watch;

use std::rc::Rc;
use std::time::{Duration, Instant};

use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};
use serde_json::{Value, json};
use tidegate::crypto::{Provider, SignatureAlgorithm};
use tidegate::driver::Verify;
use tidegate::error::CertificateError;
use tidegate::wire::certificate::CertificateChain;
use tidegate_std::provider::{AwsLc, Backend, Graviola, Ring, RustCrypto};

use crate::stack::{End, Failure, Setup, connect, handshake};
use crate::stacks::ours::{Ours, Verifier, verifier};
use crate::stacks::signing::Signer;
use crate::statistics::median;
use provider::Timed;
use watch::{PARTS, Part, Spent, cost, is_in_chain, take, timed};

/// What an end spends of a full handshake.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    /// The library for cryptography.
    pub(crate) library: &'static str,
    /// `client` or `server`.
    pub(crate) end: &'static str,
    /// Seconds of a handshake.
    pub(crate) seconds: f64,
    /// Of that in cryptography, in the chain's signatures, in the rest of the chain.
    pub(crate) parts: [f64; PARTS],
}

impl Share {
    /// What is ours, in percent.
    pub(crate) fn rest(&self) -> f64 {
        100.0 * (self.seconds - self.parts.iter().sum::<f64>()) / self.seconds
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let [cryptography, signatures, chain] = self.parts;
        json!({
            "library": self.library,
            "end": self.end,
            "seconds": self.seconds,
            "cryptography": cryptography,
            "chain signatures": signatures,
            "chain": chain,
        })
    }
}

/// As a table.
pub(crate) fn table(shares: &[Share]) -> String {
    let mut out = String::from(
        "| us | whole | cryptography | signatures of the chain | its parsing and rules | the rest | the rest, % |\n\
         |---|--:|--:|--:|--:|--:|--:|\n",
    );
    for share in shares {
        let [cryptography, signatures, chain] = share.parts.map(|seconds| seconds * 1e6);
        let (whole, rest) = (share.seconds * 1e6, share.rest());
        let Share { library, end, .. } = share;
        out.push_str(&format!(
            "| {library}, {end} | {whole:.1} | {cryptography:.1} | {signatures:.1} | {chain:.1} | {:.1} | {rest:.1} |\n",
            whole * rest / 100.0
        ));
    }
    out
}

/// Measures all providers, so many rounds.
///
/// # Errors
/// If a handshake fails.
pub(crate) fn measure(setup: &Setup, rounds: usize) -> Result<Vec<Share>, Failure> {
    let key = &setup.pki.key;
    let mut shares = Vec::new();
    shares.extend(of("tidegate", setup, Backend::new, Signer::fastest(key), rounds)?);
    shares.extend(of("aws-lc", setup, AwsLc::new, Signer::aws_lc(key), rounds)?);
    shares.extend(of("ring", setup, Ring::new, Signer::ring(key), rounds)?);
    shares.extend(of("graviola", setup, Graviola::new, Signer::graviola(key), rounds)?);
    shares.extend(of("rustcrypto", setup, RustCrypto::new, Signer::rustcrypto(key), rounds)?);
    Ok(shares)
}

fn of<P: Provider + 'static>(
    library: &'static str,
    setup: &Setup,
    make: fn() -> P,
    signer: Signer,
    rounds: usize,
) -> Result<[Share; 2], Failure> {
    const TIMES: usize = 10;
    let mut stack = watched(setup, make, signer)?;
    connect(&mut stack)?;
    let empty = cost();
    let mut series: [[Vec<f64>; PARTS + 1]; 2] = Default::default();
    for _ in 0..rounds * TIMES {
        let mut spent = [(Duration::ZERO, Spent::default()); 2];
        handshake(&mut stack, &mut |end, work| {
            take();
            let start = Instant::now();
            let done = work();
            add(&mut spent[end as usize], start.elapsed());
            done
        })?;
        for (series, spent) in series.iter_mut().zip(spent) {
            let values = corrected(spent, empty);
            series.iter_mut().zip(values).for_each(|(series, value)| series.push(value));
        }
    }
    Ok([(End::Client, "client"), (End::Server, "server")].map(|(at, end)| {
        let [seconds, parts @ ..] = series[at as usize].each_ref().map(|values| median(values));
        Share { library, end, seconds, parts }
    }))
}

fn add((whole, spent): &mut (Duration, Spent), elapsed: Duration) {
    let new = take();
    *whole += elapsed;
    spent.calls += new.calls;
    spent.time.iter_mut().zip(new.time).for_each(|(sum, time)| *sum += time);
}

/// The whole and its parts without what taking the time cost. Nearly all calls are of the first part.
fn corrected((whole, spent): (Duration, Spent), [own, all]: [Duration; 2]) -> [f64; PARTS + 1] {
    let [cryptography, signatures, chain] = spent.time;
    let whole = whole.saturating_sub(all * spent.calls);
    [whole, cryptography.saturating_sub(own * spent.calls), signatures, chain].map(|time| time.as_secs_f64())
}

fn watched<P: Provider + 'static>(
    setup: &Setup,
    make: fn() -> P,
    signer: Signer,
) -> Result<Ours<Timed<P>, Watching>, Failure> {
    let algorithms = make().signature_algorithms().iter().map(|algorithm| {
        let verifier: &'static TimedVerifier = Box::leak(Box::new(TimedVerifier(algorithm.verifier)));
        SignatureAlgorithm { verifier, ..*algorithm }
    });
    let algorithms: &'static [SignatureAlgorithm] = algorithms.collect::<Vec<_>>().leak();
    let provider = move || Timed { provider: make(), algorithms };
    let verifier = Watching(verifier(setup, provider().signature_algorithms()));
    let signer = signer.through(|sign| timed(Part::Cryptography, sign));
    Ours::verifying(setup, Rc::new(provider), verifier, signer)
}

/// Who verifies chains.
struct Watching(Verifier);

impl Verify for Watching {
    fn verify_server<'c>(
        &'c self,
        chain: CertificateChain<'c>,
        server_name: &str,
    ) -> Result<&'c [u8], CertificateError> {
        timed(Part::Chain, || self.0.verify_server(chain, server_name))
    }
}

/// Who verifies signatures.
#[derive(Debug)]
struct TimedVerifier(&'static dyn SignatureVerificationAlgorithm);

impl SignatureVerificationAlgorithm for TimedVerifier {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let part = if is_in_chain() { Part::ChainSignatures } else { Part::Cryptography };
        timed(part, || self.0.verify_signature(key, message, signature))
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.0.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.0.signature_alg_id()
    }
}
