//! The name of a peer as text. By hand: the formatting of the standard library costs kilobytes of flash.

use core::fmt::{self, Write};
use core::ops::Range;

use pki_types::{IpAddr, ServerName};

/// A name without its trailing dot, an address in its usual form.
#[expect(clippy::wildcard_enum_match_arm, reason = "kinds of names may be added there")]
pub(super) fn write_name(peer: &ServerName<'_>, out: &mut dyn Write) -> fmt::Result {
    match peer {
        ServerName::DnsName(name) => out.write_str(name.as_ref().trim_end_matches('.')),
        ServerName::IpAddress(IpAddr::V4(address)) => write_v4(address.as_ref(), out),
        ServerName::IpAddress(IpAddr::V6(address)) => write_v6(address.as_ref(), out),
        _ => Err(fmt::Error),
    }
}

fn write_v4(octets: &[u8; 4], out: &mut dyn Write) -> fmt::Result {
    for (place, octet) in octets.iter().enumerate() {
        if place > 0 {
            out.write_char('.')?;
        }
        write_number(u16::from(*octet), 10, out)?;
    }
    Ok(())
}

/// The longest run of zeros is left out (RFC 5952, section 4).
fn write_v6(octets: &[u8; 16], out: &mut dyn Write) -> fmt::Result {
    let (groups, _) = octets.as_chunks::<2>();
    let zeros = longest_zeros(groups);
    for (place, group) in groups.iter().enumerate() {
        if place == zeros.start && !zeros.is_empty() {
            out.write_str("::")?;
        }
        if zeros.contains(&place) {
            continue;
        }
        if place > 0 && place != zeros.end {
            out.write_char(':')?;
        }
        write_number(u16::from_be_bytes(*group), 16, out)?;
    }
    Ok(())
}

/// The first of the longest runs of at least two.
fn longest_zeros(groups: &[[u8; 2]]) -> Range<usize> {
    let mut longest = 0..0;
    let mut start = 0;
    for (place, group) in groups.iter().enumerate() {
        let end = place.saturating_add(1);
        if *group != [0, 0] {
            start = end;
        } else if end.saturating_sub(start) > longest.len().max(1) {
            longest = start..end;
        }
    }
    longest
}

/// In decimal or hexadecimal digits, without leading zeros.
fn write_number(number: u16, base: u16, out: &mut dyn Write) -> fmt::Result {
    let rest = number.checked_div(base).unwrap_or_default();
    if rest > 0 {
        write_number(rest, base, out)?;
    }
    let digit = u32::from(number.checked_rem(base).unwrap_or_default());
    out.write_char(char::from_digit(digit, 16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;
    use std::string::{String, ToString};

    use pki_types::{IpAddr, ServerName};

    use super::write_name;

    fn written(name: &ServerName<'_>) -> String {
        let mut out = String::new();
        write_name(name, &mut out).unwrap();
        out
    }

    #[test]
    fn names_lose_their_last_dot() {
        for (name, text) in [("localhost", "localhost"), ("example.test.", "example.test")] {
            assert_eq!(written(&ServerName::try_from(name).unwrap()), text);
        }
    }

    #[test]
    fn addresses_are_written_as_the_standard_library_writes_them() {
        for text in ["127.0.0.1", "0.0.0.0", "255.10.1.100"] {
            assert_eq!(written(&ServerName::try_from(text).unwrap()), text);
        }
        // Every pattern of zeros. The library has another form for addresses that hold one of IPv4.
        for pattern in 0..=255_u16 {
            let groups: [u16; 8] =
                core::array::from_fn(|place| if pattern >> place & 1 == 0 { 0 } else { 0x100 + pattern });
            let address = Ipv6Addr::from(groups);
            if address.to_string().contains('.') {
                continue;
            }
            assert_eq!(written(&ServerName::IpAddress(IpAddr::V6(groups.into()))), address.to_string());
        }
    }
}
