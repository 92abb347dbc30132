//! Projects in temporary folders, and the environments found in them. No migration file is read.

#![allow(clippy::disallowed_methods, reason = "tests write the projects that they read")]

use super::*;

/// A project in a temporary folder: `path` lines make files, text after `=>` is their content (`|` for a new line);
/// a path that ends in `/` is a folder.
struct Project {
    _folder: tempfile::TempDir,
    root: PathBuf,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(folder.path()).unwrap().join("project");
        let project = Self { _folder: folder, root };
        project.write(".git/HEAD", "");
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    fn write(&self, path: &str, text: &str) {
        let path_here = self.root.join(path);
        if path.ends_with('/') {
            std::fs::create_dir_all(path_here).unwrap();
        } else {
            std::fs::create_dir_all(path_here.parent().unwrap()).unwrap();
            std::fs::write(path_here, text.replace("$ROOT", self.root.to_str().unwrap())).unwrap();
        }
    }

    fn request(&self, directory: &str) -> Request {
        Request { directory: locate::tidy(&self.root.join(directory)), ..Request::default() }
    }

    fn find_with(request: &Request, scope: Scope) -> Result<Discovery, Error> {
        let root = Root::find(&request.directory);
        let config = Config::load(&Snapshot::Worktree, &request.directory, &root.path, &|path| {
            path.display().to_string()
        })
        .unwrap();
        find(&Snapshot::Worktree, request, &config, &root, scope)
    }

    fn find(&self, directory: &str, scope: Scope) -> Result<Discovery, Error> {
        Project::find_with(&self.request(directory), scope)
    }

    /// One line per environment: name, script location, version locations.
    fn lines(&self, discovery: &Discovery) -> Vec<String> {
        let line = |environment: &Environment| {
            let mut line =
                format!("{} -> {}", environment.name, self.shown(&environment.script_location));
            for location in &environment.version_locations {
                let mark = if location.exists { "" } else { "?" };
                line = format!("{line} {}{mark}", self.shown(&location.path));
            }
            line
        };
        discovery.environments.iter().map(line).collect()
    }

    fn shown(&self, path: &Path) -> String {
        fs::shown(path, &self.root, &self.root)
    }

    fn text(&self, text: &str) -> String {
        text.replace(self.root.to_str().unwrap(), "$ROOT")
    }

    #[track_caller]
    fn check(&self, directory: &str, scope: Scope, expected: &[&str]) {
        let discovery = self.find(directory, scope).unwrap();
        assert_eq!(self.lines(&discovery), expected, "{discovery:#?}");
    }

    #[track_caller]
    fn check_all(&self, expected: &[&str]) {
        self.check(".", Scope::Repository, expected);
    }

    #[track_caller]
    fn check_error(&self, request: &Request, scope: Scope, expected: &str) -> Option<String> {
        let error = Project::find_with(request, scope).unwrap_err();
        assert_eq!(self.text(&error.to_string()), expected);
        error.hint()
    }

    #[track_caller]
    fn check_warnings(&self, expected: &[&str]) {
        let discovery = self.find(".", Scope::Repository).unwrap();
        let shown = |path: &Path| self.shown(path);
        let warnings: Vec<String> =
            discovery.warnings.iter().map(|warning| self.text(&warning.text(&shown))).collect();
        assert_eq!(warnings, expected);
    }
}

/// One ini file and folders, with what is found from the root of the repository.
#[track_caller]
fn check_form(ini: &str, location: &str, folders: &[&str], expected: &str) {
    let text = format!("[alembic]\nscript_location = {location}\n");
    let mut files = vec![(ini, text.as_str())];
    files.extend(folders.iter().map(|folder| (*folder, "")));
    Project::new(&files).check_all(&[expected]);
}

const INI: &str = "[alembic]\nscript_location = migrations\n";

// The forms of script_location that real projects use.

#[test]
fn relative_to_here() {
    check_form(
        "alembic.ini",
        "%(here)s/migrations",
        &["migrations/versions/"],
        "alembic.ini -> migrations migrations/versions",
    );
}

#[test]
fn here_itself_and_with_a_trailing_slash() {
    let expected = "db/alembic.ini -> db db/versions";
    check_form("db/alembic.ini", "%(here)s", &["db/versions/"], expected);
    check_form("db/alembic.ini", "%(here)s/", &["db/versions/"], expected);
    check_form("db/alembic.ini", ".", &["db/versions/"], expected);
    check_form("db/alembic.ini", "./", &["db/versions/"], expected);
}

