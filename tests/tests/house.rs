//! The limits of the house that no lint knows: the length of files, layers without circles, and where unsafe code is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use tidegate_tests::cargo::repository;

/// Lines of a source file, without its tests.
const MAX_LINES: usize = 300;

/// Folders whose files are measured.
const MEASURED: [&str; 12] = [
    "core/src",
    "std-adapter/src",
    "embedded-example/src",
    "fuzz/ends",
    "fuzz/face",
    "fuzz/fuzz_targets",
    "fuzz/modes",
    "fuzz/pki",
    "fuzz/rsa",
    "tests/counts/src",
    "tests/secrets/src",
    "tests/src",
];

/// The files that may hold unsafe code, and allow it for their module: what talks to hardware, to C or to the
/// linker.
const UNSAFE: [&str; 9] = [
    "embedded-example/proof/src/handler.rs",
    "embedded-example/src/board/mod.rs",
    "std-adapter/src/bin/tidegate/demo/foreign.rs",
    "tests/secrets/src/memcheck.rs",
    "tests/secrets/src/remains.rs",
    "tests/speed/src/stacks/boring.rs",
    "tests/speed/src/stacks/openssl.rs",
    "tests/speed/src/stacks/s2n.rs",
    "tests/src/oracle/libssl/mod.rs",
];

/// The lint against it, in two pieces: this file allows nothing.
const UNSAFE_LINT: &str = concat!("unsafe", "_code");

/// Which layer imports which, and where: `layer -> imported layer -> "file:line"`.
type Imports = BTreeMap<String, BTreeMap<String, String>>;

#[test]
fn no_file_is_too_long() {
    let too_long: Vec<String> = MEASURED
        .iter()
        .flat_map(|folder| sources(&repository().join(folder)))
        .filter_map(|file| {
            let lines = without_tests(&read(&file)).lines().count();
            (lines > MAX_LINES).then(|| format!("{} has {lines} lines", shown(&file)))
        })
        .collect();
    assert!(
        too_long.is_empty(),
        "Files over {MAX_LINES} lines without their tests; split them by idea:\n{}",
        too_long.join("\n")
    );
}

#[test]
fn code_may_be_unsafe_where_the_list_says_and_nowhere_else() {
    let allowing: Vec<String> = ["core", "embedded-example", "fuzz", "std-adapter", "tests"]
        .iter()
        .flat_map(|folder| all_files(&repository().join(folder)))
        .chain([repository().join("Cargo.toml")])
        .filter(|file| loosens(&read(file)))
        .map(|file| shown(&file))
        .collect();
    assert_eq!(allowing, UNSAFE, "files that allow unsafe code, and those that may");
    for library in ["core/src/lib.rs", "std-adapter/src/lib.rs"] {
        let forbids = format!("#![forbid({UNSAFE_LINT})]");
        assert!(
            read(&repository().join(library)).lines().any(|line| line == forbids),
            "{library} forbids it"
        );
    }
}

#[test]
fn layers_of_the_core_make_no_circle() {
    let source = repository().join("core/src");
    let layers = layers(&source);
    assert!(layers.len() > 1, "found no layers in {}", shown(&source));
    let mut imports = Imports::new();
    for file in sources(&source) {
        let inner = file.strip_prefix(&source).expect("found below the folder");
        let Some((layer, depth)) = place(inner) else { continue };
        for (number, imported) in imported(&read(&file), depth, &layers) {
            let at = format!("{}:{number}", shown(&file));
            imports.entry(layer.clone()).or_default().entry(imported).or_insert(at);
        }
    }
    if let Some(circle) = circle(&imports) {
        panic!("A layer imports only from layers below it, but:\n{}", describe(&circle, &imports));
    }
}

#[test]
fn the_modes_use_nothing_outside_themselves() {
    let source = repository().join("core/src");
    let (layers, mut outside) = (layers(&source), Vec::new());
    let files = sources(&source.join("modes"));
    assert!(files.len() > 5, "found only {files:?}");
    for file in files {
        let (text, inner) = (read(&file), file.strip_prefix(&source).expect("found below the folder"));
        let (_, depth) = place(inner).expect("a file of a layer");
        let code = without_tests(&text);
        let modules = code.lines().filter_map(|line| line.split_once("mod ")?.1.strip_suffix(';'));
        let known: BTreeSet<&str> = modules.chain(["core", "crate", "self", "super", "usize"]).collect();
        for (line, text) in code.lines().enumerate().map(|(at, text)| (at + 1, text.split("//").next())) {
            let paths =
                text.unwrap_or_default().split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
            let first = paths
                .filter_map(|path| Some(path.split_once("::")?.0))
                .filter(|first| first.starts_with(|c: char| c.is_lowercase()) && !known.contains(first));
            outside.extend(first.map(|first| format!("{}:{line} uses {first}", shown(&file))));
        }
        let layers = imported(&text, depth, &layers).into_iter().filter(|(_, layer)| layer != "modes");
        outside.extend(layers.map(|(line, layer)| format!("{}:{line} uses {layer}", shown(&file))));
    }
    assert!(outside.is_empty(), "core/src/modes is pure, but:\n{}", outside.join("\n"));
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", shown(file)))
}

