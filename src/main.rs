//! The `dateline` program.

#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    dateline::cli::run()
}
