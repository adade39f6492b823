//! Points of the NIST curves in their uncompressed form (SEC 1, section 2.3.3): the only one that TLS 1.3 knows
//! (RFC 8446, section 4.2.8.2), and the only one that certificates carry in practice.

use elliptic_curve::point::AffineCoordinates;
use elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytes, PublicKey};

/// First byte of an uncompressed point.
const UNCOMPRESSED: u8 = 4;

/// The point, if it is one of the curve. The crate's own decoder would link the square root of the other forms.
pub(super) fn read_point<C>(bytes: &[u8]) -> Option<PublicKey<C>>
where
    C: CurveArithmetic,
    AffinePoint<C>: AffineCoordinates<FieldRepr = FieldBytes<C>>,
{
    let (&UNCOMPRESSED, coordinates) = bytes.split_first()? else {
        return None;
    };
    let (x, y) = coordinates.split_at_checked(FieldBytes::<C>::default().len())?;
    let point = AffinePoint::<C>::from_coordinates(x.try_into().ok()?, y.try_into().ok()?);
    PublicKey::from_affine(point.into_option()?).ok()
}
