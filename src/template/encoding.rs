//! From the bytes of a template to its text: byte order mark and coding line, as Mako takes them (1.4.3,
//! `Lexer.decode_raw_stream`).

use super::TemplateError;
use crate::python::decode::Codec;

/// The text, and where its first piece starts: behind a coding line, which is left out of the output.
///
/// Fails where the encoding is not known, or the bytes are none of it.
pub(super) fn text(source: &[u8]) -> Result<(String, usize), TemplateError> {
    let marked = source.strip_prefix(b"\xef\xbb\xbf");
    let bytes = marked.unwrap_or(source);
    let end = memchr::memchr(b'\n', bytes).map_or(0, |at| at + 1);
    let line = String::from_utf8_lossy(&bytes[..end]);
    let refuse = |reason: String| TemplateError::at(&line, 0..line.trim_end().len(), reason);
    let name = coding(&line).map_err(|()| refuse("a coding line without a name".into()))?;
    let codec = match name {
        None => Codec::Utf8,
        Some(name) if marked.is_some() && name != "utf-8" => {
            return Err(refuse(format!("a byte order mark of utf-8 and the encoding `{name}`")));
        }
        Some(name) => Codec::named(name)
            .filter(|codec| *codec != Codec::Utf8Sig)
            .ok_or_else(|| refuse(format!("the encoding `{name}` is not known here")))?,
    };
    let Some(text) = codec.decode(bytes) else {
        let name = name.unwrap_or("utf-8");
        let valid = String::from_utf8_lossy(bytes);
        let at = valid.find(char::REPLACEMENT_CHARACTER).unwrap_or(0);
        let end = valid[at..].find('\n').map_or(valid.len(), |length| at + length);
        let start = valid[..at].rfind('\n').map_or(0, |at| at + 1);
        return Err(TemplateError::at(&valid, start..end, format!("it is not valid {name}")));
    };
    let start = match name {
        Some(_) => text.find('\n').map_or(0, |at| at + 1),
        None => 0,
    };
    Ok((text, start))
}

/// The name in a first line that matches `#.*coding[:=]\s*([-\w.]+).*\n`, of the last place that does.
///
/// Fails where Mako would take the name from the next line.
fn coding(line: &str) -> Result<Option<&str>, ()> {
    if !line.starts_with('#') {
        return Ok(None);
    }
    for (at, _) in line.rmatch_indices("coding") {
        let after = &line[at + "coding".len()..];
        let Some(after) = after.strip_prefix([':', '=']) else { continue };
        let after = after.trim_start();
        if after.is_empty() {
            return Err(());
        }
        let is_part = |c: char| c == '-' || c == '.' || crate::python::word::is_word(c);
        let length = after.find(|c| !is_part(c)).unwrap_or(after.len());
        if length > 0 {
            return Ok(Some(&after[..length]));
        }
    }
    Ok(None)
}