#[test]
fn relative_to_the_folder_of_the_ini() {
    check_form(
        "backend/alembic.ini",
        "migrations",
        &["backend/migrations/versions/"],
        "backend/alembic.ini -> backend/migrations backend/migrations/versions",
    );
}

#[test]
fn relative_to_a_parent_though_the_ini_lies_deeper() {
    check_form(
        "api/src/db/migrations/alembic.ini",
        "src/db/migrations",
        &["api/src/db/migrations/versions/"],
        "api/src/db/migrations/alembic.ini -> api/src/db/migrations api/src/db/migrations/versions",
    );
}

#[test]
fn the_folder_of_the_ini_comes_before_its_parents() {
    check_form(
        "a/alembic.ini",
        "migrations",
        &["a/migrations/versions/", "migrations/versions/"],
        "a/alembic.ini -> a/migrations a/migrations/versions",
    );
}

#[test]
fn a_package_and_a_folder() {
    check_form(
        "alembic.ini",
        "dispatch:database/revisions/core",
        &["dispatch/database/revisions/core/versions/"],
        "alembic.ini -> dispatch/database/revisions/core dispatch/database/revisions/core/versions",
    );
}

#[test]
fn a_dotted_package_deeper_than_the_root() {
    check_form(
        "bodhi-server/alembic.ini",
        "bodhi.server:migrations",
        &["bodhi-server/bodhi/server/migrations/versions/"],
        "bodhi-server/alembic.ini -> bodhi-server/bodhi/server/migrations \
         bodhi-server/bodhi/server/migrations/versions",
    );
}

#[test]
fn a_package_with_several_parts_below_src() {
    check_form(
        "alembic.ini",
        "prefect:server:database:_migrations",
        &["src/prefect/server/database/_migrations/versions/"],
        "alembic.ini -> src/prefect/server/database/_migrations \
         src/prefect/server/database/_migrations/versions",
    );
}

#[test]
fn a_package_below_prepend_sys_path() {
    let ini = "[alembic]\nscript_location = pkg:m\nprepend_sys_path = lib\n";
    let project = Project::new(&[("alembic.ini", ini), ("lib/pkg/m/versions/", "")]);
    project.check_all(&["alembic.ini -> lib/pkg/m lib/pkg/m/versions"]);
}

#[test]
fn several_inis_for_one_folder() {
    let ini = "[alembic]\nscript_location = dagster:_core/storage/alembic\n";
    let project = Project::new(&[
        ("dagster/a/alembic.ini", ini),
        ("dagster/b/alembic.ini", ini),
        ("dagster/_core/storage/alembic/versions/", ""),
    ]);
    let location = "dagster/_core/storage/alembic";
    let expected = format!("dagster/a/alembic.ini -> {location} {location}/versions");
    project.check_all(&[&expected]);
    let discovery = project.find(".", Scope::Repository).unwrap();
    let same = Outcome::Same("dagster/a/alembic.ini".into());
    assert!(discovery.attempts.iter().any(|attempt| attempt.outcome == same));
}

#[test]
fn an_absolute_path_that_is_there() {
    let ini = "[alembic]\nscript_location = $ROOT/m\n";
    let project = Project::new(&[("db/alembic.ini", ini), ("m/versions/", "")]);
    project.check_all(&["db/alembic.ini -> m m/versions"]);
}

#[test]
fn a_container_path_and_a_placeholder_lead_nowhere() {
    let project = Project::new(&[
        ("alembic.ini", INI),
        ("migrations/versions/", ""),
        ("a/alembic.ini", "[alembic]\nscript_location = /code/alembic\n"),
        ("b/alembic.ini", "[alembic]\nscript_location = {alembic_dir}\n"),
    ]);
    project.check_warnings(&[
        "a/alembic.ini: Path doesn't exist: /code/alembic.  Please use the 'init' command to create a \
         new scripts folder. (looked for /code/alembic)",
        "b/alembic.ini: Path doesn't exist: {alembic_dir}.  Please use the 'init' command to create a \
         new scripts folder. (looked for b/{alembic_dir}, {alembic_dir})",
    ]);
}

