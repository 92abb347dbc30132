//! The databases that matter to the answer, and where they differ. Names are `SQLAlchemy`'s.

/// A dialect of SQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// `postgresql`
    Postgresql,
    /// `mysql`
    Mysql,
    /// `mariadb`
    Mariadb,
    /// `sqlite`
    Sqlite,
    /// `mssql`
    Mssql,
    /// `oracle`
    Oracle,
    /// Not known: what holds on one of them is possible, what holds on all of them is certain.
    #[default]
    Any,
}

impl Dialect {
    /// Every dialect that is one.
    pub const ALL: [Self; 6] =
        [Self::Postgresql, Self::Mysql, Self::Mariadb, Self::Sqlite, Self::Mssql, Self::Oracle];

    /// The dialect of this name, as in `dialect = "postgresql"`.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Any]).find(|dialect| dialect.as_str() == name)
    }

    /// The dialect of a URL of `SQLAlchemy`'s: `postgresql+psycopg://…`. `None` where it does not say one of these.
    pub fn of_url(url: &str) -> Option<Self> {
        let scheme = url.split_once("://")?.0;
        let name = scheme.split('+').next().unwrap_or(scheme);
        if name == "postgres" {
            return Some(Self::Postgresql);
        }
        Self::of_name(name).filter(|dialect| *dialect != Self::Any)
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Postgresql => "postgresql",
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
            Self::Sqlite => "sqlite",
            Self::Mssql => "mssql",
            Self::Oracle => "oracle",
            Self::Any => "any",
        }
    }

    /// Whether a change of a part of a column says the rest of it again.
    pub(super) fn restates(self) -> bool {
        matches!(self, Self::Mysql | Self::Mariadb | Self::Mssql)
    }

    /// Whether there are types with names.
    pub(super) fn has_types(self) -> bool {
        self == Self::Postgresql
    }
}