/// A path as a reader of the message can click it.
fn shown(path: &Path) -> String {
    path.strip_prefix(repository()).unwrap_or(path).display().to_string()
}

/// Every Rust file below a folder, in order, except those that hold nothing but tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", shown(folder)));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    let files = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files
        .chain(folders.iter().flat_map(|folder| sources(folder)))
        .filter(|path| {
            let inner = path.strip_prefix(folder).expect("found below the folder").with_extension("");
            !inner.iter().any(|part| part == "tests")
        })
        .collect()
}

/// The text before the first line that is a test-only module's attribute.
fn without_tests(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let end = lines.windows(2).position(|pair| {
        pair[0].trim() == "#[cfg(test)]"
            && pair[1].trim_start().trim_start_matches("pub(crate) ").starts_with("mod ")
    });
    lines[..end.unwrap_or(lines.len())].join("\n")
}

/// Every source and manifest below a folder, in order, but what a build made.
fn all_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", shown(folder)));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.retain(|path| path.file_name().is_some_and(|name| name != "target"));
    paths.sort();
    let inner = |path: PathBuf| match path.is_dir() {
        true => all_files(&path),
        false => vec![path],
    };
    let is_ours =
        |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs" || extension == "toml");
    paths.into_iter().flat_map(inner).filter(is_ours).collect()
}

/// Whether a source or a manifest does anything with the lint against unsafe code but forbid or deny it.
fn loosens(text: &str) -> bool {
    let hardens = |line: &str| {
        ["forbid(", "deny("].iter().any(|attribute| line.contains(attribute))
            || ["forbid", "deny"].iter().any(|level| line.ends_with(&format!(" = \"{level}\"")))
    };
    let is_remark = |line: &str| line.starts_with("# ");
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default().trim())
        .any(|line| line.contains(UNSAFE_LINT) && !hardens(line) && !is_remark(line))
}

/// The names of the top-level modules.
fn layers(source: &Path) -> BTreeSet<String> {
    sources(source)
        .iter()
        .filter_map(|file| place(file.strip_prefix(source).expect("found below the folder")))
        .map(|(layer, _)| layer)
        .collect()
}

/// The layer of a file, and how many `super::` lead from its module to the crate's root. `lib.rs` is no layer.
fn place(inner: &Path) -> Option<(String, usize)> {
    let module = inner.with_extension("");
    let mut parts: Vec<&str> = module.iter().filter_map(|part| part.to_str()).collect();
    parts.pop_if(|last| *last == "mod");
    match *parts.first()? {
        "lib" | "main" => None,
        layer => Some((layer.to_owned(), parts.len())),
    }
}

/// The layers that a file names by a path from the crate's root, with the lines.
fn imported(text: &str, depth: usize, layers: &BTreeSet<String>) -> Vec<(usize, String)> {
    let code: Vec<String> = without_tests(text)
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default().to_owned())
        .collect();
    let code = code.join("\n");
    let to_the_root = ["crate::".to_owned(), "super::".repeat(depth)];
    let mut found = Vec::new();
    for prefix in &to_the_root {
        for (at, _) in code.match_indices(prefix.as_str()) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let line = code[..at].matches('\n').count() + 1;
            found.extend(first_names(&code[at + prefix.len()..]).map(|name| (line, name)));
        }
    }
    found.retain(|(_, name)| layers.contains(name));
    found
}

/// The first name of each path of a use tree: one, or those of the outermost braces.
fn first_names(tree: &str) -> impl Iterator<Item = String> {
    let paths = match tree.strip_prefix('{') {
        None => vec![tree],
        Some(inside) => split_braces(inside),
    };
    paths.into_iter().map(|path| {
        path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    })
}