#[test]
fn flask_migrate() {
    let project = Project::new(&[
        ("superset/migrations/alembic.ini", "[alembic]\n[loggers]\nkeys = root\n"),
        ("superset/migrations/versions/", ""),
    ]);
    let expected =
        "superset/migrations/alembic.ini -> superset/migrations superset/migrations/versions";
    project.check_all(&[expected]);
    project.check("superset/migrations", Scope::Nearest, &[expected]);
    let mut request = project.request(".");
    request.configs = vec!["superset/migrations/alembic.ini".into()];
    let discovery = Project::find_with(&request, Scope::Nearest).unwrap();
    assert_eq!(project.lines(&discovery), [expected]);
}

#[test]
fn flask_migrate_sets_the_location_of_its_one_section_only() {
    let project = Project::new(&[
        ("migrations/alembic.ini", "[alembic]\n[other]\nx = 1\n"),
        ("migrations/versions/", ""),
    ]);
    let mut request = project.request(".");
    request.configs = vec!["migrations/alembic.ini".into()];
    request.name = Some("other".into());
    let error = "migrations/alembic.ini [other]: No 'script_location' key found in configuration.";
    project.check_error(&request, Scope::Nearest, error);
    request.name = None;
    assert!(Project::find_with(&request, Scope::Nearest).is_ok());
    project.write("migrations/alembic.ini", "[other]\nscript_location = %(here)s\n");
    let error = "migrations/alembic.ini: No 'script_location' key found in configuration.";
    project.check_error(&request, Scope::Nearest, error);
}

#[test]
fn several_sections_in_one_ini() {
    let ini = "[core]\nscript_location = %(here)s/core\n[tenant]\nscript_location = %(here)s/tenant\n\
               [loggers]\nkeys = root\n";
    let project =
        Project::new(&[("alembic.ini", ini), ("core/versions/", ""), ("tenant/versions/", "")]);
    let (core, tenant) = (
        "alembic.ini [core] -> core core/versions",
        "alembic.ini [tenant] -> tenant tenant/versions",
    );
    project.check_all(&[core, tenant]);
    project.check(".", Scope::Nearest, &[core, tenant]);
    let mut request = project.request(".");
    request.name = Some("tenant".into());
    for scope in [Scope::Nearest, Scope::Repository] {
        assert_eq!(project.lines(&Project::find_with(&request, scope).unwrap()), [tenant]);
    }
}

#[test]
fn of_several_sections_alembic_uses_its_own() {
    let ini = "[other]\nscript_location = o\n[alembic]\nscript_location = a\n";
    let project = Project::new(&[("alembic.ini", ini), ("a/versions/", ""), ("o/versions/", "")]);
    project.check(".", Scope::Nearest, &["alembic.ini -> a a/versions"]);
    project.check_all(&["alembic.ini [other] -> o o/versions", "alembic.ini -> a a/versions"]);
}

#[test]
fn two_version_locations() {
    let ini = "[alembic]\nscript_location = lib/m\nversion_path_separator = ;\n\
               version_locations = lib/m/gxy;lib/m/tsi\n";
    let project =
        Project::new(&[("lib/m/alembic.ini", ini), ("lib/m/gxy/", ""), ("lib/m/tsi/", "")]);
    project.check_all(&["lib/m/alembic.ini -> lib/m lib/m/gxy lib/m/tsi"]);
}

#[test]
fn a_version_location_that_is_not_there_is_a_warning() {
    let ini = "[alembic]\nscript_location = m\nversion_locations = m/versoins\n";
    let project = Project::new(&[("alembic.ini", ini), ("m/versions/", "")]);
    project.check_all(&["alembic.ini -> m m/versoins?"]);
    project.check_warnings(&[
        "version location m/versoins of alembic.ini does not exist: alembic skips it without a word",
    ]);
}

#[test]
fn a_version_location_in_a_package() {
    let ini = "[alembic]\nscript_location = pkg:m\npath_separator = newline\n\
               version_locations =\n  pkg:m/a\n  m/b\n";
    let project = Project::new(&[("alembic.ini", ini), ("pkg/m/a/", ""), ("m/b/", "")]);
    project.check_all(&["alembic.ini -> pkg/m pkg/m/a m/b"]);
}

#[test]
fn pyproject_alone_and_beside_an_ini() {
    let toml = "[tool.alembic]\nscript_location = '%(here)s/m'\n";
    let project = Project::new(&[("pyproject.toml", toml), ("m/versions/", "")]);
    project.check_all(&["pyproject.toml -> m m/versions"]);
    project.write("alembic.ini", "[loggers]\nkeys = root\n");
    project.check_all(&["pyproject.toml -> m m/versions"]);
    project.write("alembic.ini", "[alembic]\nsqlalchemy.url = x\n");
    project.check_all(&["alembic.ini -> m m/versions"]);
}

