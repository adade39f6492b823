//! The sections of a program, and the charge for each byte of its code.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use addr2line::Context;
use addr2line::gimli::{Dwarf, EndianSlice, LittleEndian, SectionId};
use object::{File, Object, ObjectSection};

use super::part::{Frame, Part, charge};
use super::{CONSTANTS, FLASH, Figures, PROTOCOL, STATICS};

type Debug<'a> = Context<EndianSlice<'a, LittleEndian>>;

/// An instruction has two bytes or four: a byte and its neighbour are charged to the same.
const STEP: u64 = 2;

/// What the linker made.
#[derive(Debug)]
pub struct Image {
    /// The sizes of its sections.
    pub figures: Figures,
    /// Bytes of code by part.
    pub parts: BTreeMap<Part, u64>,
    /// Bytes of code by crate, the engine's by file.
    pub sources: BTreeMap<String, u64>,
}

impl Image {
    /// Reads a program for a little-endian machine, with its debug information.
    ///
    /// # Errors
    /// The file can't be read, or is no such program.
    pub fn read(path: &Path) -> io::Result<Self> {
        let bytes = fs::read(path)?;
        let file = File::parse(bytes.as_slice()).map_err(io::Error::other)?;
        let (parts, sources) = charges(&file).map_err(io::Error::other)?;
        let size = |name: &str| file.section_by_name(name).map_or(0, |section| section.size());
        let constants = size(".rodata");
        let protocol = parts.iter().filter(|(part, _)| part.is_protocol()).map(|(_, bytes)| bytes).sum();
        let end = file.section_by_name(".rodata").map_or(0, |section| section.address() + section.size());
        let start = file.section_by_name(".vector_table").map_or(0, |section| section.address());
        // What variables begin with comes last, at a word's boundary.
        let flash = end.next_multiple_of(4).saturating_sub(start) + size(".data");
        let figures = [
            (PROTOCOL, protocol),
            (CONSTANTS, constants),
            (FLASH, flash),
            (STATICS, size(".data") + size(".bss") + size(".uninit")),
        ];
        let figures = figures.map(|(name, value)| (String::from(name), value)).into();
        Ok(Self { figures, parts, sources })
    }
}

type Charges = (BTreeMap<Part, u64>, BTreeMap<String, u64>);

/// The charge for each byte of the code.
fn charges(file: &File<'_>) -> Result<Charges, Box<dyn std::error::Error + Send + Sync>> {
    let load = |id: SectionId| -> Result<_, object::Error> {
        let bytes = file.section_by_name(id.name()).map_or(Ok(&[][..]), |section| section.data())?;
        Ok(EndianSlice::new(bytes, LittleEndian))
    };
    let debug = Context::from_dwarf(Dwarf::load(load)?)?;
    let (mut parts, mut sources) = (BTreeMap::new(), BTreeMap::new());
    let Some(code) = file.section_by_name(".text") else { return Err("no section .text".into()) };
    let end = code.address() + code.size();
    for address in (code.address()..end).step_by(STEP as usize) {
        let (part, source) = charge(&frames(&debug, address)?);
        let bytes = STEP.min(end - address);
        *parts.entry(part).or_default() += bytes;
        *sources.entry(source).or_default() += bytes;
    }
    Ok((parts, sources))
}

/// The functions that an instruction comes from, the innermost first.
fn frames(debug: &Debug<'_>, address: u64) -> Result<Vec<Frame>, addr2line::gimli::Error> {
    let mut found = debug.find_frames(address).skip_all_loads()?;
    let mut frames = Vec::new();
    while let Some(frame) = found.next()? {
        let name = frame.function.as_ref().map(|name| name.raw_name()).transpose()?;
        let file = frame.location.and_then(|location| location.file);
        frames.push(Frame {
            function: name.unwrap_or_default().into_owned(),
            file: file.unwrap_or_default().to_owned(),
        });
    }
    Ok(frames)
}
