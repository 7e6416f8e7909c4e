//! A gateway between simulated partners, and a tour of real exchanges with it.
//!
//! Everything is made afresh: a development PKI, the configuration of one gateway and its partners ([`house`]), the
//! partners' own systems in this process ([`neighbours`]), the gateway as a child of it ([`gateway`]). The tour
//! ([`tour`]) checks every exchange strictly. Afterwards the house stays open for `curl` ([`handout`]), unless
//! `--once` is given.

mod gateway;
mod handout;
mod house;
mod messages;
mod neighbours;
mod show;
mod stop;
mod tour;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;

use gateway::Gateway;
use house::House;
use neighbours::Neighbours;
use show::Show;
use stop::Stop;

#[derive(Parser)]
#[command(name = "yizhan-demo", about = "A gateway between simulated partners, and a tour of real exchanges")]
struct Arguments {
    /// The gateway's binary.
    #[arg(long)]
    gateway: PathBuf,
    /// The folder with the adapters' components.
    #[arg(long)]
    adapters: PathBuf,
    /// Where configuration, certificates and log are written; made anew each time.
    #[arg(long)]
    out: PathBuf,
    /// End after the tour, with status 0 only if every exchange came out as expected.
    #[arg(long)]
    once: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("yizhan-demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("failed to start the runtime")?
        .block_on(open(arguments))
}

/// From the empty folder to the stopped gateway; whether the tour went as expected.
async fn open(arguments: &Arguments) -> anyhow::Result<bool> {
    let mut stop = Stop::listen()?;
    let show = Show::new();
    // First of all: the folder may be the house of a demo that is running.
    house::check_ports()?;
    let house = House::build(&arguments.out, &arguments.adapters)?;
    let neighbours = Neighbours::start(&house).await?;
    let mut gateway = Gateway::start(&arguments.gateway, &house)?;

    // A Ctrl-C reaches the gateway too: what it does about it is no news, so the wish to end is looked at first.
    let expected = tokio::select! {
        biased;
        () = stop.asked() => None,
        result = walk(&mut gateway, &house, &neighbours, &show) => Some(result?),
    };
    if expected.is_some() && !arguments.once {
        handout::print(&house, &show)?;
        tokio::select! {
            biased;
            () = stop.asked() => {}
            ended = gateway.ended() => ended?,
        }
    }
    gateway.stop().await?;
    show.line("驿站已停 · the gateway has stopped");
    Ok(expected == Some(true))
}

async fn walk(
    gateway: &mut Gateway,
    house: &House,
    neighbours: &Neighbours,
    show: &Show,
) -> anyhow::Result<bool> {
    gateway.ready().await?;
    tour::run(house, neighbours, show).await
}