// What is named.

#[test]
fn a_named_ini_is_relative_to_the_current_directory_first() {
    let project = Project::new(&[
        ("sub/alembic.ini", INI),
        ("sub/migrations/versions/", ""),
        ("migrations/versions/", ""),
    ]);
    let mut request = project.request(".");
    request.configs = vec!["sub/alembic.ini".into()];
    let discovery = Project::find_with(&request, Scope::Repository).unwrap();
    assert_eq!(project.lines(&discovery), ["sub/alembic.ini -> migrations migrations/versions"]);
}

#[test]
fn one_ini_and_one_toml_may_be_named() {
    let project = Project::new(&[
        ("a.ini", "[alembic]\n"),
        ("x/pyproject.toml", "[tool.alembic]\nscript_location = 'm'\n"),
        ("m/versions/", ""),
    ]);
    let mut request = project.request(".");
    request.configs = vec!["a.ini".into(), "x/pyproject.toml".into()];
    let discovery = Project::find_with(&request, Scope::Nearest).unwrap();
    assert_eq!(project.lines(&discovery), ["a.ini -> m m/versions"]);
    request.configs = vec!["a.ini".into(), "b.ini".into()];
    project.check_error(&request, Scope::Nearest, "only one ini file may be indicated");
    request.configs = vec!["pyproject.toml".into(), "x/pyproject.toml".into()];
    project.check_error(&request, Scope::Nearest, "pyproject.toml indicated more than once");
}

#[test]
fn the_environment_variable_names_one_too() {
    let project =
        Project::new(&[("b.ini", INI), ("alembic.ini", ""), ("migrations/versions/", "")]);
    let mut request = project.request(".");
    request.alembic_config = Some("b.ini".into());
    let discovery = Project::find_with(&request, Scope::Nearest).unwrap();
    assert_eq!(project.lines(&discovery), ["b.ini -> migrations migrations/versions"]);
    request.configs = vec!["alembic.ini".into()];
    let error = "alembic.ini: No 'script_location' key found in configuration.";
    project.check_error(&request, Scope::Nearest, error);
}

#[test]
fn a_named_file_that_is_not_there() {
    let project = Project::new(&[]);
    let mut request = project.request(".");
    request.configs = vec!["x/alembic.ini".into()];
    let error = "cannot read x/alembic.ini, which -c names: no such file or directory";
    project.check_error(&request, Scope::Nearest, error);
}

#[test]
fn a_named_ini_without_the_default_section_says_which_there_are() {
    let project = Project::new(&[("a.ini", "[x]\nscript_location = m\n"), ("m/", "")]);
    let mut request = project.request(".");
    request.configs = vec!["a.ini".into()];
    let error = "a.ini: No 'script_location' key found in configuration.";
    let hint = project.check_error(&request, Scope::Nearest, error);
    assert_eq!(hint.as_deref(), Some("choose one of its sections with `-n`: x"));
}

#[test]
fn a_misspelled_section() {
    let project =
        Project::new(&[("a/alembic.ini", "[tenant]\nscript_location = m\n"), ("a/m/", "")]);
    let mut request = project.request(".");
    request.name = Some("tennant".into());
    let error = "no Alembic configuration has a section `tennant`";
    let hint = project.check_error(&request, Scope::Repository, error);
    assert_eq!(hint.as_deref(), Some("did you mean `tenant`?"));
}

#[test]
fn folders_named_directly() {
    let project = Project::new(&[("db/versions/", ""), ("db/more/", "")]);
    let mut request = project.request(".");
    request.script_location = Some("db".into());
    let find =
        |request: &Request| project.lines(&Project::find_with(request, Scope::Repository).unwrap());
    assert_eq!(find(&request), ["db -> db db/versions"]);
    request.version_locations = vec!["db/more".into()];
    assert_eq!(find(&request), ["db -> db db/more"]);
    request.script_location = None;
    assert_eq!(find(&request), ["db -> db db/more"]);
    request.version_locations = vec!["db/less".into()];
    project.check_error(&request, Scope::Repository, "--version-location `db/less` is no folder");
}

