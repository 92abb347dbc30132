//! What the user said about rules: which run, and what their findings weigh.
//!
//! Pure decisions over names. Where the names come from (arguments or files) is not known here.

use crate::diagnostic::Severity;
use crate::nearest::nearest;

use super::{Kind, Level, RULES, Rule};

/// The word that selects every rule.
pub const ALL: &str = "ALL";

/// What the user said about rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleSettings {
    /// Only these rules, `ALL` for every rule; empty for all that are not off. Integrity rules are reported anyway.
    pub select: Vec<String>,
    /// Not these rules.
    pub ignore: Vec<String>,
    /// Weights in place of the rules' own; `Off` silences, anything else also turns on what is off by default.
    pub severities: Vec<(String, Level)>,
}

/// What becomes of the findings of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They are reported with the rule's own weight.
    Own,
    /// They are reported with this weight, whatever the rule says.
    Fixed(Severity),
    /// The rule does not run: it is off or not selected.
    NotSelected,
    /// The user silenced the rule by name.
    Ignored,
}

impl RuleSettings {
    /// What becomes of the findings of `rule`.
    pub fn decide(&self, rule: &Rule) -> Decision {
        let weight = self.severities.iter().rev().find(|(name, _)| name == rule.name);
        let ignored = self.ignore.iter().any(|name| name == rule.name);
        match weight {
            _ if ignored => Decision::Ignored,
            Some((_, Level::Off)) => Decision::Ignored,
            _ if !self.selects(rule, weight.is_some()) => Decision::NotSelected,
            Some((_, level)) => Decision::Fixed(level.severity()),
            None => Decision::Own,
        }
    }

    fn selects(&self, rule: &Rule, weighed: bool) -> bool {
        if rule.kind == Kind::Integrity {
            return true;
        }
        if self.select.is_empty() {
            return weighed || rule.level != Level::Off;
        }
        self.select.iter().any(|name| name == ALL || name == rule.name)
    }
}

/// The rule that was probably meant by `name`.
pub fn nearest_rule(name: &str) -> Option<&'static str> {
    nearest(name, RULES.iter().map(|rule| rule.name))
}

#[cfg(test)]
mod tests {
    use super::{Decision, RuleSettings};
    use crate::diagnostic::Severity;
    use crate::rules::{Level, find};

    fn names(list: &str) -> Vec<String> {
        list.split_whitespace().map(str::to_owned).collect()
    }

    #[track_caller]
    fn decide(rule: &str, select: &str, ignore: &str, severities: &[(&str, Level)]) -> Decision {
        let settings = RuleSettings {
            select: names(select),
            ignore: names(ignore),
            severities: severities.iter().map(|&(name, level)| (name.to_owned(), level)).collect(),
        };
        settings.decide(find(rule).unwrap())
    }

    #[test]
    fn without_settings_each_rule_has_its_own_weight() {
        assert_eq!(decide("multiple-heads", "", "", &[]), Decision::Own);
    }

    #[test]
    fn a_rule_that_is_off_must_be_selected() {
        assert_eq!(decide("empty-message", "", "", &[]), Decision::NotSelected);
        assert_eq!(decide("empty-message", "empty-message", "", &[]), Decision::Own);
        assert_eq!(decide("empty-message", "ALL", "", &[]), Decision::Own);
    }

    #[test]
    fn a_weight_turns_on_what_is_off() {
        let decision = decide("empty-message", "", "", &[("empty-message", Level::Error)]);
        assert_eq!(decision, Decision::Fixed(Severity::Error));
    }

    #[test]
    fn selecting_leaves_the_integrity_rules_on() {
        assert_eq!(decide("cycle", "multiple-heads", "", &[]), Decision::Own);
        assert_eq!(decide("stale-header", "multiple-heads", "", &[]), Decision::NotSelected);
    }

    #[test]
    fn ignoring_wins_over_selecting() {
        assert_eq!(decide("cycle", "cycle", "cycle", &[]), Decision::Ignored);
        assert_eq!(decide("cycle", "ALL", "", &[("cycle", Level::Off)]), Decision::Ignored);
    }
}
