//! The modules of every room, their imports, and the circles of imports: `script/rooms.sh` prints them, and a test of
//! `server` reads them. It needs nothing but the standard library.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The crates of the workspace.
pub(crate) const ROOMS: [&str; 5] = ["analytics", "store", "app", "server", "frontend"];

fn main() {
    let root = Path::new(".");
    ROOMS.iter().for_each(|name| print!("{}", read_room(root, name).describe(name)));
}

/// Reads the room of a name below the root of the workspace.
pub(crate) fn read_room(root: &Path, name: &str) -> Room {
    Room::read(&root.join(name).join("src"))
}

/// A module, by the names that lead to it from the crate's root.
pub(crate) type Module = Vec<String>;

/// The modules of a crate, by path, with their text. The root is none of them: it only puts the modules together.
pub(crate) struct Room {
    texts: BTreeMap<Module, String>,
    /// What a module re-exports: the name, and the path that it stands for.
    exports: BTreeMap<(Module, String), Module>,
}

impl Room {
    fn read(source: &Path) -> Self {
        let mut texts = BTreeMap::new();
        collect(source, &mut Vec::new(), &mut texts);
        Self::new(texts)
    }

    /// A room of these modules, without comments and tests.
    pub(crate) fn new(texts: BTreeMap<Module, String>) -> Self {
        let mut room = Self { texts, exports: BTreeMap::new() };
        let mut exports = BTreeMap::new();
        for (module, text) in &room.texts {
            for path in uses(text).iter().filter(|path| path.is_public) {
                let name = path.alias.clone().or_else(|| path.segments.last().cloned()).unwrap_or_default();
                let target = room.absolute(module, &path.segments);
                exports.insert((module.clone(), name), target.unwrap_or_default());
            }
        }
        room.exports = exports;
        room
    }

    /// The path from the root, if the path begins in this crate.
    fn absolute(&self, module: &Module, segments: &[String]) -> Option<Module> {
        let mut base = module.clone();
        let mut rest = segments;
        loop {
            match rest.first()?.as_str() {
                "crate" => base = Vec::new(),
                "self" => {}
                "super" => drop(base.pop()),
                first => {
                    let is_relative = rest.len() == segments.len();
                    let child = [base.as_slice(), &[first.to_owned()]].concat();
                    let is_known = !is_relative || self.texts.contains_key(&child);
                    return is_known.then(|| [base.as_slice(), rest].concat());
                }
            }
            rest = &rest[1..];
        }
    }

    /// The module in which the thing at an absolute path is written.
    fn home(&self, path: &Module) -> Module {
        let mut module = Vec::new();
        for (place, segment) in path.iter().enumerate() {
            let child = [module.as_slice(), std::slice::from_ref(segment)].concat();
            if self.texts.contains_key(&child) {
                module = child;
            } else if let Some(target) = self.exports.get(&(module.clone(), segment.clone()))
                && target != path
            {
                return self.home(&[target.as_slice(), &path[place + 1..]].concat());
            } else {
                break;
            }
        }
        module
    }

    /// The modules that each module imports from or names in a path.
    pub(crate) fn imports(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let modules = self.texts.iter().filter(|(module, _)| !module.is_empty());
        let imports = modules.map(|(module, text)| {
            let used = uses(text).into_iter().map(|path| path.segments).chain(paths(text));
            let homes = used.filter_map(|path| self.absolute(module, &path)).map(|path| self.home(&path));
            (module.clone(), homes.filter(|home| home != module && !home.is_empty()).collect())
        });
        imports.collect()
    }

    /// All of it in words: how many modules there are, what each imports, and the circles.
    pub(crate) fn describe(&self, name: &str) -> String {
        let (imports, circles) = (self.imports(), self.circles());
        let arrows: usize = imports.values().map(BTreeSet::len).sum();
        let mut text =
            format!("{name}: {} modules, {arrows} imports, {} circles\n", imports.len(), circles.len());
        for (module, used) in &imports {
            let used: Vec<String> = used.iter().map(|module| module.join("::")).collect();
            text += &format!("  {} -> {}\n", module.join("::"), used.join(", "));
        }
        circles.iter().for_each(|circle| text += &format!("  circle: &{circle:?},\n"));
        text
    }