#[test]
fn a_path_that_is_there_everywhere_is_taken_where_the_scripts_are() {
    let project = Project::new(&[
        ("auth/alembic.ini", "[alembic]\nscript_location = .\n"),
        ("auth/env.py", ""),
        ("auth/versions/", ""),
    ]);
    let mut request = project.request(".");
    request.configs = vec!["auth/alembic.ini".into()];
    let discovery = Project::find_with(&request, Scope::Nearest).unwrap();
    assert_eq!(project.lines(&discovery), ["auth/alembic.ini -> auth auth/versions"]);
}

#[test]
fn dots_go_away_where_they_lead_where_they_look() {
    let ini = "[alembic]\nscript_location = %(here)s/../db\n";
    let project = Project::new(&[("setup/alembic.ini", ini), ("db/versions/", "")]);
    project.check_all(&["setup/alembic.ini -> db db/versions"]);
}

#[cfg(unix)]
#[test]
fn dots_after_a_symbolic_link_stay() {
    let ini = "[alembic]\nscript_location = %(here)s/link/../db\n";
    let project =
        Project::new(&[("alembic.ini", ini), ("a/db/versions/", ""), ("a/b/", ""), ("db/x/", "")]);
    std::os::unix::fs::symlink(project.root.join("a/b"), project.root.join("link")).unwrap();
    project.check_all(&["alembic.ini -> link/../db link/../db/versions"]);
}

#[cfg(unix)]
#[test]
fn a_folder_whose_name_is_no_text() {
    use std::os::unix::ffi::OsStrExt;
    let project = Project::new(&[("x/alembic.ini", "[alembic]\nscript_location = %(here)s/m\n")]);
    project.write("x/m/versions/", "");
    let strange = project.root.join(std::ffi::OsStr::from_bytes(b"bad\xff"));
    std::fs::rename(project.root.join("x"), &strange).unwrap();
    let discovery = project.find(".", Scope::Repository).unwrap();
    assert_eq!(discovery.environments[0].script_location, strange.join("m"));
}

// What is wrong.

#[test]
fn a_folder_named_by_an_option_that_is_not_there() {
    let project = Project::new(&[("alembic.ini", INI), ("migrations/versions/", "")]);
    let mut request = project.request(".");
    request.configs = vec!["alembic.ini".into()];
    request.script_location = Some("gone".into());
    project.check_error(&request, Scope::Nearest, "--script-location `gone` is no folder");
    request.script_location = None;
    request.version_locations = vec!["gone".into()];
    project.check_error(&request, Scope::Nearest, "--version-location `gone` is no folder");
}

#[test]
fn a_folder_named_by_an_option_that_holds_no_scripts() {
    let project = Project::new(&[("src/x/", "")]);
    let mut request = project.request(".");
    request.script_location = Some("src".into());
    let error = "--script-location `src` has neither `env.py` nor `versions`";
    project.check_error(&request, Scope::Nearest, error);
}

#[test]
fn scripts_that_no_configuration_names_are_pointed_out() {
    let project = Project::new(&[
        ("zen/migrations/env.py", ""),
        ("zen/migrations/versions/", ""),
        ("pyproject.toml", "[tool.alembic]\n"),
    ]);
    let error = "no Alembic environment found\n\nlooked for alembic.ini and [tool.alembic] in \
                 pyproject.toml in and below $ROOT (git repository)\n\
                 pyproject.toml: [tool.alembic] has no script_location\n\
                 zen/migrations looks like a script location that no configuration names";
    let hint = project.check_error(&project.request("."), Scope::Repository, error).unwrap();
    assert!(hint.starts_with("name it with `--script-location zen/migrations`"), "{hint}");
}

#[test]
fn what_is_wrong_with_a_value_comes_with_its_remedy() {
    let cases = [
        ("[alembic]\nscript_location = 5%\n", "write `%%` for a percent sign"),
        ("\u{feff}[alembic]\n", "save the file without a byte order mark"),
        ("x = 1\n", "the first line must be a section"),
        ("[alembic]\nx = 1\nx = 2\n", "remove one of the two"),
        ("[alembic]\nx = 1\n", "write `script_location = path/to/migrations` under [alembic]"),
        (
            "[alembic]\nscript_location = m\nversion_locations = m\npath_separator = os # pathsep\n",
            "give the comment a line of its own",
        ),
    ];
    for (ini, expected) in cases {
        let project = Project::new(&[("alembic.ini", ini), ("m/versions/", "")]);
        let mut request = project.request(".");
        request.configs = vec!["alembic.ini".into()];
        let hint = Project::find_with(&request, Scope::Nearest).unwrap_err().hint();
        assert!(hint.as_ref().is_some_and(|hint| hint.contains(expected)), "{ini:?}: {hint:?}");
    }
}

