//! The module that generated code is put into, and the paths that follow from it.

use crate::error::{Findings, Result};

/// The module that holds `device`, `catalog`, `codes` and `scales`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetModule {
    /// `None` for the crate `legit-health-api`.
    module: Option<String>,
}

impl TargetModule {
    /// The crate `legit-health-api` of this workspace. The generated text is valid inside the crate and outside.
    pub const OURS: Self = Self { module: None };

    /// A module of another crate, such as `crate` or `crate::api`, which depends on `legit-health-api` for what is
    /// written by hand.
    ///
    /// # Errors
    /// Fails if the path is invalid or does not begin with `crate`.
    pub fn module(path: &str) -> Result<Self> {
        let is_name = |name: &str| syn::parse_str::<syn::Ident>(name).is_ok();
        match path.strip_prefix("crate") {
            Some(inner)
                if inner.split("::").skip(1).all(is_name)
                    && (inner.is_empty() || inner.starts_with("::")) =>
            {
                Ok(Self { module: Some(path.to_owned()) })
            }
            _ => {
                let remedy = "write it as in `crate::api`, or `crate` for the root";
                Err(Findings::of(path).fatal("", "not the path of a module of the crate", remedy))
            }
        }
    }

    /// Whether this is `legit-health-api`.
    pub(crate) fn is_ours(&self) -> bool {
        self.module.is_none()
    }

    /// Returns the full path of a generated item.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}::{path}", self.module.as_deref().unwrap_or("::legit_health_api"))
    }

    /// Returns the same for the body of a macro, which any crate may call.
    pub(crate) fn path_in_macro(&self, path: &str) -> String {
        let inner =
            self.module.as_deref().and_then(|module| module.strip_prefix("crate")).unwrap_or_default();
        format!("$crate{inner}::{path}")
    }

    /// The generator, for the first line of a file.
    pub(crate) fn generator(&self) -> &'static str {
        if self.is_ours() { "`cargo xtask generate`" } else { "legit-health-codegen" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_the_module_and_macros_to_its_crate() {
        let own = TargetModule::module("crate::vendor::api").unwrap();
        assert_eq!(own.path("codes::Site"), "crate::vendor::api::codes::Site");
        assert_eq!(own.path_in_macro("scales::Uas"), "$crate::vendor::api::scales::Uas");
        assert_eq!(
            TargetModule::module("crate").unwrap().path_in_macro("scales::Uas"),
            "$crate::scales::Uas"
        );
        assert_eq!(TargetModule::OURS.path("codes::Site"), "::legit_health_api::codes::Site");
        assert_eq!(TargetModule::OURS.path_in_macro("scales::Uas"), "$crate::scales::Uas");
    }

    #[test]
    fn invalid_paths_are_refused() {
        for path in ["", "api", "crates", "crate::", "crate::7", "crate::a-b", "::other", "self::api"] {
            let said = TargetModule::module(path).unwrap_err().to_string();
            assert!(
                said.contains("not the path of a module of the crate — write it as in"),
                "{path}: {said}"
            );
        }
    }
}