/// Splits at the commas of the outermost braces, whose opening one is already taken.
fn split_braces(inside: &str) -> Vec<&str> {
    let (mut nesting, mut start, mut paths) = (0_usize, 0, Vec::new());
    for (at, c) in inside.char_indices() {
        match c {
            '{' => nesting += 1,
            '}' if nesting == 0 => {
                paths.push(&inside[start..at]);
                break;
            }
            '}' => nesting -= 1,
            ',' if nesting == 0 => {
                paths.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    paths
}

/// A circle of imports, if there is one: each layer imports the next, the last imports the first.
fn circle(imports: &Imports) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    imports.keys().find_map(|layer| circle_from(layer, imports, &mut Vec::new(), &mut done))
}

fn circle_from(
    layer: &str,
    imports: &Imports,
    path: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(start) = path.iter().position(|seen| seen == layer) {
        return Some(path[start..].to_vec());
    }
    if done.contains(layer) {
        return None;
    }
    path.push(layer.to_owned());
    let next = imports.get(layer).into_iter().flat_map(BTreeMap::keys).filter(|next| *next != layer);
    let found = next.into_iter().find_map(|next| circle_from(next, imports, path, done));
    path.pop();
    done.insert(layer.to_owned());
    found
}

/// One line for each import of a circle.
fn describe(circle: &[String], imports: &Imports) -> String {
    let next = circle.iter().cycle().skip(1);
    let lines =
        circle.iter().zip(next).map(|(from, to)| format!("{from} imports {to} ({})", imports[from][to]));
    lines.collect::<Vec<_>>().join("\n")
}

mod checks_of_the_checks {
    use super::{BTreeSet, Imports, UNSAFE_LINT, circle, describe, imported, loosens, place, without_tests};
    use std::path::Path;

    fn graph(edges: &[(&str, &str)]) -> Imports {
        let mut imports = Imports::new();
        for (from, to) in edges {
            let at = format!("core/src/{from}.rs:1");
            imports.entry((*from).to_owned()).or_default().insert((*to).to_owned(), at);
        }
        imports
    }

    #[test]
    fn a_circle_is_found_and_described() {
        let imports =
            graph(&[("client", "wire"), ("wire", "error"), ("error", "crypto"), ("crypto", "wire")]);
        let circle = circle(&imports).expect("wire, error, crypto");
        assert_eq!(circle, ["wire", "error", "crypto"]);
        assert!(describe(&circle, &imports).contains("crypto imports wire (core/src/crypto.rs:1)"));
    }

    #[test]
    fn layers_that_meet_below_are_no_circle() {
        assert_eq!(circle(&graph(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])), None);
    }

    #[test]
    fn imports_are_seen_in_every_form_and_not_in_comments_or_tests() {
        let layers: BTreeSet<String> =
            ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"].map(str::to_owned).into();
        let text = "use crate::alpha::A;\nuse crate::{\n    beta::{B, epsilon},\n    gamma,\n};\n\
                    pub(in crate::delta) fn f() -> super::super::delta::D {}\nuse super::zeta;\n\
                    // crate::zeta\n#[cfg(test)]\nmod tests {\n    use crate::zeta;\n}\n";
        let names: BTreeSet<String> = imported(text, 2, &layers).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["alpha", "beta", "delta", "gamma"].map(str::to_owned).into());
    }

    #[test]
    fn a_file_knows_its_layer_and_its_depth() {
        assert_eq!(place(Path::new("lib.rs")), None);
        assert_eq!(place(Path::new("secret.rs")), Some(("secret".to_owned(), 1)));
        assert_eq!(place(Path::new("wire/mod.rs")), Some(("wire".to_owned(), 1)));
        assert_eq!(place(Path::new("wire/enums.rs")), Some(("wire".to_owned(), 2)));
    }

    #[test]
    fn permission_for_unsafe_is_seen_in_every_form() {
        let attributes =
            ["#![allow(LINT, reason = \"\")]", "#[expect(LINT)]", "    LINT,", "LINT = \"allow\""];
        for allowed in attributes {
            assert!(loosens(&format!("a\n{}\n", allowed.replace("LINT", UNSAFE_LINT))), "{allowed}");
        }
        for harmless in ["#![forbid(LINT)]", "LINT = \"deny\"", "// LINT", "# On LINT."] {
            assert!(!loosens(&harmless.replace("LINT", UNSAFE_LINT)), "{harmless}");
        }
    }

    #[test]
    fn tests_do_not_count_as_lines_and_a_test_only_import_does() {
        assert_eq!(without_tests("a\n#[cfg(test)]\nmod tests {}\n").lines().count(), 1);
        assert_eq!(without_tests("a\n#[cfg(test)]\nextern crate std;\nb\n").lines().count(), 4);
    }
}
