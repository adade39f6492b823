//! The versions that connections use: SSL_CTX_set_min_proto_version(3).

use tidegate::config::Versions;
use tidegate::wire::enums::ProtocolVersion;

/// From SSL 3.0 to TLS 1.3: a bound may be a version that nobody here speaks.
const KNOWN: std::ops::RangeInclusive<u16> = 0x0300..=0x0304;

/// No bound.
const NONE: ProtocolVersion = ProtocolVersion(0);

/// The lowest and the highest version to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) min: ProtocolVersion,
    pub(super) max: ProtocolVersion,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { min: NONE, max: NONE }
    }
}

impl Bounds {
    /// 1, or 0 where there is no such version.
    pub(super) fn set_min(&mut self, version: ProtocolVersion) -> i32 {
        set(&mut self.min, version)
    }

    /// 1, or 0 where there is no such version.
    pub(super) fn set_max(&mut self, version: ProtocolVersion) -> i32 {
        set(&mut self.max, version)
    }

    /// Those of `versions` that lie between the bounds; none where none does.
    pub(super) fn narrow(self, versions: Versions) -> Option<Versions> {
        let (has_12, has_13) = match versions {
            Versions::Tls12 => (true, false),
            Versions::Tls13 => (false, true),
            Versions::Both => (true, true),
        };
        let tls12 = has_12 && self.contain(ProtocolVersion::TLS_1_2);
        let tls13 = has_13 && self.contain(ProtocolVersion::TLS_1_3);
        match (tls12, tls13) {
            (true, true) => Some(Versions::Both),
            (true, false) => Some(Versions::Tls12),
            (false, true) => Some(Versions::Tls13),
            (false, false) => None,
        }
    }

    fn contain(self, version: ProtocolVersion) -> bool {
        self.min.0 <= version.0 && (self.max == NONE || version.0 <= self.max.0)
    }
}

fn set(bound: &mut ProtocolVersion, version: ProtocolVersion) -> i32 {
    if version != NONE && !KNOWN.contains(&version.0) {
        return 0;
    }
    *bound = version;
    1
}

/// What `SSL_get_version` says.
pub(super) const fn name(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::TLS_1_2 => "TLSv1.2",
        ProtocolVersion::TLS_1_3 => "TLSv1.3",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::{Bounds, NONE, ProtocolVersion, Versions};

    #[test]
    fn bounds_are_those_of_the_manual_page() {
        let (v11, v12, v13) = (ProtocolVersion(0x0302), ProtocolVersion::TLS_1_2, ProtocolVersion::TLS_1_3);
        for (min, max, expected) in [
            (NONE, NONE, Some(Versions::Both)),
            (v11, NONE, Some(Versions::Both)),
            (v12, v12, Some(Versions::Tls12)),
            (v13, NONE, Some(Versions::Tls13)),
            (NONE, v12, Some(Versions::Tls12)),
            (NONE, v11, None),
            (v13, v12, None),
        ] {
            let mut bounds = Bounds::default();
            assert_eq!((bounds.set_min(min), bounds.set_max(max)), (1, 1));
            assert_eq!(bounds.narrow(Versions::Both), expected, "{min} to {max}");
        }
        assert_eq!(Bounds { min: v13, max: NONE }.narrow(Versions::Tls12), None);
    }

    #[test]
    fn what_is_no_version_is_no_bound() {
        let mut bounds = Bounds::default();
        let beyond = ProtocolVersion(0x0305);
        assert_eq!((bounds.set_min(beyond), bounds.set_max(ProtocolVersion(2))), (0, 0));
        assert_eq!(bounds, Bounds::default());
    }
}