#[test]
fn a_byte_order_mark_before_toml_stops_alembic() {
    let toml = "\u{feff}[tool.alembic]\nscript_location = 'm'\n";
    let project = Project::new(&[("pyproject.toml", toml), ("m/versions/", "")]);
    let error = project.find(".", Scope::Nearest).unwrap_err();
    assert!(
        error.to_string().starts_with("pyproject.toml:1: tomllib.TOMLDecodeError: "),
        "{error}"
    );
    assert_eq!(error.hint().as_deref(), Some("save the file without a byte order mark"));
}

#[test]
fn what_alembic_would_use_from_here_must_be_right() {
    let project = Project::new(&[("alembic.ini", "[alembic]\nfile_template = %(rev)s\n")]);
    let error = "alembic.ini:2: configparser.InterpolationMissingOptionError: Bad value substitution: \
                 option 'file_template' in section 'alembic' contains an interpolation key 'rev' which \
                 is not a valid option name. Raw value: '%(rev)s'";
    project.write("alembic.ini", "[alembic]\nfile_template = %(rev)s\nscript_location = m\n");
    for scope in [Scope::Repository, Scope::Nearest] {
        project.check_error(&project.request("."), scope, error);
    }
}

#[test]
fn a_script_location_that_is_not_there_names_what_was_tried() {
    let project = Project::new(&[("db/alembic.ini", INI)]);
    let error = "alembic.ini: Path doesn't exist: migrations.  Please use the 'init' command to create \
                 a new scripts folder.\n\nlooked for migrations, ../migrations";
    project.check_error(&project.request("db"), Scope::Nearest, error);
}

#[test]
fn a_package_that_is_not_there() {
    let project = Project::new(&[("alembic.ini", "[alembic]\nscript_location = a.b:c\n")]);
    let error = "alembic.ini: `a.b:c`: ModuleNotFoundError: No module named 'a.b'\n\nlooked for a/b/c, \
                 src/a/b/c";
    project.check_error(&project.request("."), Scope::Nearest, error);
}

#[test]
fn a_broken_ini_found_by_search_is_a_warning() {
    let project = Project::new(&[
        ("alembic.ini", INI),
        ("migrations/versions/", ""),
        ("x/alembic.ini", "\u{feff}[alembic]\n"),
        ("y/alembic.ini", "[loggers]\n"),
    ]);
    project.check_warnings(&[
        "x/alembic.ini: configparser.MissingSectionHeaderError: File contains no section headers. \
         file: '$ROOT/x/alembic.ini', line: 1 '\\ufeff[alembic]\\n'"
            .replace("$ROOT/", "")
            .as_str(),
        "y/alembic.ini: No 'script_location' key found in configuration.",
    ]);
}

#[test]
fn a_broken_pyproject_breaks_what_lies_beside_it() {
    let project = Project::new(&[
        ("alembic.ini", INI),
        ("migrations/versions/", ""),
        ("pyproject.toml", "[tool.alembic]\nx = [\n"),
    ]);
    let error = project.find(".", Scope::Nearest).unwrap_err().to_string();
    assert!(error.starts_with("pyproject.toml:"), "{error}");
    assert!(error.contains(": tomllib.TOMLDecodeError: "), "{error}");
}

#[test]
fn nothing_at_all() {
    let project = Project::new(&[("pyproject.toml", "[tool.ruff]\n")]);
    let error = "no Alembic environment found\n\nlooked for alembic.ini and [tool.alembic] in \
                 pyproject.toml in and below $ROOT (git repository)";
    for scope in [Scope::Repository, Scope::Nearest] {
        let hint = project.check_error(&project.request("."), scope, error);
        let hint = hint.unwrap();
        assert!(hint.starts_with("name one with `--config path/to/alembic.ini`"), "{hint}");
    }
}

// Where it looks.

#[test]
fn the_nearest_above_else_all() {
    let project = Project::new(&[
        ("alembic.ini", INI),
        ("migrations/versions/", ""),
        ("a/alembic.ini", INI),
        ("a/migrations/versions/", ""),
        ("a/b/c/", ""),
    ]);
    let a = "a/alembic.ini -> a/migrations a/migrations/versions";
    let top = "alembic.ini -> migrations migrations/versions";
    project.check("a/b/c", Scope::Nearest, &[a]);
    project.check("migrations", Scope::Nearest, &[top]);
    project.check("a/b/c", Scope::Repository, &[top, a]);
    std::fs::remove_file(project.root.join("alembic.ini")).unwrap();
    project.check(".", Scope::Nearest, &[a]);
}

