//! The contents of many objects, as git gives them.
//!
//! One process, and no content is kept: whoever asks takes each while git prepares the next.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{ChildStdout, Output, Stdio};

use super::{Git, GitError, ObjectId, finished, not_started};

/// Takes the content of the object at a position, `None` for one that is not there (a partial clone).
pub type TakeContent<'a> = &'a mut dyn FnMut(usize, Option<&[u8]>);

/// As much as a pipe holds on Linux.
const BUFFER: usize = 64 << 10;

impl Git {
    /// Passes on the contents of objects, in their order. Fails where git does; what came before was passed on.
    pub fn each_content(
        &self,
        objects: &[ObjectId],
        take: TakeContent<'_>,
    ) -> Result<(), GitError> {
        if objects.is_empty() {
            return Ok(());
        }
        let mut child = self
            .command(&["cat-file".as_ref(), "--batch".as_ref()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| not_started(&error))?;
        let (input, output, errors) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let mut passed = 0;
        let (broke_off, said) = std::thread::scope(|scope| {
            let said = scope.spawn(move || {
                let mut said = Vec::new();
                errors.map(|mut errors| errors.read_to_end(&mut said));
                said
            });
            // git answers while it is asked: without a thread of its own, both sides could wait for each other.
            // A write that fails means that git stopped, which its exit status tells.
            scope.spawn(move || {
                let request = objects.iter().flat_map(|object| [object.as_str(), "\n"]);
                input.map(|mut input| input.write_all(request.collect::<String>().as_bytes()))
            });
            let mut counted = |at: usize, content: Option<&[u8]>| {
                passed = at + 1;
                take(at, content);
            };
            let broke_off =
                output.is_none_or(|output| pass_on(output, objects.len(), &mut counted).is_none());
            (broke_off, said.join().unwrap_or_default())
        });
        let status = child.wait().map_err(|error| not_started(&error))?;
        if let Err(error) = finished(Output { status, stdout: Vec::new(), stderr: said }) {
            // Before 2.44 git stops at the first object that it may not fetch: of those behind it nothing is known.
            if !error.0.contains("promisor remote") {
                return Err(error);
            }
            (passed..objects.len()).for_each(|at| take(at, None));
            return Ok(());
        }
        if broke_off {
            return Err(GitError("git cat-file gave an answer that cannot be read".into()));
        }
        Ok(())
    }
}

/// `<object> SP <type> SP <size> LF <content> LF`, or `<object> SP missing LF`; `None` where the answer breaks off.
fn pass_on(output: ChildStdout, count: usize, take: TakeContent<'_>) -> Option<()> {
    let mut output = BufReader::with_capacity(BUFFER, output);
    let (mut head, mut content) = (Vec::new(), Vec::new());
    for at in 0..count {
        head.clear();
        output.read_until(b'\n', &mut head).ok()?;
        let head = std::str::from_utf8(&head).ok()?.strip_suffix('\n')?;
        let Some(size) = head.split(' ').nth(2) else {
            take(at, None);
            continue;
        };
        let size: usize = size.parse().ok()?;
        content.clear();
        // As long as the answer is, whatever its head says of the size.
        (&mut output).take(size as u64 + 1).read_to_end(&mut content).ok()?;
        take(at, Some(content.get(..size).filter(|_| content.len() == size + 1)?));
    }
    Some(())
}
