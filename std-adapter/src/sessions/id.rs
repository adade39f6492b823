//! Under which a server keeps a session.

/// Under which a server keeps a session, if it does.
#[derive(Debug, Default)]
pub struct SessionId {
    #[expect(clippy::box_collection, reason = "an idle connection is to be small, and few have one")]
    bytes: Option<Box<Vec<u8>>>,
}

impl SessionId {
    /// Its bytes; none where there is no session.
    pub(crate) fn get(&self) -> &[u8] {
        self.bytes.as_ref().map_or(&[], |id| id)
    }
}

impl From<Option<&[u8]>> for SessionId {
    fn from(id: Option<&[u8]>) -> Self {
        Self { bytes: id.map(|id| Box::new(id.to_vec())) }
    }
}