#[test]
fn other_peoples_code_is_left_out() {
    let project = Project::new(&[
        ("alembic.ini", INI),
        ("migrations/versions/", ""),
        ("node_modules/x/alembic.ini", INI),
        (".venv/lib/site-packages/x/alembic.ini", INI),
        ("my-env/pyvenv.cfg", ""),
        ("my-env/x/alembic.ini", INI),
        ("nested/.git", "gitdir: elsewhere"),
        ("nested/alembic.ini", INI),
        (".hidden/alembic.ini", INI),
        (".hidden/migrations/versions/", ""),
    ]);
    project.check_all(&[
        "alembic.ini -> migrations migrations/versions",
        ".hidden/alembic.ini -> .hidden/migrations .hidden/migrations/versions",
    ]);
}

#[test]
fn what_git_ignores_is_left_out_but_here() {
    let project = Project::new(&[
        (".gitignore", "build/\n/alembic.ini\n"),
        (".git/info/exclude", "/local\n"),
        ("alembic.ini", INI),
        ("migrations/versions/", ""),
        ("build/alembic.ini", INI),
        ("build/migrations/versions/", ""),
        ("local/alembic.ini", INI),
        ("sub/.gitignore", "*\n!keep\n!keep/**\n"),
        ("sub/alembic.ini", INI),
        ("sub/keep/alembic.ini", INI),
        ("sub/keep/migrations/versions/", ""),
    ]);
    let top = "alembic.ini -> migrations migrations/versions";
    let keep = "sub/keep/alembic.ini -> sub/keep/migrations sub/keep/migrations/versions";
    let build = "build/alembic.ini -> build/migrations build/migrations/versions";
    project.check_all(&[top, keep]);
    project.check("build", Scope::Repository, &[build, keep]);
    project.check("build", Scope::Nearest, &[build]);
}

#[test]
fn what_is_excluded_is_left_out() {
    let project = Project::new(&[
        ("onehead.toml", "exclude = ['tests/fixtures', 'examples', '*/old/']\n"),
        ("alembic.ini", INI),
        ("migrations/versions/", ""),
        ("tests/fixtures/a/alembic.ini", INI),
        ("x/examples/alembic.ini", INI),
        ("x/old/alembic.ini", INI),
    ]);
    project.check_all(&["alembic.ini -> migrations migrations/versions"]);
}

#[test]
fn without_git_the_directory_run_from_is_the_root() {
    let project = Project::new(&[("a/alembic.ini", INI), ("a/migrations/versions/", "")]);
    std::fs::remove_dir_all(project.root.join(".git")).unwrap();
    assert!(!Root::find(&project.root).repository);
    project.check_all(&["a/alembic.ini -> a/migrations a/migrations/versions"]);
}

// [[tool.onehead.environments]]

#[test]
fn an_environment_of_which_no_ini_knows() {
    let project = Project::new(&[
        (
            "onehead.toml",
            "[[environments]]\nname = 'neutron'\nscript-location = 'n/m'\n\
             version-locations = ['n/m/versions', 'n/m/versions/*/*']\n\
             expected-heads = { expand = 1, contract = 1 }\n",
        ),
        ("n/m/versions/liberty/contract/", ""),
        ("n/m/versions/liberty/expand/", ""),
    ]);
    let versions = "n/m/versions";
    let expected =
        format!("neutron -> n/m {versions} {versions}/liberty/contract {versions}/liberty/expand");
    project.check_all(&[&expected]);
    let discovery = project.find(".", Scope::Repository).unwrap();
    let labels = vec![("expand".to_string(), 1), ("contract".to_string(), 1)];
    assert_eq!(discovery.environments[0].expected_heads, ExpectedHeads::PerLabel(labels));
}

