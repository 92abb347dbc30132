//! A folder with scripts, and a repair of them that has every kind of change.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use onehead::apply::{Death, Workplace};
use onehead::fix::{Change, ContentHash};

/// Each file below a folder, by its path relative to it.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// The files below `root`, git's and the journal's own aside.
pub fn tree(root: &Path) -> Tree {
    let mut tree = Tree::new();
    collect(root, root, &mut tree);
    tree
}

fn collect(root: &Path, folder: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
        if name == ".git" {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, tree);
        } else {
            tree.insert(name, fs::read(&path).expect("a file"));
        }
    }
}

pub fn write_tree(root: &Path, tree: &Tree) {
    for (name, content) in tree {
        let path = root.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, content).expect("written");
    }
}

pub fn workplace(root: &Path, death: Option<u32>) -> Workplace {
    let mut workplace = Workplace::new(root.to_path_buf(), root.join(".git/onehead"));
    workplace.death = Death::at(death);
    workplace
}

pub fn old_tree() -> Tree {
    let names = ["edited", "0121", "0122", "gone", "kept"];
    let file = |name: &str| (format!("versions/{name}.py"), format!("old {name}\n").into_bytes());
    names.into_iter().map(file).collect()
}

pub fn new_tree() -> Tree {
    let files = [
        ("versions/edited.py", "new edited\n"),
        ("versions/0122.py", "new 0121\n"),
        ("versions/0123.py", "new 0122\n"),
        ("versions/deep/er/made.py", "new made\n"),
        ("versions/kept.py", "old kept\n"),
    ];
    files.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect()
}

/// From [`old_tree`] to [`new_tree`]: an edit, a chain of renames, a new file in new folders, and a deletion.
pub fn changes(root: &Path) -> Vec<Change> {
    let path = |name: &str| root.join("versions").join(name);
    let seen = |name: &str| ContentHash::of(format!("old {name}\n").as_bytes());
    let renamed = |from: &str, to: PathBuf| Change::Rename {
        from: path(&format!("{from}.py")),
        to,
        seen: seen(from),
        content: format!("new {from}\n").into(),
    };
    vec![
        Change::Edit {
            path: path("edited.py"),
            seen: seen("edited"),
            content: b"new edited\n".to_vec(),
        },
        renamed("0121", path("0122.py")),
        renamed("0122", path("0123.py")),
        Change::Create { path: path("deep/er/made.py"), content: b"new made\n".to_vec() },
        Change::Delete { path: path("gone.py"), seen: seen("gone") },
    ]
}
