//! Names that mean something in a template before it says anything.
//!
//! A name that is none of these, and that the template does not bind, is `UNDEFINED`.

/// The modules that a template may import: part of every Python, and without effect when imported.
pub(super) const MODULES: [&str; 16] = [
    "collections",
    "datetime",
    "functools",
    "itertools",
    "json",
    "math",
    "operator",
    "os",
    "os.path",
    "re",
    "string",
    "sys",
    "textwrap",
    "time",
    "typing",
    "uuid",
];

/// Whether Python or Mako itself has something of this name: then it is not undefined, and not for a template to
/// rebind. Beyond these, every name that begins with a capital or an underscore is held to be one.
pub(super) fn is_taken(name: &str) -> bool {
    let beginning = name.chars().next();
    beginning.is_none_or(|c| c == '_' || c.is_uppercase())
        || BUILTINS.split(' ').chain(OF_MAKO.split(' ')).any(|taken| taken == name)
}

/// What the code that Mako generates uses, and what it puts into each context.
const OF_MAKO: &str =
    "cache caller capture comma context filters local loop next pageargs parent runtime self";

/// The functions and types of Python's `builtins`, from 3.8 to 3.14, `site`'s additions with them.
const BUILTINS: &str = "\
    abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod \
    compile complex copyright credits delattr dict dir divmod enumerate eval exec exit filter \
    float format frozenset getattr globals hasattr hash help hex id input int isinstance \
    issubclass iter len license list locals map max memoryview min next object oct open ord pow \
    print property quit range repr reversed round set setattr slice sorted staticmethod str sum \
    super tuple type vars zip";