#[test]
fn an_entry_selects_one_that_was_found() {
    let project = Project::new(&[
        ("a/alembic.ini", INI),
        ("a/migrations/versions/", ""),
        ("b/alembic.ini", INI),
        ("b/migrations/versions/", ""),
        (
            "onehead.toml",
            "expected-heads = 3\n[[environments]]\nname = 'bee'\nconfig = 'b/alembic.ini'\n\
             expected-heads = 2\n",
        ),
    ]);
    let bee = "bee -> b/migrations b/migrations/versions";
    project.check_all(&[bee, "a/alembic.ini -> a/migrations a/migrations/versions"]);
    project.check("b", Scope::Nearest, &[bee]);
    let discovery = project.find(".", Scope::Repository).unwrap();
    let heads: Vec<_> = discovery.environments.iter().map(|one| &one.expected_heads).collect();
    assert_eq!(heads, [&ExpectedHeads::Total(2), &ExpectedHeads::Total(3)]);
}

#[test]
fn an_entry_may_mend_an_ini_that_leads_nowhere() {
    let project = Project::new(&[
        ("alembic.ini", "[alembic]\nscript_location = /code/alembic\n"),
        ("m/versions/", ""),
        ("onehead.toml", "[[environments]]\nconfig = 'alembic.ini'\nscript-location = 'm'\n"),
    ]);
    project.check_all(&["alembic.ini -> m m/versions"]);
    project.check(".", Scope::Nearest, &["alembic.ini -> m m/versions"]);
}

#[test]
fn an_entry_whose_file_is_not_there() {
    let project = Project::new(&[("onehead.toml", "\n[[environments]]\nconfig = 'x.ini'\n")]);
    let error = "$ROOT/onehead.toml:2: `config = \"x.ini\"`: no such file";
    project.check_error(&project.request("."), Scope::Repository, error);
}

// Path arguments.

#[test]
fn paths_restrict() {
    let project = Project::new(&[
        ("a/alembic.ini", INI),
        ("a/migrations/versions/1.py", ""),
        ("b/alembic.ini", INI),
        ("b/migrations/versions/", ""),
    ]);
    for path in ["a", "a/alembic.ini", "a/migrations", "a/migrations/versions/1.py"] {
        let mut discovery = project.find(".", Scope::Repository).unwrap();
        discovery
            .restrict(&Snapshot::Worktree, &[project.root.join(path)], &|path| project.shown(path))
            .unwrap();
        let expected = "a/alembic.ini -> a/migrations a/migrations/versions";
        assert_eq!(project.lines(&discovery), [expected], "{path}");
    }
    let mut discovery = project.find(".", Scope::Repository).unwrap();
    let missing = [project.root.join("a"), project.root.join("gone")];
    let error =
        discovery.restrict(&Snapshot::Worktree, &missing, &|path| project.shown(path)).unwrap_err();
    assert_eq!(error.to_string(), "no Alembic environment lies at gone, which does not exist");
    project.write("c/", "");
    let error = discovery
        .restrict(&Snapshot::Worktree, &[project.root.join("c")], &|path| project.shown(path))
        .unwrap_err();
    assert_eq!(error.to_string(), "no Alembic environment lies at c");
    assert_eq!(error.hint().as_deref(), Some("there is: a/alembic.ini, b/alembic.ini"));
}

// In words.

#[test]
fn described() {
    let project = Project::new(&[
        (
            "a/alembic.ini",
            "[alembic]\nscript_location = m\nfile_template = %%(slug)s\nsourceless = true\n",
        ),
        ("a/m/", ""),
        ("b/alembic.ini", "[x]\nscript_location = nowhere\n"),
        ("c/alembic.ini", "[alembic]\nscript_location = a/m\n"),
    ]);
    let discovery = project.find(".", Scope::Repository).unwrap();
    insta::assert_snapshot!(describe(&discovery, &|path| project.shown(path)), @r"
    a/alembic.ini
      found             by looking through the repository
      configuration     a/alembic.ini [alembic]
      script location   a/m
      version location  a/m/versions  (does not exist)
      sourceless        yes: compiled files count
      file template     %(slug)s
      also found by     c/alembic.ini

    tried without success:
      b/alembic.ini [x]: Path doesn't exist: nowhere.  Please use the 'init' command to create a new scripts folder.
        not there: b/nowhere
        not there: nowhere
    ");
}

#[test]
fn module_roots_in_order() {
    let ini = "[alembic]\nscript_location = m\nprepend_sys_path = lib\n";
    let project = Project::new(&[("db/alembic.ini", ini), ("db/m/versions/", "")]);
    let discovery = project.find(".", Scope::Repository).unwrap();
    let roots = &discovery.environments[0].module_roots;
    let roots: Vec<String> = roots.iter().map(|path| project.shown(path)).collect();
    assert_eq!(roots, ["db/lib", "lib", "db", ".", "db/src", "src"]);
}
