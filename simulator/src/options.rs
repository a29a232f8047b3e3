//! The command-line options.

use std::path::PathBuf;

use clap::Parser;

use crate::readings::Setting;

/// A stateful stand-in for Twilio on loopback.
#[derive(Debug, Clone, Parser)]
#[command(version)]
pub struct Options {
    /// Port on 127.0.0.1 for browsers and control; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Port on 127.0.0.1 for TLS clients; 0 takes a free one
    #[arg(long, requires_all = ["tls_cert", "tls_key"])]
    pub tls_port: Option<u16>,
    /// Another port on 127.0.0.1 for TLS clients, for the Functions alone; 0 takes a free one
    #[arg(long, requires_all = ["tls_cert", "tls_key"])]
    pub functions_tls_port: Option<u16>,
    /// PEM file with the certificate chain
    #[arg(long)]
    pub tls_cert: Option<PathBuf>,
    /// PEM file with the private key
    #[arg(long)]
    pub tls_key: Option<PathBuf>,
    /// Where the Functions run: a URL on loopback
    #[arg(long)]
    pub functions_url: Option<String>,
    /// Path of a Function that takes signed requests only; may be given several times
    #[arg(long)]
    pub protected: Vec<String>,
    /// Folder with the desktop and the customer page
    #[arg(long)]
    pub desktop: Option<PathBuf>,
    /// File of the plugin's bundle, served as /plugins/park-interaction.js
    #[arg(long)]
    pub plugin: Option<PathBuf>,
    /// Folder with Twilio's published `OpenAPI` descriptions
    #[arg(
        long,
        default_value = "node_modules/@twilio/cli-core/src/services/twilio-api"
    )]
    pub openapi: PathBuf,
    /// A reading that is not the default, as NAME=VALUE; may be given several times
    #[arg(long = "reading", value_name = "NAME=VALUE")]
    pub readings: Vec<Setting>,
}
