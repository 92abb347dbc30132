//! What an operation does, in words for people who review it.

use super::{Action, Effect, Resource};

/// A phrase for the effects of an operation.
pub(super) fn summary(kind: &'static str, effects: &[Effect]) -> String {
    if kind == "create_table"
        && let Some(table) =
            effects.iter().find_map(|effect| match (&effect.action, &effect.resource) {
                (Action::Create { .. }, Resource::Table(table)) => Some(table),
                _ => None,
            })
    {
        let columns = effects.iter().filter_map(|effect| match &effect.resource {
            Resource::Column(of, column)
                if of == table && matches!(effect.action, Action::Create { .. }) =>
            {
                Some(column.as_str())
            }
            _ => None,
        });
        let columns: Vec<&str> = columns.collect();
        let others: Vec<String> = effects
            .iter()
            .filter(|effect| {
                !matches!(
                    effect.resource,
                    Resource::Table(_) | Resource::Column(..) | Resource::Constraint(..)
                )
            })
            .filter_map(phrase)
            .collect();
        let rest =
            if others.is_empty() { String::new() } else { format!(", {}", others.join(", ")) };
        return format!("creates table {table} ({}){rest}", columns.join(", "));
    }
    let mut phrases: Vec<String> = effects.iter().filter_map(phrase).collect();
    phrases.dedup();
    if phrases.is_empty() {
        let used = effects.iter().map(|effect| effect.resource.name()).next();
        return match used {
            Some(used) => format!("{kind} {used}"),
            None => format!("{kind}, which changes no table"),
        };
    }
    phrases.join(", ")
}

fn phrase(effect: &Effect) -> Option<String> {
    let Effect { action, resource } = effect;
    let (kind, name) = (resource.kind(), resource.name());
    Some(match action {
        Action::Create { quiet } => {
            format!("creates {kind} {name}{}", if *quiet { " if it is not there" } else { "" })
        }
        Action::Drop { quiet } => {
            format!("drops {kind} {name}{}", if *quiet { " if it is there" } else { "" })
        }
        Action::Rename { to } => format!("renames {kind} {name} to {}", to.name()),
        Action::Modify { attribute: "structure", .. } => {
            format!("makes {name} exactly the table that is written down")
        }
        Action::Modify { attribute, value } => {
            format!("{name}: {attribute} -> {}", value.as_deref().unwrap_or("(not known)"))
        }
        Action::ReadRows => format!("reads rows of {name}"),
        Action::WriteRows => format!("writes rows of {name}"),
        Action::Use | Action::Restate { .. } => return None,
    })
}
