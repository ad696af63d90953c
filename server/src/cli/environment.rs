//! Every flag is a variable in the environment too: `--base-url` is `PARLANCE_BASE_URL`. A variable of ours that no
//! command knows stops the start: it is a setting that somebody believes to be set.

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::builder::BoolishValueParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

const PREFIX: &str = "PARLANCE_";
/// Variables of the scripts that build and test this project: they reach every process that is started from there.
const OF_SCRIPTS: [&str; 3] = ["PARLANCE_BIN", "PARLANCE_TEST_POSTGRES", "PARLANCE_TOOLCHAIN"];

/// The command with a variable for each flag that has none yet.
pub(super) fn name_variables(command: Command) -> Command {
    command.mut_args(name_variable).mut_subcommands(name_variables)
}

/// Refuses variables of ours that no flag has.
pub(super) fn check_names(command: &Command, names: impl Iterator<Item = OsString>) -> anyhow::Result<()> {
    let mut known = BTreeSet::from(OF_SCRIPTS.map(str::to_owned));
    collect_names(command, &mut known);
    for name in names.filter_map(|name| name.into_string().ok()).filter(|name| name.starts_with(PREFIX)) {
        if !known.contains(&name) {
            let known = known.into_iter().filter(|name| !OF_SCRIPTS.contains(&name.as_str()));
            let known = known.collect::<Vec<_>>().join(", ");
            anyhow::bail!(
                "{name} in the environment is not a setting of this version; its settings are: {known}"
            );
        }
    }
    Ok(())
}

/// What to add to clap's complaint about a value: it names the flag, and the value may have come from the variable.
pub(super) fn explain(error: &clap::Error) -> Option<String> {
    if !matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation) {
        return None;
    }
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let flag = argument.split(' ').next()?.strip_prefix("--")?;
    Some(format!("note: the environment variable of --{flag} is {}", variable(flag)))
}

fn name_variable(arg: Arg) -> Arg {
    let Some(flag) = arg.get_long().map(str::to_owned) else { return arg };
    let takes_no_value = matches!(arg.get_action(), ArgAction::SetTrue);
    let arg = if takes_no_value { arg.value_parser(BoolishValueParser::new()) } else { arg };
    if arg.get_env().is_some() {
        return arg;
    }
    arg.env(variable(&flag))
}

fn variable(flag: &str) -> String {
    format!("{PREFIX}{}", flag.to_uppercase().replace('-', "_"))
}

fn collect_names(command: &Command, names: &mut BTreeSet<String>) {
    let variables = command.get_arguments().filter_map(Arg::get_env);
    names.extend(
        variables.filter_map(|name| name.to_str()).filter(|name| name.starts_with(PREFIX)).map(str::to_owned),
    );
    command.get_subcommands().for_each(|command| collect_names(command, names));
}
