//! What the settings of a connection change of its configuration.

use std::sync::Arc;

use tidegate::config::{ClientConfig, Common, Renegotiation, Resumption, ServerConfig, Versions};
use tidegate::modes::Modes;

use super::settings::Settings;
use super::verdict::Reason;
use crate::identity::IdentityList;

/// The parts of a configuration that settings change.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Fit {
    versions: Versions,
    renegotiation: Renegotiation,
    resumption: Resumption,
    tickets: u8,
    max_early_data: u32,
}

impl Fit {
    const fn of(common: &Common) -> Self {
        let Common { versions, renegotiation, resumption, tickets, max_early_data, .. } = *common;
        Self { versions, renegotiation, resumption, tickets, max_early_data }
    }

    const fn apply(self, common: &mut Common) {
        common.versions = self.versions;
        common.renegotiation = self.renegotiation;
        common.resumption = self.resumption;
        common.tickets = self.tickets;
        common.max_early_data = self.max_early_data;
    }
}

/// A client's configuration, shared where the settings change nothing of it.
pub(super) fn client(
    config: &Arc<ClientConfig<IdentityList>>,
    settings: &Settings,
) -> Result<Arc<ClientConfig<IdentityList>>, Reason> {
    let (mut config, before) = (Arc::clone(config), Fit::of(&config.common));
    let fit = Fit {
        versions: settings.bounds.narrow(before.versions).ok_or(Reason::NoProtocols)?,
        renegotiation: settings.client_renegotiation(before.renegotiation),
        resumption: settings.client_resumption(before.resumption),
        tickets: before.tickets,
        max_early_data: before.max_early_data,
    };
    if fit != before {
        fit.apply(&mut Arc::make_mut(&mut config).common);
    }
    if settings.modes.contains(Modes::SEND_FALLBACK_SCSV) {
        let common = &mut Arc::make_mut(&mut config).common;
        common.modes = common.modes.set(Modes::SEND_FALLBACK_SCSV);
    }
    Ok(config)
}

/// As [`client`], a server's.
pub(super) fn server(
    config: &Arc<ServerConfig<IdentityList>>,
    settings: &Settings,
) -> Result<Arc<ServerConfig<IdentityList>>, Reason> {
    let (mut config, before) = (Arc::clone(config), Fit::of(&config.common));
    let wish = settings.verify.into();
    let fit = Fit {
        versions: settings.bounds.narrow(before.versions).ok_or(Reason::NoProtocols)?,
        renegotiation: settings.server_renegotiation(before.renegotiation),
        resumption: settings.server_resumption(before.resumption),
        tickets: settings.tickets,
        max_early_data: settings.max_early_data,
    };
    if fit != before || config.client_certificates != wish {
        let config = Arc::make_mut(&mut config);
        fit.apply(&mut config.common);
        config.client_certificates = wish;
    }
    Ok(config)
}
