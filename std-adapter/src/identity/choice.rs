//! Who else may choose among identities.

use std::sync::Arc;

use tidegate::config::IdentityId;
use tidegate::error::Refused;
use tidegate::{ChooseIdentity, Event};

use super::list::IdentityList;
use tidegate::wire::enums::SignatureScheme;

/// What is said to an ask for an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityChoice {
    /// The list chooses, as it does where nobody else is asked.
    ByList,
    /// This one of the list, by this scheme; one that the peer does not take fails the handshake.
    This(IdentityId, SignatureScheme),
    /// None: a client shows no certificate, and a server refuses the client.
    Nothing,
    /// The handshake fails: the peer is refused.
    Refuse,
    /// The handshake fails by an error of ours, as where `SSL_CTX_set_cert_cb`'s callback returns 0.
    Fail,
}

/// Chooses among the identities of a list.
pub(super) type Chooser = Arc<dyn Fn(&ChooseIdentity<'_>) -> IdentityChoice + Send + Sync>;

impl IdentityList {
    /// Answers an ask for an identity where somebody else chooses; other events come back.
    pub(crate) fn consult<'a>(&self, event: Event<'a>) -> Option<Event<'a>> {
        let Some(chooser) = &self.chooser else { return Some(event) };
        let Event::ChooseIdentity(ask) = event else { return Some(event) };
        match chooser(&ask) {
            IdentityChoice::ByList => return Some(Event::ChooseIdentity(ask)),
            IdentityChoice::This(identity, scheme) if ask.offers(scheme) => {
                ask.choose(identity, scheme).unwrap_or(());
            }
            IdentityChoice::Nothing => ask.none(),
            IdentityChoice::Fail => ask.refuse(Refused::Unavailable),
            IdentityChoice::This(..) | IdentityChoice::Refuse => ask.refuse(Refused::Identity),
        }
        None
    }
}
