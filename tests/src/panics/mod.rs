//! Which code of a firmware could panic, and whose it is.
//!
//! A panic is a call: of `core::panicking` and its kin, found by reading the branches of the machine code. A function of
//! Rust's library that holds such a call is as good as one, so that the calls of it count. Each call is charged to the
//! innermost inlined function that is not the library's, as the debug information tells.

mod list;
mod thumb;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

use addr2line::Loader;
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, SymbolKind};

pub use list::{Allowed, compare};

/// Crates, and their functions that could panic.
pub type Sites = BTreeMap<String, BTreeSet<String>>;

/// A function of the program.
struct Function {
    address: u64,
    name: String,
    /// Where it jumps to.
    branches: Vec<(u64, u64)>,
}

/// Finds every place in a program for a Cortex-M that could panic.
///
/// # Errors
/// The file can't be read, or is no such program with debug information.
pub fn sites(elf: &Path) -> Result<Sites, Box<dyn Error>> {
    let functions = functions(&std::fs::read(elf)?)?;
    if !functions
        .iter()
        .any(|function| function.name.contains("rust_begin_unwind") || function.name == "Reset")
    {
        return Err(format!("{} is no firmware", elf.display()).into());
    }
    let panics = panics(&functions);
    let debug = Loader::new(elf).map_err(|error| format!("{}: {error}", elf.display()))?;
    let mut sites = Sites::new();
    for function in functions.iter().filter(|function| !panics.contains(&function.address)) {
        for (at, _) in function.branches.iter().filter(|(_, to)| panics.contains(to)) {
            let (owner, name) = owner(&debug, *at, &function.name)?;
            sites.entry(owner).or_default().insert(name);
        }
    }
    Ok(sites)
}

/// The functions of a program, with the branches that lead out of them.
fn functions(bytes: &[u8]) -> Result<Vec<Function>, Box<dyn Error>> {
    let elf = object::File::parse(bytes)?;
    let text = elf.section_by_name(".text").ok_or("there is no code")?;
    let (start, code) = (text.address(), text.data()?);
    let mut functions = Vec::new();
    for symbol in elf.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0) {
        let address = symbol.address() & !1;
        let offset = usize::try_from(address.saturating_sub(start))?;
        let length = usize::try_from(symbol.size())?;
        let Some(body) = code.get(offset..offset + length) else { continue };
        let name = addr2line::demangle_auto(symbol.name()?.into(), None).into_owned();
        functions.push(Function { address, name, branches: thumb::branches(address, body) });
    }
    Ok(functions)
}

/// The addresses of what panics: the handler, and whatever of the library leads to it.
fn panics(functions: &[Function]) -> BTreeSet<u64> {
    let handler = functions.iter().filter(|function| function.name.contains("rust_begin_unwind"));
    let mut panics: BTreeSet<u64> = handler.map(|function| function.address).collect();
    loop {
        let before = panics.len();
        let carriers = functions.iter().filter(|function| is_carrier(&function.name));
        let leading = carriers.filter(|function| function.branches.iter().any(|(_, to)| panics.contains(to)));
        let leading: Vec<u64> = leading.map(|function| function.address).collect();
        panics.extend(leading);
        if panics.len() == before {
            return panics;
        }
    }
}

/// Whether a function is Rust's library's, or a piece that the linker made of several: a trait of the library for a type
/// of its own is.
fn is_carrier(name: &str) -> bool {
    let name = name.trim_start_matches(['<', '&']);
    let is_own = |path: &str| {
        ["core::", "OUTLINED_FUNCTION", "compiler_builtins"].iter().any(|prefix| path.starts_with(prefix))
    };
    match name.split_once(" as ") {
        Some((implementor, implemented)) => {
            is_own(implemented) && (is_own(implementor) || !implementor.contains("::"))
        }
        None => is_own(name),
    }
}

/// Whose code stands at an address: the crate, and the function of it.
fn owner(debug: &Loader, at: u64, symbol: &str) -> Result<(String, String), Box<dyn Error>> {
    let mut frames = debug.find_frames(at).map_err(|error| error.to_string())?;
    while let Some(frame) = frames.next().map_err(|error| error.to_string())? {
        let file = frame.location.as_ref().and_then(|location| location.file).unwrap_or_default();
        if let (Some(owner), Some(function)) = (crate_of(file), &frame.function) {
            return Ok((owner, short(&function.demangle()?)));
        }
    }
    Ok(("unknown".to_owned(), short(symbol)))
}

/// The crate that a source file belongs to; none for Rust's library.
fn crate_of(file: &str) -> Option<String> {
    if file.contains("/rustc/") || file.contains("/library/") || file.is_empty() {
        return None;
    }
    if let Some((_, rest)) = file.split_once("/registry/src/") {
        let folder = rest.split('/').nth(1)?;
        let (name, _) = folder.rsplit_once('-')?;
        return Some(name.to_owned());
    }
    let own = if file.contains("embedded-example") { "tidegate-firmware" } else { "tidegate" };
    Some(own.to_owned())
}

/// A function's name without the hash behind it.
fn short(name: &str) -> String {
    match name.rsplit_once("::h") {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            name.to_owned()
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Function, crate_of, is_carrier, panics, short};

    fn function(address: u64, name: &str, to: &[u64]) -> Function {
        Function { address, name: name.to_owned(), branches: to.iter().map(|to| (address, *to)).collect() }
    }

    #[test]
    fn what_of_the_library_leads_to_the_handler_panics_too() {
        let functions = [
            function(10, "__rustc::rust_begin_unwind", &[]),
            function(20, "core::panicking::panic_fmt", &[10]),
            function(30, "core::slice::index::slice_index_fail", &[20]),
            function(40, "<core::cell::RefCell<T>>::borrow_mut", &[30]),
            function(50, "aes::encrypt", &[40]),
            function(60, "core::fmt::write", &[50]),
        ];
        assert!(panics(&functions).into_iter().eq([10, 20, 30, 40]));
    }

    #[test]
    fn a_file_is_of_the_crate_that_its_folder_names() {
        let registry = "/home/a/.cargo/registry/src/index-1/crypto-bigint-0.7.1/src/uint.rs";
        assert_eq!(crate_of(registry).as_deref(), Some("crypto-bigint"));
        assert_eq!(crate_of("/rustc/1234/library/core/src/option.rs"), None);
        assert_eq!(crate_of("/home/a/tidegate/core/src/schedule.rs").as_deref(), Some("tidegate"));
        let firmware = "/home/a/tidegate/embedded-example/src/bin/client.rs";
        assert_eq!(crate_of(firmware).as_deref(), Some("tidegate-firmware"));
    }

    #[test]
    fn names_lose_their_hash() {
        assert_eq!(short("a::b::h0123456789abcdef"), "a::b");
        assert_eq!(short("a::b::hello"), "a::b::hello");
        assert!(is_carrier("<core::fmt::Formatter>::pad") && !is_carrier("scores::core::x"));
        assert!(is_carrier("<usize as core::slice::index::SliceIndex<[T]>>::index"));
        assert!(!is_carrier("<aes::Aes128 as core::ops::index::Index<I>>::index"));
    }
}
