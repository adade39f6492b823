//! What it was measured on.

use std::fs;

/// The processor, as the system calls it.
pub(crate) fn name() -> String {
    let told = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = told.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(|| format!("a processor of {}", std::env::consts::ARCH), |(_, name)| name.to_owned())
}

/// What it has of that which libraries look for.
pub(crate) fn features() -> Vec<&'static str> {
    #[cfg(target_arch = "x86_64")]
    let all = [
        ("AES", std::arch::is_x86_feature_detected!("aes")),
        ("VAES", std::arch::is_x86_feature_detected!("vaes")),
        ("AVX2", std::arch::is_x86_feature_detected!("avx2")),
        ("AVX-512", std::arch::is_x86_feature_detected!("avx512bw")),
        ("SHA", std::arch::is_x86_feature_detected!("sha")),
        ("ADX", std::arch::is_x86_feature_detected!("adx")),
    ];
    #[cfg(target_arch = "aarch64")]
    let all = [
        ("AES", std::arch::is_aarch64_feature_detected!("aes")),
        ("SHA-2", std::arch::is_aarch64_feature_detected!("sha2")),
        ("SHA-3", std::arch::is_aarch64_feature_detected!("sha3")),
    ];
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let all = [];
    all.into_iter().filter_map(|(name, is_there)| is_there.then_some(name)).collect()
}
