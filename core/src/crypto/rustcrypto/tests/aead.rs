use hex_literal::hex;

use super::{SUITES, provider};
use crate::crypto::{CryptoError, Provider, TAG};
use crate::wire::enums::CipherSuite;

struct AeadVector {
    suite: CipherSuite,
    key: &'static [u8],
    nonce: [u8; 12],
    additional_data: &'static [u8],
    plain: &'static [u8],
    sealed: &'static [u8],
}

const GCM_PLAIN: &[u8] = &hex!(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
);

/// Test cases 4 and 16 of the GCM specification that NIST published; RFC 8439, section 2.8.2.
const AEAD_VECTORS: [AeadVector; 3] = [
    AeadVector {
        suite: CipherSuite::TLS_AES_128_GCM_SHA256,
        key: &hex!("feffe9928665731c6d6a8f9467308308"),
        nonce: hex!("cafebabefacedbaddecaf888"),
        additional_data: &hex!("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
        plain: GCM_PLAIN,
        sealed: &hex!(
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
            "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
            "5bc94fbc3221a5db94fae95ae7121a47"
        ),
    },
    AeadVector {
        suite: CipherSuite::TLS_AES_256_GCM_SHA384,
        key: &hex!("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
        nonce: hex!("cafebabefacedbaddecaf888"),
        additional_data: &hex!("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
        plain: GCM_PLAIN,
        sealed: &hex!(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
            "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    },
    AeadVector {
        suite: CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
        key: &hex!("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
        nonce: hex!("070000004041424344454647"),
        additional_data: &hex!("50515253c0c1c2c3c4c5c6c7"),
        plain: b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the \
                 future, sunscreen would be it.",
        sealed: &hex!(
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
            "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
            "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
            "3ff4def08e4b7a9de576d26586cec64b6116"
            "1ae10b594f09e26a7e902ecbd0600691"
        ),
    },
];

#[test]
fn records_are_sealed_and_opened_where_they_lie() {
    for vector in AEAD_VECTORS.iter().filter(|vector| SUITES.contains(&vector.suite)) {
        let mut provider = provider(&[]);
        let key = provider.aead_key(vector.suite, vector.key).unwrap();
        let mut record = vector.plain.to_vec();
        record.extend([0; TAG]);
        provider.seal(&key, &vector.nonce, vector.additional_data, &mut record).unwrap();
        assert_eq!(record, vector.sealed, "{}", vector.suite);
        provider.open(&key, &vector.nonce, vector.additional_data, &mut record).unwrap();
        assert_eq!(&record[..vector.plain.len()], vector.plain);
    }
}

#[test]
fn a_record_with_one_bit_flipped_does_not_open() {
    for vector in AEAD_VECTORS.iter().filter(|vector| SUITES.contains(&vector.suite)) {
        let mut provider = provider(&[]);
        let key = provider.aead_key(vector.suite, vector.key).unwrap();
        for position in 0..vector.sealed.len() {
            let mut record = vector.sealed.to_vec();
            record[position] ^= 1;
            let result = provider.open(&key, &vector.nonce, vector.additional_data, &mut record);
            assert_eq!(result, Err(CryptoError::InvalidInput));
        }
        let mut short = [0; TAG - 1];
        let result = provider.open(&key, &vector.nonce, &[], &mut short);
        assert_eq!(result, Err(CryptoError::InvalidInput));
        assert_eq!(provider.seal(&key, &vector.nonce, &[], &mut short), Err(CryptoError::Failed));
    }
}