    /// The largest sets of modules in which each one leads to each other one.
    pub(crate) fn circles(&self) -> Vec<Vec<String>> {
        let imports = self.imports();
        let reached: BTreeMap<&Module, BTreeSet<&Module>> =
            imports.keys().map(|module| (module, reach(&imports, module))).collect();
        let mut circles = BTreeSet::new();
        for (module, behind) in &reached {
            let circle = behind.iter().filter(|other| reached[*other].contains(module));
            let circle: Vec<String> = circle.map(|module| module.join("::")).collect();
            circles.extend((circle.len() > 1).then_some(circle));
        }
        circles.into_iter().collect()
    }
}

fn reach<'a>(imports: &'a BTreeMap<Module, BTreeSet<Module>>, from: &Module) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Module> = imports[from].iter().collect();
    while let Some(module) = open.pop() {
        if reached.insert(module) {
            open.extend(&imports[module]);
        }
    }
    reached
}

/// Reads the files below a folder; tests and their helpers are left out.
fn collect(folder: &Path, module: &mut Module, texts: &mut BTreeMap<Module, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if ["tests", "testing", "fuzzing", "main"].contains(&name.as_str()) {
            continue;
        }
        module.push(name.clone());
        if path.is_dir() {
            collect(&path, module, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let end = module.len() - usize::from(["lib", "mod"].contains(&name.as_str()));
            texts.insert(module[..end].to_vec(), strip(&std::fs::read_to_string(&path).unwrap()));
        }
        module.pop();
    }
}

/// A file without comments and without the tests at its end.
pub(crate) fn strip(text: &str) -> String {
    let mut tests = text.match_indices("#[cfg(test)]\nmod ").map(|(start, _)| start);
    // Tests in a file of their own may be named anywhere.
    let end = tests.find(|start| text[*start..].lines().nth(1).is_some_and(|line| line.contains('{')));
    let lines =
        text[..end.unwrap_or(text.len())].lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// A path of a `use`.
#[derive(Debug, PartialEq)]
struct UsedPath {
    segments: Module,
    alias: Option<String>,
    is_public: bool,
}

/// Every path that the `use` items of a text name.
fn uses(text: &str) -> Vec<UsedPath> {
    let mut found = Vec::new();
    for item in text.split(';') {
        let Some(start) = item.rfind("use ").filter(|start| is_item(&item[..*start])) else { continue };
        let is_public = item[..start].trim_end().rsplit('\n').next().is_some_and(|line| line.contains("pub"));
        for (segments, alias) in expand(&item[start + 4..].split_whitespace().collect::<Vec<_>>().join(" ")) {
            found.push(UsedPath { segments, alias, is_public });
        }
    }
    found
}

/// Whether an item may begin behind this text: at the start of a line, or behind its visibility.
fn is_item(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default().trim();
    line.is_empty() || line == "pub" || (line.starts_with("pub(") && line.ends_with(')'))
}

/// The single paths of a path with groups in braces.
fn expand(tree: &str) -> Vec<(Module, Option<String>)> {
    if let Some((prefix, group)) = tree.split_once('{') {
        let inside = group.rsplit_once('}').map_or(group, |(inside, _)| inside);
        let each = split_group(inside).into_iter().flat_map(|part| expand(&format!("{prefix}{part}")));
        return each.collect();
    }
    let (path, alias) = tree.split_once(" as ").map_or((tree, None), |(path, alias)| (path, Some(alias)));
    let segments = path.split("::").map(|segment| segment.trim().to_owned());
    let segments: Module = segments.filter(|segment| !segment.is_empty() && segment != "*").collect();
    vec![(segments, alias.map(|alias| alias.trim().to_owned()))]
}

/// The parts between the commas of a group, but not of the groups inside it.
fn split_group(group: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(letter);
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// Every path of at least two names in a text; how far something may be seen is none.
fn paths(text: &str) -> Vec<Module> {
    let visible = text.split("pub(in ").enumerate();
    let parts = visible.map(|(place, part)| if place == 0 { part } else { part.split_once(')').unwrap().1 });
    let is_between = |letter: char| !letter.is_alphanumeric() && letter != '_' && letter != ':';
    let words = parts.flat_map(|part| part.split(is_between));
    let paths = words.filter(|word| word.contains("::") && !word.starts_with("::"));
    paths.map(|path| path.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect()).collect()
}
