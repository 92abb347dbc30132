//! The messages of Alembic that are known, as Alembic 1.20.1 words them (`script/base.py`, `script/revision.py`,
//! `config.py`, `command.py`), with cause and cure.
//!
//! A hole `{name}` stands for what differs from case to case, and may be used in cause and steps. Nothing is decided
//! here; [`super::explain`] looks messages up.

/// A message that is known.
pub struct Known {
    /// The message as Alembic prints it, as far as it matters, with holes.
    pub message: &'static str,
    /// What it means.
    pub cause: &'static str,
    /// What to do, a line each, best first.
    pub steps: &'static [&'static str],
    /// The rule that finds the same.
    pub rule: Option<&'static str>,
}

/// Every known message, in the order of the documentation.
pub static CATALOGUE: &[Known] = &[
    Known {
        message: "Multiple head revisions are present for given argument '{symbol}'",
        cause: "The history has several heads: two revisions that nothing follows. Mostly two branches each added a migration after the same parent; git merged both files without a conflict. Alembic refuses to choose between them.",
        steps: &[
            "onehead check                                    both heads, where they part, and how to mend it",
            "onehead rebase                                   puts what is unpublished on top of what is published",
            "onehead merge                                    joins them with an empty merge revision",
            "or edit down_revision of one of them, when it has not run anywhere else yet",
        ],
        rule: Some("multiple-heads"),
    },
    Known {
        message: "Multiple heads are present; please specify the head revision on which the new revision should be based, or perform a merge",
        cause: "A new revision needs one parent, and the history has several heads.",
        steps: &[
            "onehead check                                    both heads and where they part",
            "onehead merge                                    joins them first",
            "alembic revision --head <id> -m \"<message>\"      or says which one to go on from",
        ],
        rule: Some("multiple-heads"),
    },
    Known {
        message: "Multiple heads are present for given argument '{symbol}'",
        cause: "The history has several heads, and `{symbol}` means exactly one.",
        steps: &["onehead heads", "onehead check"],
        rule: Some("multiple-heads"),
    },
    Known {
        message: "Can't locate revision identified by '{id}'",
        cause: "No file defines `{id}`, or nothing begins with it. When it comes from `upgrade` or `current`, the database is stamped with it: the file was deleted or renumbered, lies on another branch, or was never committed.",
        steps: &[
            "onehead show {id}                          is it there, as Alembic would look for it?",
            "onehead environments                       are these the folders you mean?",
            "onehead where {id}                         what became of it: deleted, renumbered, or on another branch",
            "onehead where {id} --restore               brings its file back",
            "only if the schema is exactly that of another revision: alembic stamp --purge <that revision>",
        ],
        rule: Some("missing-parent"),
    },
    Known {
        message: "No such revision or branch '{id}'",
        cause: "No revision id, start of an id, or branch label is `{id}`.",
        steps: &["onehead history", "onehead where {id}"],
        rule: None,
    },
    Known {
        message: "Revision {id} referenced from {child} is not present",
        cause: "A script names `{id}` as its `down_revision`, and no file defines it. The command then stops with a `KeyError`.",
        steps: &[
            "onehead check                              which file names it",
            "onehead where {id}                         what became of it, and on which branches it is",
            "onehead where {id} --restore               brings its file back",
        ],
        rule: Some("missing-parent"),
    },
    Known {
        message: "KeyError: '{id}'",
        cause: "When Alembic loads the history, this means that a script names `{id}` in `down_revision` or `depends_on` and no file defines it. Every command fails until it is mended.",
        steps: &[
            "onehead check                              which file names it",
            "onehead where {id}                         what became of it, and on which branches it is",
            "onehead where {id} --restore               brings its file back",
        ],
        rule: Some("missing-parent"),
    },
    Known {
        message: "Revision {id} is present more than once",
        cause: "Two files define the revision `{id}`, mostly because one was copied. Alembic takes the one that it reads last.",
        steps: &[
            "onehead check   both files",
            "python3 -c \"import uuid; print(uuid.uuid4().hex[-12:])\"   an id for one of them",
        ],
        rule: Some("duplicate-revision"),
    },
    Known {
        message: "Requested revision {id} overlaps with other requested revisions {others}",
        cause: "Of the revisions asked for one is an ancestor of the other. Without having asked for several, this comes from an id that two files define, or from a database stamped with a revision and its ancestor.",
        steps: &["onehead check", "onehead heads"],
        rule: Some("duplicate-revision"),
    },
    Known {
        message: "Cycle is detected in revisions ({ids})",
        cause: "Revisions follow each other in a circle. Alembic names many that are not part of it; `onehead check` prints the path.",
        steps: &["onehead check", "git log -p -- <file>   how its down_revision came about"],
        rule: Some("cycle"),
    },
    Known {
        message: "Dependency cycle is detected in revisions ({ids})",
        cause: "Revisions depend on each other in a circle, through `down_revision` and `depends_on` together. An empty `depends_on = \"\"` in a first revision gives the same message.",
        steps: &["onehead check"],
        rule: Some("cycle"),
    },
    Known {
        message: "Self-loop is detected in revisions ({id})",
        cause: "`{id}` names itself as its `down_revision`.",
        steps: &["onehead check"],
        rule: Some("cycle"),
    },
    Known {
        message: "Dependency self-loop is detected in revisions ({id})",
        cause: "`{id}` names itself in `depends_on`.",
        steps: &["onehead check"],
        rule: Some("cycle"),
    },
    Known {
        message: "Branch name '{label}' in revision {id} already used by revision {other}",
        cause: "Branch labels and revision ids share one name space, and `{label}` is taken.",
        steps: &["onehead check"],
        rule: Some("duplicate-label"),
    },
    Known {
        message: "Character(s) '{characters}' not allowed in revision identifier '{id}'",
        cause: "The characters `@`, `-`, `+` and `:` mean something in revision arguments, so an id cannot have them (`:` since Alembic 1.17.1).",
        steps: &["onehead check"],
        rule: Some("invalid-revision-id"),
    },
    Known {
        message: "Could not determine revision id from filename {file}. Be sure the 'revision' variable is declared inside the script",
        cause: "Every `.py` file in a versions folder must be a migration, and `{file}` does not assign `revision`.",
        steps: &[
            "onehead check   what is wrong with the file",
            "move it out of the versions folder if it is a helper module",
        ],
        rule: Some("unreadable-script"),
    },
    Known {
        message: "module '{module}' has no attribute 'down_revision'",
        cause: "A script in a versions folder does not assign `down_revision`. The first revision of a history says `down_revision = None`.",
        steps: &["onehead check"],
        rule: Some("unreadable-script"),
    },
    Known {
        message: "Can't find Python file {path}",
        cause: "A symbolic link in a versions folder leads nowhere, or `env.py` is missing from the script location.",
        steps: &["onehead check   a link that leads nowhere", "ls -l {path}"],
        rule: Some("unreadable-script"),
    },
    Known {
        message: "SyntaxError:",
        cause: "Alembic runs every script of the versions folders, and Python cannot read this one: often the markers of an unfinished merge (`<<<<<<<`), code of Python 2, or syntax newer than the Python at hand. The lines before the error name the file.",
        steps: &["onehead check   each file that cannot be read, with the place"],
        rule: Some("unreadable-script"),
    },
    Known {
        message: "'{encoding}' codec can't decode",
        cause: "A file is not encoded in {encoding}, as which it is read: a script without an encoding in its first line is UTF-8.",
        steps: &["onehead check   which script, and where in it"],
        rule: Some("unreadable-script"),
    },
    Known {
        message: "No module named '{module}'",
        cause: "Alembic runs every script of the versions folders, and `env.py`; one of them imports `{module}`, which this Python does not find: the project is not installed here, or its folder is not in `prepend_sys_path`. onehead runs nothing and needs no such module.",
        steps: &[
            "prepend_sys_path = .   in alembic.ini, when the module lies in the folder that alembic is run from",
            "onehead heads          answers without importing anything",
        ],
        rule: None,
    },
    Known {
        message: "TypeError: '{type}' object is not iterable",
        cause: "When Alembic loads the history, this means that `revision`, `down_revision`, `branch_labels` or `depends_on` of a script is no string; mostly the quotes are missing.",
        steps: &["onehead check   which script"],
        rule: Some("unreadable-script"),
    },
    Known {
        message: "source code string cannot contain null bytes",
        cause: "A script in a versions folder holds a NUL byte; mostly it was saved as UTF-16.",
        steps: &["onehead check"],
        rule: Some("unreadable-script"),
    },
    Known {
        message: "File {path} loaded twice! ignoring",
        cause: "A file is reached through two version locations, or through a symbolic link. It is read once.",
        steps: &["onehead environments"],
        rule: None,
    },
    Known {
        message: "Revision {id} is not a head revision; please specify --splice to create a new branch from this revision",
        cause: "Something follows `{id}` already. A new revision after it would make a second head; that is what `--splice` asks for.",
        steps: &["onehead heads   what a new revision should follow"],
        rule: Some("multiple-heads"),
    },
    Known {
        message: "Duplicate head revisions specified",
        cause: "The same revision was named twice, perhaps once by its id and once by a label.",
        steps: &["onehead heads"],
        rule: None,
    },
    Known {
        message: "Multiple version locations present, please specify --version-path",
        cause: "The new revision has no parent to lie beside, and there are several version locations.",
        steps: &[
            "onehead environments",
            "alembic revision --version-path <folder> -m \"<message>\"",
        ],
        rule: None,
    },
    Known {
        message: "Path {path} is not represented in current version locations",
        cause: "`--version-path` must be one of the configured version locations, written the same way.",
        steps: &["onehead environments"],
        rule: None,
    },
    Known {
        message: "Requested range {range} does not refer to ancestor/descendant revisions along the same branch",
        cause: "The start of the range is no ancestor of its end.",
        steps: &["onehead history"],
        rule: None,
    },
    Known {
        message: "Revision {id} is not an ancestor of revision {other}",
        cause: "The two revisions lie on different lines, or in the other order.",
        steps: &["onehead history"],
        rule: None,
    },
    Known {
        message: "History range requires [start]:[end], [start]:, or :[end]",
        cause: "The range has no colon.",
        steps: &["onehead history -r <start>:<end>"],
        rule: None,
    },
    Known {
        message: "Multiple revisions start with '{prefix}'",
        cause: "The start of an id fits several revisions; write more of it.",
        steps: &["onehead history"],
        rule: None,
    },
    Known {
        message: "No such branch: '{label}'",
        cause: "What stands before the `@` is no branch label and no revision.",
        steps: &["onehead branches", "onehead heads"],
        rule: None,
    },
    Known {
        message: "Revision {id} is not a member of branch '{label}'",
        cause: "The revision exists, on another line than the one that the label names.",
        steps: &["onehead show {id}"],
        rule: None,
    },
    Known {
        message: "Relative revision {relative} didn't produce {number} migrations",
        cause: "There are not that many revisions in this direction.",
        steps: &["onehead history"],
        rule: None,
    },
    Known {
        message: "Ambiguous walk",
        cause: "A relative revision meets a branch point or a merge, and both ways are open.",
        steps: &["onehead branches"],
        rule: None,
    },
    Known {
        message: "Ambiguous upgrade from multiple current revisions",
        cause: "The database is on several revisions, so a relative step is not clear.",
        steps: &["alembic current", "onehead heads"],
        rule: None,
    },
    Known {
        message: "Version table '{table}' has more than one head present; please use get_current_heads()",
        cause: "The database is on several revisions at once, a row of `{table}` for each, and `env.py` or a program asks for the only one.",
        steps: &[
            "alembic current          the revisions that the database is on",
            "onehead heads            the heads of the history; several need a merge first",
            "alembic upgrade heads    leaves one row, once the history has one head",
        ],
        rule: Some("multiple-heads"),
    },
    Known {
        message: "Online migration expected to match one row when updating '{from}' to '{to}' in '{table}'",
        cause: "The migration has run, and `{table}` then did not hold `{from}` exactly once: another process upgraded the same database, the row was changed by hand, or the migration emptied or replaced the table.",
        steps: &[
            "alembic current                  what the database holds now",
            "onehead history -r {from}:{to}   what lies between the two",
        ],
        rule: None,
    },
    Known {
        message: "Walked too far",
        cause: "A relative revision goes beyond the first revision or the last.",
        steps: &["onehead history"],
        rule: None,
    },
    Known {
        message: "Not a valid downgrade target from current heads",
        cause: "The target is no ancestor of the revisions that the database is on.",
        steps: &["alembic current", "onehead history"],
        rule: None,
    },
    Known {
        message: "Target database is not up to date.",
        cause: "The database is behind the head of the history. `alembic revision --autogenerate` and `alembic check` compare with it, so it must be upgraded first.",
        steps: &[
            "alembic current",
            "alembic upgrade head",
            "onehead check   if that fails: the history itself",
        ],
        rule: None,
    },
    Known {
        message: "Database is not on all head revisions",
        cause: "`alembic current --check-heads` found the database behind at least one head.",
        steps: &["alembic current", "onehead heads", "alembic upgrade heads"],
        rule: None,
    },
    Known {
        message: "New upgrade operations detected",
        cause: "The models differ from the database: `alembic check` would generate a migration.",
        steps: &["alembic revision --autogenerate -m \"<message>\""],
        rule: None,
    },
    Known {
        message: "Path doesn't exist: {dir}. Please use the 'init' command to create a new scripts folder",
        cause: "`script_location` leads nowhere from here: a relative one counts from the folder that Alembic is run from, not from that of `alembic.ini`.",
        steps: &[
            "onehead environments                  what was found from where",
            "script_location = %(here)s/<folder>   in alembic.ini: counts from the file",
        ],
        rule: None,
    },
    Known {
        message: "No 'script_location' key found in configuration",
        cause: "Alembic found no configuration here: it looks for `alembic.ini` and `pyproject.toml` in the folder that it is run from only, and in the section named by `-n`.",
        steps: &[
            "onehead environments   the configurations of this repository",
            "alembic -c <path to alembic.ini> <command>",
        ],
        rule: None,
    },
    Known {
        message: "No config file '{file}' found, or file has no '[{section}]' section",
        cause: "Alembic found no configuration here: it looks in the folder that it is run from only, and for this section.",
        steps: &["onehead environments", "alembic -c <path to alembic.ini> <command>"],
        rule: None,
    },
    Known {
        message: "is not a valid value for {key}; expected 'space', 'newline', 'os', ':', ';'",
        cause: "The separator in the configuration is none of the known words. A comment after it on the same line is part of the value in an ini file.",
        steps: &["{key} = os   on a line of its own, comments above it"],
        rule: None,
    },
    Known {
        message: "File contains no section headers.",
        cause: "The ini file does not begin with a section; often a byte order mark stands before it.",
        steps: &[
            "head -c 3 alembic.ini | od -c             shows 357 273 277 for a byte order mark",
            "sed -i '1s/^\\xEF\\xBB\\xBF//' alembic.ini   removes it",
        ],
        rule: None,
    },
    Known {
        message: "'%' must be followed by '%' or '('",
        cause: "A `%` in a value of the ini file must be doubled.",
        steps: &["file_template = %%(rev)s_%%(slug)s"],
        rule: None,
    },
    Known {
        message: "contains an interpolation key '{key}' which is not a valid option name",
        cause: "A `%` in a value of the ini file must be doubled: `%({key})s` asks for another option of the file.",
        steps: &["file_template = %%(rev)s_%%(slug)s"],
        rule: None,
    },
    Known {
        message: "Incorrect TOML format",
        cause: "`[tool.alembic]` in `pyproject.toml` is not a table.",
        steps: &["onehead environments"],
        rule: None,
    },
    Known {
        message: "unsupported TOML value type for key: '{key}'",
        cause: "`{key}` in `pyproject.toml` has a type that Alembic does not take, such as a float or a date.",
        steps: &["onehead environments"],
        rule: None,
    },
    Known {
        message: "boolean value expected for TOML parameter '{key}'",
        cause: "`{key}` in `pyproject.toml` must be `true` or `false` without quotes.",
        steps: &["{key} = true"],
        rule: None,
    },
    Known {
        message: "pyproject.toml indicated more than once",
        cause: "`-c` was given two TOML files; it takes one ini and one TOML file.",
        steps: &["alembic -c alembic.ini -c pyproject.toml <command>"],
        rule: None,
    },
    Known {
        message: "only one ini file may be indicated",
        cause: "`-c` was given two ini files; it takes one ini and one TOML file.",
        steps: &["alembic -c alembic.ini -c pyproject.toml <command>"],
        rule: None,
    },
    Known {
        message: "String is not true/false: '{value}'",
        cause: "A yes-or-no value of the configuration, mostly `revision_environment`, is none of the known words.",
        steps: &["revision_environment = false"],
        rule: None,
    },
    Known {
        message: "Can't locate timezone: {zone}",
        cause: "`timezone` in the configuration is no zone that this machine knows.",
        steps: &["python3 -c \"import zoneinfo; print(*sorted(zoneinfo.available_timezones()))\""],
        rule: None,
    },
    Known {
        message: "Template rendering failed; see {file} for a template-oriented traceback",
        cause: "`script.py.mako` uses something that this command does not give it, or what it renders cannot be encoded.",
        steps: &["cat {file}"],
        rule: None,
    },
    Known {
        message: "specified branch_labels {labels}, however the migration file {file} does not have them",
        cause: "`script.py.mako` has no line for `branch_labels`, so the label was not written. The file stays.",
        steps: &[
            "alembic init <new folder>   its script.py.mako has the line that is missing in yours",
        ],
        rule: None,
    },
    Known {
        message: "No formatter with name '{name}' registered",
        cause: "A post write hook has a type that does not exist; there are `console_scripts`, `exec` and `module`.",
        steps: &["{name}.type = console_scripts"],
        rule: None,
    },
    Known {
        message: "is required for post write hook '{name}'",
        cause: "The post write hook `{name}` lacks this key in the configuration.",
        steps: &["{name}.type = console_scripts", "{name}.entrypoint = <command>"],
        rule: None,
    },
    Known {
        message: "value too long for type character varying(32)",
        cause: "In the statement that writes `alembic_version`: the revision id is longer than the 32 characters that the table holds.",
        steps: &[
            "onehead check   which id",
            "shorten it, also in the down_revision of what follows",
        ],
        rule: Some("invalid-revision-id"),
    },
];
