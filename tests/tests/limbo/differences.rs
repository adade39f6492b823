//! Where the verdict is another than the collection expects, and why.

/// Cases of one reason.
pub(crate) struct Difference {
    /// Why.
    pub(crate) reason: &'static str,
    /// Whether the engine accepts what the collection refuses.
    pub(crate) accepted: bool,
    /// Their names.
    pub(crate) cases: &'static [&'static str],
}

/// All of them. The engine's verdict on each is rustls-webpki's.
pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        reason: "a root is trusted for its name and key: nothing else in it is looked at but name constraints",
        accepted: true,
        cases: &[
            "crl::issuer-missing-crlsign",
            "rfc5280::root-inconsistent-ca-extensions",
            "rfc5280::root-missing-basic-constraints",
            "rfc5280::root-non-critical-basic-constraints",
            "rfc5280::ski::root-missing-ski",
            "rfc5280::unknown-critical-extension-root",
            "rfc5280::validity::expired-root",
            "webpki::aki::root-with-aki-all-fields",
            "webpki::aki::root-with-aki-authoritycertissuer",
            "webpki::aki::root-with-aki-authoritycertserialnumber",
            "webpki::aki::root-with-aki-missing-keyidentifier",
            "webpki::aki::root-with-aki-ski-mismatch",
            "webpki::eku::root-has-eku",
            "webpki::forbidden-rsa-not-divisible-by-8-in-root",
        ],
    },
    Difference {
        reason: "key identifiers only help to find a path, and the signatures decide",
        accepted: true,
        cases: &[
            "rfc5280::aki::critical-aki",
            "rfc5280::aki::cross-signed-root-missing-aki",
            "rfc5280::aki::intermediate-missing-aki",
            "rfc5280::aki::leaf-missing-aki",
            "rfc5280::ski::critical-ski",
            "rfc5280::ski::intermediate-missing-ski",
        ],
    },
    Difference {
        reason: "the common name is never looked at, so that it may differ from the alternative names",
        accepted: true,
        cases: &[
            "webpki::cn::case-mismatch",
            "webpki::cn::ipv4-hex-mismatch",
            "webpki::cn::ipv4-leading-zeros-mismatch",
            "webpki::cn::ipv6-non-rfc5952-mismatch",
            "webpki::cn::ipv6-uncompressed-mismatch",
            "webpki::cn::ipv6-uppercase-mismatch",
            "webpki::cn::not-in-san",
            "webpki::cn::punycode-not-in-san",
            "webpki::cn::utf8-vs-punycode-mismatch",
        ],
    },
    Difference {
        reason: "the key of a leaf is judged when its signature of the handshake is verified: no algorithm takes these",
        accepted: true,
        cases: &[
            "webpki::forbidden-dsa-leaf",
            "webpki::forbidden-p192-leaf",
            "webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf",
            "webpki::forbidden-weak-rsa-in-leaf",
        ],
    },
    Difference {
        reason: "a rule for those who issue certificates, of no consequence for whom they are valid",
        accepted: true,
        cases: &[
            "rfc5280::ca-empty-subject",
            "rfc5280::leaf-ku-keycertsign",
            "rfc5280::nc::invalid-dnsname-leading-period",
            "rfc5280::nc::not-allowed-in-ee-critical",
            "rfc5280::nc::not-allowed-in-ee-noncritical",
            "rfc5280::nc::permitted-dns-match-noncritical",
            "rfc5280::pc::ica-noncritical-pc",
            "rfc5280::san::noncritical-with-empty-subject",
            "rfc5280::san::underscore-dns",
            "rfc5280::serial::too-long",
            "rfc5280::serial::zero",
            "webpki::eku::ee-anyeku",
            "webpki::eku::ee-critical-eku",
            "webpki::eku::ee-without-eku",
            "webpki::malformed-aia",
            "webpki::nc::intermediate-permitted-excluded-subtrees-both-empty-sequences",
            "webpki::nc::intermediate-permitted-excluded-subtrees-both-null",
            "webpki::san::san-critical-with-nonempty-subject",
        ],
    },
    Difference {
        reason: "the list of public suffixes is not known here",
        accepted: true,
        cases: &[
            "webpki::san::public-suffix-multi-label-wildcard-san",
            "webpki::san::public-suffix-private-namespace-wildcard-san",
        ],
    },
    Difference {
        reason: "the number of a revocation list is not looked at",
        accepted: true,
        cases: &["crl::crlnumber-critical", "crl::crlnumber-missing"],
    },
    Difference {
        reason: "the length of a path can't be chosen; six issuers are followed",
        accepted: true,
        cases: &["pathlen::max-chain-depth-0-exhausted", "pathlen::max-chain-depth-1-exhausted"],
    },
    Difference {
        reason: "stricter: a certificate of an authority is nobody's leaf",
        accepted: false,
        cases: &["pathlen::validation-ignores-pathlen-in-leaf", "rfc5280::ca-as-leaf"],
    },
    Difference {
        reason: "stricter: name constraints of other kinds than DNS names and addresses are refused where they would have to hold",
        accepted: false,
        cases: &[
            "rfc5280::nc::nc-permits-email-domain",
            "rfc5280::nc::nc-permits-email-exact",
            "rfc5280::nc::nc-permits-email-literal-asterisk-exact-match",
            "rfc5280::nc::nc-permits-email-literal-double-asterisk",
            "rfc5280::nc::nc-permits-email-literal-mid-asterisk",
            "rfc5280::nc::permitted-dn-match",
        ],
    },
    Difference {
        reason: "stricter: an intermediate of the root's own name is taken for the root, whose key did not sign",
        accepted: false,
        cases: &["pathlen::self-issued-certs-pathlen", "rfc5280::nc::permitted-self-issued"],
    },
];
