//! Real projects: whole histories out of published packages, which `./test` downloads by version.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::compare;
use crate::oracle::{Oracle, Request};
use crate::ours::onehead;

/// One environment of a package.
pub struct Project {
    /// The folder of the package, by name and version.
    pub package: &'static str,
    /// The folder that Alembic is run in, and we with it.
    pub directory: &'static str,
    /// The configuration, relative to that folder; none where the package builds it in code.
    pub config: Option<&'static str>,
    pub section: &'static str,
    /// What Alembic has to be told because the project's own code would: option and value.
    options: &'static [(&'static str, &'static str)],
    /// What we have to be told, beside configuration and section.
    arguments: &'static [&'static str],
    pub revisions: usize,
}

const fn project(package: &'static str, directory: &'static str, revisions: usize) -> Project {
    let config = Some("alembic.ini");
    Project {
        package,
        directory,
        config,
        section: "alembic",
        options: &[],
        arguments: &[],
        revisions,
    }
}

const SKYPILOT: Project =
    Project { config: Some("sky/setup_files/alembic.ini"), ..project("skypilot-0.14.1", ".", 0) };

static PROJECTS: &[Project] = &[
    Project {
        // Flask-Migrate sets the script location to the folder of the ini.
        options: &[("script_location", ".")],
        ..project("apache-superset-6.1.0", "superset/migrations", 344)
    },
    project("apache-airflow-core-3.3.2", "airflow", 124),
    Project {
        // `path_separator` is newer than the older Alembic; the newer one looks at it first.
        options: &[("version_path_separator", ";")],
        ..project("galaxy-data-26.1.2", "galaxy/model/migrations", 82)
    },
    project("langflow-base-1.13.0", "langflow", 162),
    Project {
        config: Some("mlflow/store/db_migrations/alembic.ini"),
        ..project("mlflow-3.18.0", ".", 70)
    },
    project("mlflow-3.18.0", "mlflow/server/auth/db/migrations", 7),
    Project {
        // `dagster:_core/storage/alembic` needs the package to be importable, with all that it imports.
        config: Some("dagster/_core/storage/runs/sqlite/alembic/alembic.ini"),
        options: &[("script_location", "dagster/_core/storage/alembic")],
        ..project("dagster-1.13.29", ".", 88)
    },
    Project {
        config: None,
        options: &[("script_location", "zenml/zen_stores/migrations")],
        arguments: &["--script-location", "zenml/zen_stores/migrations"],
        ..project("zenml-0.98.0", ".", 285)
    },
    Project { section: "state_db", revisions: 24, ..SKYPILOT },
    Project { section: "spot_jobs_db", revisions: 27, ..SKYPILOT },
    Project { section: "serve_db", revisions: 4, ..SKYPILOT },
    Project { section: "sky_config_db", revisions: 1, ..SKYPILOT },
    Project { section: "kv_cache_db", revisions: 1, ..SKYPILOT },
    Project { section: "recipes_db", revisions: 1, ..SKYPILOT },
];

/// What `onehead environments` finds in a package without being told anything: names as the contract has them.
static FOUND: &[(&str, &[&str])] = &[
    ("apache-superset-6.1.0", &["superset/migrations/alembic.ini"]),
    ("apache-airflow-core-3.3.2", &["airflow/alembic.ini"]),
    ("galaxy-data-26.1.2", &["galaxy/model/migrations/alembic.ini"]),
    ("langflow-base-1.13.0", &["langflow/alembic.ini"]),
    (
        "mlflow-3.18.0",
        &["mlflow/server/auth/db/migrations/alembic.ini", "mlflow/store/db_migrations/alembic.ini"],
    ),
    // Three configurations for one folder are one environment, and which of them names it is the first by path.
    ("dagster-1.13.29", &["dagster/_core/storage/event_log/sqlite/alembic/alembic.ini"]),
    (
        "skypilot-0.14.1",
        &[
            "sky/setup_files/alembic.ini [kv_cache_db]",
            "sky/setup_files/alembic.ini [recipes_db]",
            "sky/setup_files/alembic.ini [serve_db]",
            "sky/setup_files/alembic.ini [sky_config_db]",
            "sky/setup_files/alembic.ini [spot_jobs_db]",
            "sky/setup_files/alembic.ini [state_db]",
        ],
    ),
];

const COMMANDS: &[&str] = &[
    "heads",
    "heads -v",
    "heads --resolve-dependencies",
    "branches",
    "history",
    "history -v",
    "show heads",
];

impl Project {
    pub fn folder(&self) -> PathBuf {
        package(self.package)
            .join(self.directory)
            .canonicalize()
            .expect("the package has this folder")
    }

    pub fn request(&self) -> Request {
        Request {
            config: self.config.map(String::from),
            section: self.section.into(),
            options: self.options.iter().map(|&(key, value)| (key.into(), value.into())).collect(),
            stub: true,
            ..Request::new(&self.folder(), COMMANDS.iter().map(|line| words(line)).collect())
        }
    }

