//! `filename-mismatch`: a file that is not called as `file_template` has it.

use crate::datetime::DateTime;
use crate::diagnostic::{Diagnostic, FixKind, Text};
use crate::filename::{Template, slug};
use crate::script::Script;

use super::words::quoted;
use super::{Context, Kind, Level, Rule, facts};

pub static RULE: Rule = Rule {
    name: "filename-mismatch",
    summary: "the file's name does not follow `file_template`",
    level: Level::Off,
    kind: Kind::Hygiene,
    page: include_str!("filename-mismatch.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let Ok(template) = Template::parse(&context.environment.file_template) else { return };
    for script in context.scripts_in_scope() {
        findings.extend(inspect(context, &template, script));
    }
}

fn inspect(context: &Context<'_>, template: &Template, script: &Script) -> Option<Diagnostic> {
    let revision = script.revision.as_ref()?;
    let id = &revision.id;
    if template.matches(&facts::stem(&script.path), id.as_str()) {
        return None;
    }
    let message = format!(
        "`{}` is not called as `file_template` has it for {}",
        facts::file_name(&script.path),
        quoted(id)
    );
    let finding = Diagnostic::new(RULE.name, message)
        .at(&script.path, None, "")
        .about([id])
        .note(format!("file_template = {}", context.environment.file_template))
        .fixed_by(FixKind::Rename);
    let moment = script.header.create_date.as_ref().and_then(|line| DateTime::parse(&line.text));
    let slug = slug(revision.message(), context.environment.truncate_slug_length);
    let Ok(name) = template.render(id.as_str(), &slug, moment.as_ref()) else {
        return Some(
            finding.help(
                Text::from("give it a name that follows `file_template`: ").path(&script.path),
            ),
        );
    };
    let name = name.rsplit('/').next().unwrap_or_default();
    let renamed = script.path.with_file_name(format!("{name}.py"));
    Some(
        finding.help(
            Text::from("rename it:   mv ").argument(&script.path).words(" ").argument(renamed),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Project, check_rule};

    fn called(file: &str) -> Project {
        Project::new("c3d9").with("c3d9", |spec| {
            spec.message = "Add items".into();
            spec.file = Some(file.into());
        })
    }

    #[test]
    fn names_that_follow_the_template() {
        check_rule(&RULE, "a <- b", "");
        assert_eq!(called("c3d9_anything.py").findings(&RULE), []);
    }

    #[test]
    fn a_template_that_is_not_understood_judges_nothing() {
        let mut project = called("x.py");
        project.environment.file_template = "%(what)s".into();
        assert_eq!(project.findings(&RULE), []);
    }

    #[test]
    fn a_name_without_the_id() {
        insta::assert_snapshot!(called("add_items.py").text(&RULE), @"
        warning[filename-mismatch]: `add_items.py` is not called as `file_template` has it for `c3d9`
        --> versions/add_items.py
         = note: file_template = %(rev)s_%(slug)s
         = help: rename it:   mv versions/add_items.py versions/c3d9_add_items.py
        ");
    }
}
