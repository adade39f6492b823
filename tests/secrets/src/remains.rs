//! What is left in memory of something that was dropped.
#![allow(unsafe_code, reason = "nothing may be read of what was dropped")]

use std::mem::{ManuallyDrop, size_of};
use std::ptr;

use super::memcheck::unmark;

/// The bytes of something that lives.
pub(crate) fn bytes_of<T>(value: &T) -> Vec<u8> {
    read(ptr::from_ref(value).cast(), size_of::<T>())
}

/// Drops something where it lies, and says what is there then.
pub(crate) fn remains_of<T>(value: Box<T>) -> Vec<u8> {
    let place = Box::into_raw(value).cast::<ManuallyDrop<T>>();
    // SAFETY: the box was the owner, a ManuallyDrop lies as what is in it, and it is dropped this once.
    let place = unsafe {
        ManuallyDrop::drop(&mut *place);
        Box::from_raw(place)
    };
    bytes_of(&*place)
}

/// Padding among them has whatever was there.
fn read(bytes: *const u8, length: usize) -> Vec<u8> {
    // SAFETY: they lie in an allocation that lives. Nobody writes there meanwhile, and volatile reads take them as they are.
    let copy: Vec<u8> = (0..length).map(|offset| unsafe { bytes.add(offset).read_volatile() }).collect();
    unmark(&copy);
    copy
}