    pub fn arguments(&self, command: &str) -> Vec<String> {
        let mut arguments = words(command);
        if let Some(config) = self.config {
            arguments.extend(["-c".into(), config.into()]);
        }
        if self.section != "alembic" {
            arguments.extend(["-n".into(), self.section.into()]);
        }
        arguments.extend(self.arguments.iter().map(|&argument| argument.into()));
        arguments
    }
}

pub fn words(line: &str) -> Vec<String> {
    line.split(' ').map(String::from).collect()
}

/// The folder of a package.
pub fn package(name: &str) -> PathBuf {
    Path::new(&crate::prepared("ONEHEAD_TEST_PACKAGES")).join(name)
}

/// Whether this run has the package: the large ones only come with `./test --full`, which says so.
fn is_wanted(package: &str) -> bool {
    crate::prepared("ONEHEAD_TEST_PROJECTS").split(' ').any(|name| name == package)
}

/// The environments of the packages that this run has.
pub fn wanted() -> impl Iterator<Item = &'static Project> {
    PROJECTS.iter().filter(|project| is_wanted(project.package))
}

#[test]
fn every_wanted_package_is_compared() {
    for name in crate::prepared("ONEHEAD_TEST_PROJECTS").split(' ') {
        assert!(
            PROJECTS.iter().any(|project| project.package == name),
            "{name} has no row in PROJECTS"
        );
    }
}

#[test]
fn texts_are_those_of_both_versions() {
    let mut failures = Vec::new();
    for variable in ["ONEHEAD_TEST_ALEMBIC_PYTHON", "ONEHEAD_TEST_ALEMBIC_OLD_PYTHON"] {
        let mut oracle = Oracle::start(variable);
        for project in wanted() {
            oracle.ask(&project.request());
            let answer = oracle.answer();
            let name =
                format!("{} [{}], Alembic {}", project.package, project.section, oracle.version);
            let facts =
                answer.facts.as_ref().unwrap_or_else(|| panic!("{name}: {:?}", answer.load));
            assert_eq!(
                facts.nodes.len(),
                project.revisions,
                "{name}: revisions that Alembic reads"
            );
            for (nth, command) in COMMANDS.iter().enumerate() {
                let ours = onehead(&project.folder(), &project.arguments(command));
                if let Err(why) = compare::outcome(&words(command), &answer, nth, &ours) {
                    failures.push(format!("{name}: {command}\n{why}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} texts differ\n\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn environments_are_found_without_being_told() {
    for &(name, expected) in FOUND.iter().filter(|(name, _)| is_wanted(name)) {
        let folder = package(name);
        let answer = onehead(&folder, &words("environments --format json"));
        let document: Value = serde_json::from_str(&answer.stdout)
            .unwrap_or_else(|error| panic!("{name}: {error}: {answer:?}"));
        let environments = document["environments"].as_array().expect("a list");
        let mut found: Vec<&str> =
            environments.iter().filter_map(|environment| environment["name"].as_str()).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{name}");
    }
}

/// The ids in these projects that somebody did make up.
static MADE_UP: &[(&str, &str)] = &[
    ("apache-airflow-core-3.3.2", "1b2c3d4e5f6g a1b2c3d4e5f6"),
    ("langflow-base-1.13.0", "7c8d9e0f1a2b 8d9e0f1a2b3c a1b2c3d4e5f6 b1c2d3e4f5a6 f0a1b2c3d4e5"),
    (
        "mlflow-3.18.0",
        "a1b2c3d4e5f6 a5b4c3d2e1f0 a8b9c0d1e2f3 b7c8d9e0f1a2 c1d2e3f4a5b6 c3d4e5f6a7b8 c8d9e0f1a2b3 \
         d0e1f2a3b4c5 d3e4f5a6b7c8 e1f2a3b4c5d6 e5f6a7b8c9d0 f1a2b3c4d5e6",
    ),
];

/// The project that does number its files, and takes a number once for each kind of database.
const NUMBERED: &str = "dagster-1.13.29";

#[test]
fn generated_and_dated_names_are_neither_placeholders_nor_collisions() {
    let mut failures = Vec::new();
    for project in wanted() {
        let name = format!("{} [{}]", project.package, project.section);
        let answer = onehead(&project.folder(), &project.arguments("check --all --format json"));
        let document: Value = serde_json::from_str(&answer.stdout)
            .unwrap_or_else(|error| panic!("{name}: {error}: {answer:?}"));
        let made_up = MADE_UP.iter().find(|(package, _)| *package == project.package);
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        for environment in document["environments"].as_array().expect("a list") {
            for finding in environment["findings"].as_array().expect("a list") {
                let rule = finding["rule"].as_str().expect("a name");
                *rules.entry(rule).or_default() += 1;
                let id = finding["revisions"][0].as_str().unwrap_or_default();
                let expected = match rule {
                    "placeholder-id" => {
                        made_up.is_some_and(|(_, ids)| ids.split(' ').any(|known| known == id))
                    }
                    "sequence-collision" => project.package == NUMBERED,
                    _ => true,
                };
                if !expected {
                    failures.push(format!("{name}: {rule}: {}", finding["message"]));
                }
            }
        }
        println!("{name}: {rules:?}");
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
