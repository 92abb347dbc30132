//! Continuous integration: which there is, and what it is proposed to run.
//!
//! A workflow of its own is written for GitHub, where that is a file of its own. Elsewhere everything is one file, whose
//! stages and images are the team's: what to add is shown.

use super::{Action, Part, Proposal};

/// The workflow, as `docs/ci` has it.
const WORKFLOW: &str = include_str!("../../docs/ci/pull-request.yml");
/// The job for GitLab.
const GITLAB: &str = include_str!("../../docs/ci/gitlab.yml");

/// Where the workflow is written.
pub const WORKFLOW_PATH: &str = ".github/workflows/onehead.yml";
/// Where GitHub looks for workflows.
pub const WORKFLOWS: &str = ".github/workflows";

/// A service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// GitHub Actions
    Github,
    /// GitLab
    Gitlab,
    /// Azure Pipelines
    Azure,
    /// Bitbucket
    Bitbucket,
    /// Jenkins
    Jenkins,
    /// Circle
    Circle,
}

impl Provider {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Github => "GitHub Actions",
            Self::Gitlab => "GitLab CI",
            Self::Azure => "Azure Pipelines",
            Self::Bitbucket => "Bitbucket Pipelines",
            Self::Jenkins => "Jenkins",
            Self::Circle => "CircleCI",
        }
    }

    /// The files by which the others than GitHub are known, relative to the top folder.
    pub const FILES: [(&str, Self); 6] = [
        (".gitlab-ci.yml", Self::Gitlab),
        ("azure-pipelines.yml", Self::Azure),
        ("bitbucket-pipelines.yml", Self::Bitbucket),
        ("Jenkinsfile", Self::Jenkins),
        (".circleci/config.yml", Self::Circle),
        (".circleci/config.yaml", Self::Circle),
    ];

    /// The service behind the address of a remote.
    pub fn of_remote(url: &str) -> Option<Self> {
        if url.contains("github.com") {
            Some(Self::Github)
        } else if url.contains("gitlab.") {
            Some(Self::Gitlab)
        } else if url.contains("bitbucket.org") {
            Some(Self::Bitbucket)
        } else if url.contains("dev.azure.com") {
            Some(Self::Azure)
        } else {
            None
        }
    }
}

/// What is known of continuous integration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The services that have a file here, with it.
    pub services: Vec<(Provider, String)>,
    /// The service that hosts a remote.
    pub host: Option<Provider>,
    /// A file that runs onehead.
    pub runs_onehead: Option<String>,
    /// Whether something has the path of the workflow.
    pub is_taken: bool,
}

/// Whether a text runs onehead, comments aside.
pub fn runs_onehead(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let is_comment = |line: &str| line.trim_start().starts_with(['#', '/']);
    text.lines().any(|line| !is_comment(line) && line.contains("onehead"))
}

/// What is proposed.
pub fn propose(known: &Known) -> Proposal {
    let proposal = |action| Proposal::new(Part::Ci, action);
    if let Some(file) = &known.runs_onehead {
        return proposal(Action::Nothing(format!("{file} runs onehead")));
    }
    let first = known.services.first().map(|(provider, _)| *provider);
    let provider = known.services.iter().map(|(provider, _)| *provider);
    let on_github = provider.into_iter().any(|one| one == Provider::Github);
    match if on_github { Some(Provider::Github) } else { first.or(known.host) } {
        None => proposal(Action::Nothing(
            "none was found; `onehead check` is all that it has to run".to_owned(),
        )),
        Some(Provider::Github) if known.is_taken => proposal(Action::ByHand {
            why: format!("{WORKFLOW_PATH} is there already, and does not run onehead"),
            add: WORKFLOW.to_owned(),
        }),
        Some(Provider::Github) => proposal(Action::Write {
            sentence: format!("{WORKFLOW_PATH}, for pull requests"),
            path: WORKFLOW_PATH.to_owned(),
            old: None,
            new: WORKFLOW.as_bytes().to_vec(),
        }),
        Some(Provider::Gitlab) => proposal(Action::ByHand {
            why: "a job for .gitlab-ci.yml, whose stages and images are yours".to_owned(),
            add: GITLAB.to_owned(),
        }),
        Some(other) => proposal(Action::ByHand {
            why: format!("a step for {}, after a checkout with the whole history", other.name()),
            add: "onehead check\n".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(provider: Provider) -> Known {
        Known { services: vec![(provider, "f".into())], ..Known::default() }
    }

    #[test]
    fn only_a_file_of_its_own_is_written() {
        assert!(propose(&known(Provider::Github)).writes());
        assert!(propose(&Known { host: Some(Provider::Github), ..Known::default() }).writes());
        for other in [Provider::Gitlab, Provider::Azure, Provider::Jenkins, Provider::Circle] {
            assert!(matches!(propose(&known(other)).action, Action::ByHand { .. }), "{other:?}");
        }
        assert!(matches!(propose(&Known::default()).action, Action::Nothing(_)));
    }

    #[test]
    fn what_runs_onehead_already_is_enough() {
        let runs = Known { runs_onehead: Some("f".into()), ..known(Provider::Github) };
        assert!(matches!(propose(&runs).action, Action::Nothing(_)));
        assert!(runs_onehead(WORKFLOW.as_bytes()) && runs_onehead(GITLAB.as_bytes()));
        assert!(!runs_onehead(b"# onehead check\n"));
    }

    #[test]
    fn a_remote_tells_its_host() {
        assert_eq!(Provider::of_remote("git@github.com:a/b.git"), Some(Provider::Github));
        assert_eq!(Provider::of_remote("https://gitlab.example.org/a/b"), Some(Provider::Gitlab));
        assert_eq!(Provider::of_remote("/srv/b.git"), None);
    }
}
