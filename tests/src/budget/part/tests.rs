use super::{Frame, Part, charge};

const LIBRARY: &str = "/rustc/0123abcd/library/core/src/slice/mod.rs";
const ROUTINES: &str = "/rustc/0123abcd/library/compiler-builtins/compiler-builtins/src/mem/impls.rs";
const FIRMWARE: &str = "/checkout/embedded-example/src/bin/client.rs";

fn engine(path: &str) -> String {
    format!("/checkout/core/src/{path}")
}

fn registry(name: &str) -> String {
    format!("/home/me/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/{name}/src/core/src/lib.rs")
}

/// The charge for files, innermost first.
fn charged<const N: usize>(files: [&str; N]) -> (Part, String) {
    let frames = files.map(|file| Frame { function: String::from("f"), file: String::from(file) });
    charge(&frames)
}

#[test]
fn the_innermost_function_is_charged() {
    let (reader, client) = (engine("wire/reader.rs"), engine("client/wait_server_hello.rs"));
    assert_eq!(charged([&reader, &client]), (Part::Messages, String::from("tidegate/wire/reader")));
    assert_eq!(charged([&client, &reader]).0, Part::Client);
    assert_eq!(charged([&registry("sha2-0.11.0"), &engine("schedule.rs"), FIRMWARE]).0, Part::Hashes);
}

#[test]
fn the_library_is_charged_to_who_inlined_it() {
    assert_eq!(charged([LIBRARY, LIBRARY, &engine("record/mod.rs")]).0, Part::Records);
    assert_eq!(charged([LIBRARY, FIRMWARE]).0, Part::Board);
    assert_eq!(charged([LIBRARY]), (Part::Library, String::from("core")));
}

#[test]
fn a_helper_is_charged_to_who_inlined_it() {
    let (zeroize, secret) = (registry("zeroize-1.9.0"), engine("secret.rs"));
    assert_eq!(charged([LIBRARY, &zeroize, &secret]).0, Part::Keys);
    assert_eq!(charged([&zeroize, &registry("crypto-bigint-0.7.3"), &secret]).0, Part::Nist);
    assert_eq!(charged([LIBRARY, &zeroize]), (Part::Helpers, String::from("zeroize")));
}

#[test]
fn routines_of_the_compiler_are_its_own() {
    assert_eq!(charged([LIBRARY, ROUTINES]), (Part::Routines, String::from("compiler_builtins")));
    assert_eq!(charged([ROUTINES, &engine("engine/mod.rs")]).0, Part::Engine);
}

#[test]
fn text_is_charged_to_nobody_else() {
    for function in
        ["_ZN54_$LT$client..Failure$u20$as$u20$core..fmt..Display$GT$3fmt17h8E", "_RNvXNtC_3fmt5Debug"]
    {
        let inner = Frame { file: engine("wire/enums/mod.rs"), ..Frame::default() };
        let outer = Frame { function: String::from(function), file: String::from(FIRMWARE) };
        assert_eq!(charge(&[inner, outer]).0, Part::Texts);
    }
    assert_eq!(charged([&engine("error/display.rs")]).0, Part::Texts);
    assert_eq!(charged([&engine("error/alert.rs")]).0, Part::Engine);
}

#[test]
fn the_name_of_a_crate_may_hold_dashes_and_digits() {
    for (folder, name) in
        [("p256-0.14.0", "p256"), ("x25519-dalek-3.0.0-pre.2", "x25519-dalek"), ("no-number", "no-number")]
    {
        assert_eq!(charged([&registry(folder)]).1, name);
    }
}

#[test]
fn files_below_the_provider_belong_to_their_algorithm() {
    for (path, part) in [
        ("crypto/rsa/montgomery.rs", Part::Rsa),
        ("crypto/verify/rsa.rs", Part::Rsa),
        ("crypto/verify/ecdsa_p256.rs", Part::Nist),
        ("crypto/rustcrypto/kx/x25519.rs", Part::X25519),
        ("crypto/rustcrypto/kx/nist.rs", Part::Nist),
        ("crypto/verify/ed25519.rs", Part::Ed25519),
        ("crypto/verify/mod.rs", Part::Provider),
        ("sign/mod.rs", Part::Provider),
    ] {
        assert_eq!(charged([&engine(path)]).0, part, "{path}");
    }
}

#[test]
fn a_crate_that_nobody_knows_shows() {
    assert_eq!(charged([&registry("novelty-1.0.0"), FIRMWARE]), (Part::Other, String::from("novelty")));
    assert_eq!(charged([]).0, Part::Library);
}

#[test]
fn all_parts_are_in_order() {
    assert!(Part::ALL.is_sorted());
    assert_eq!(Part::ALL.len(), Part::Other as usize + 1);
}
