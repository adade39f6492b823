//! The invariants I1 to I18, each over what one call did, or two. I14 is about the mode set alone, and stands there.
//!
//! A is the sum of what results reported, S of the units in records that left (drained) or were built (sealed), B the
//! units of the record that waits, D what the peer has.

#![allow(clippy::wildcard_enum_match_arm, reason = "a test names the outcomes that it is about")]

use super::driver::{Answer, Call, Moment, What};
use super::world::{Own, Renegotiation, World};
use crate::modes::read::ReadOutcome;
use crate::modes::release::{BufferState, Contents};
use crate::modes::shutdown::ShutdownOutcome;
use crate::modes::write::{BlockedBy, Close, Content, KeyUpdateRefused, Memory, WriteOutcome};
use crate::modes::{Completion, Handshake, Modes, Writing};

/// One call: under what, in which world, what happened in it, what came of it.
pub(super) struct Passage<'a> {
    pub(super) completion: Completion,
    pub(super) modes: Modes,
    pub(super) call: Call,
    pub(super) before: &'a World,
    pub(super) moments: &'a [Moment],
    pub(super) answer: Answer,
    pub(super) after: &'a World,
}

/// Whether an invariant holds.
type Holds = fn(&Passage<'_>) -> bool;

/// All that look at one passage.
pub(super) const OF_A_PASSAGE: [(&str, Holds); 16] = [
    ("I1", i1_records_follow_each_other_without_gap_or_repeat),
    ("I2", i2_a_success_reports_all_that_left_and_nothing_waits),
    ("I3", i3_never_reports_more_than_left_and_no_record_is_too_long),
    ("I4", i4_blocked_the_machine_knows_what_is_unreported),
    ("I5", i5_while_a_record_waits_no_other_is_built),
    ("I6", i6_reads_never_stand_in_the_way_of_a_retry),
    ("I7", i7_a_result_is_the_length_or_with_partial_some_of_it),
    ("I7, V7", i7_with_partial_progress_is_told_at_once),
    ("I8", i8_what_a_call_waits_for_is_what_it_says),
    ("I9", i9_failed_is_for_ever),
    ("I10", i10_no_data_before_the_handshake_is_done),
    ("I11", i11_nothing_follows_close_notify),
    ("I12", i12_a_clean_end_is_the_peers_word),
    ("I13", i13_reads_and_writes_leave_each_other_alone),
    ("I16", i16_control_leaves_between_sequences_and_each_message_is_processed_once),
    ("I18", i18_a_handshake_in_mid_connection_has_its_own_turn),
];

impl Passage<'_> {
    fn drained(&self) -> bool {
        self.completion == Completion::Drained
    }

    fn partial(&self) -> bool {
        self.modes.contains(Modes::ENABLE_PARTIAL_WRITE)
    }

    /// The world at the moment of what is built or done, wherever it is chosen.
    fn at<'a, T: 'a>(
        &'a self,
        choose: impl Fn(What) -> Option<T> + 'a,
    ) -> impl Iterator<Item = (T, &'a World)> + 'a {
        self.moments.iter().filter_map(move |moment| Some((choose(moment.what)?, &moment.world)))
    }

    fn builds(&self) -> impl Iterator<Item = (What, &World)> {
        let built = |what| matches!(what, What::Sealed(..) | What::ControlBuilt | What::CloseNotifyBuilt);
        self.at(move |what| (built(what) || is_handshake(what)).then_some(what))
    }

    /// A result that ends a write, and the world before it is reported.
    fn success(&self) -> Option<(usize, &World)> {
        let (Answer::Wrote(WriteOutcome::Return(count)), Call::Write { len: 1.., .. }) =
            (self.answer, self.call)
        else {
            return None;
        };
        self.at(move |what| matches!(what, What::Write(WriteOutcome::Return(_))).then_some(count)).last()
    }
}

fn i1_records_follow_each_other_without_gap_or_repeat(passage: &Passage<'_>) -> bool {
    let sealed = |what| if let What::Sealed(span, _) = what { Some(span) } else { None };
    let in_order = passage.at(sealed).all(|(span, world)| {
        let Call::Write { len, .. } = passage.call else { return false };
        span.start == usize::from(world.account.sealed) && !span.is_empty() && span.end <= len.into()
    });
    // What is not the same write adds nothing to the stream.
    let Call::Write { len, content, .. } = passage.call else { return in_order };
    let account = passage.before.account;
    let other = account.sealed > 0 && (len < account.offered || content == Content::Different);
    let untouched =
        (passage.before.account, passage.before.out) == (passage.after.account, passage.after.out);
    in_order && (!other || untouched || passage.after.failed.is_some())
}

fn i2_a_success_reports_all_that_left_and_nothing_waits(passage: &Passage<'_>) -> bool {
    passage.success().is_none_or(|(count, world)| {
        count == usize::from(world.account.sealed)
            && (!passage.drained() || world.out.data == 0)
            && passage.after.write.retry_span().is_none()
    })
}

fn i3_never_reports_more_than_left_and_no_record_is_too_long(passage: &Passage<'_>) -> bool {
    let reported = passage.success().is_none_or(|(count, world)| match passage.completion {
        Completion::Drained => count <= usize::from(world.left()),
        Completion::Sealed => count <= usize::from(world.account.sealed),
    });
    let sealed = |what| if let What::Sealed(span, split) = what { Some((span, split)) } else { None };
    reported && passage.at(sealed).all(|((span, split), _)| span.len() <= split)
}

fn i4_blocked_the_machine_knows_what_is_unreported(passage: &Passage<'_>) -> bool {
    let (account, left) = (passage.after.account, passage.after.left());
    let Some(span) = passage.after.write.retry_span() else { return account.sealed == 0 };
    let known = match passage.after.out.data {
        0 => span.end,
        _ => span.start,
    };
    let remembered = account.remembered.map(|(start, _)| usize::from(start));
    span.end == usize::from(account.sealed)
        && remembered == Some(span.start)
        && (!passage.drained() || known == usize::from(left))
}

fn i5_while_a_record_waits_no_other_is_built(passage: &Passage<'_>) -> bool {
    !passage.drained()
        || passage.moments.iter().all(|Moment { what, world }| match what {
            // What the machine asks for, before the driver looks whether there is room. What an abandoned write has
            // left behind is no record of this one.
            What::Write(WriteOutcome::Seal(_)) => {
                (world.out.data == 0 || world.account.sealed == 0) && !world.out.control
            }
            What::Sealed(..) => world.out_contents() == Contents::Nothing,
            What::ControlBuilt | What::CloseNotifyBuilt => world.out.data == 0 || world.account.sealed == 0,
            what => !is_handshake(*what) || world.out.data == 0 || world.account.sealed == 0,
        })
}

/// Whether messages of a renegotiation were built.
fn is_handshake(what: What) -> bool {
    #[cfg(feature = "tls12")]
    return what == What::HandshakeBuilt;
    #[cfg(not(feature = "tls12"))]
    return false & (what == What::ControlBuilt);
}

fn i6_reads_never_stand_in_the_way_of_a_retry(passage: &Passage<'_>) -> bool {
    let pending = passage.before.write.retry_span().is_some();
    let sends = passage.at(|what| (what == What::Read(ReadOutcome::SendControl)).then_some(()));
    let waits = passage.answer == Answer::Read(ReadOutcome::WantDriver);
    let shaking = passage.after.handshake == Handshake::InProgress;
    !pending || sends.count() == 0 && (!waits || shaking)
}

fn i7_a_result_is_the_length_or_with_partial_some_of_it(passage: &Passage<'_>) -> bool {
    match (passage.answer, passage.call) {
        (Answer::Wrote(WriteOutcome::Return(count)), Call::Write { len, .. }) => {
            let len = usize::from(len);
            count == len || passage.partial() && 0 < count && count < len
        }
        (Answer::Read(ReadOutcome::Deliver(0)), Call::Read { len, .. }) => {
            len == 0 && passage.after.inbound.unread > 0
        }
        (Answer::Read(ReadOutcome::Deliver(count)), Call::Read { len, .. }) => count <= len.into(),
        _ => true,
    }
}

/// V7: drained, a call lets one record leave at most and then returns; no call is blocked that got on. A warning behind the
/// record counts as a part of it.
fn i7_with_partial_progress_is_told_at_once(passage: &Passage<'_>) -> bool {
    let (before, after) = (passage.before, passage.after);
    let built = passage.at(|what| matches!(what, What::Sealed(..)).then_some(())).count();
    let waited = usize::from(before.account.sealed > 0 && before.out.data > 0);
    let blocked = matches!(passage.answer, Answer::Wrote(WriteOutcome::Blocked { .. }));
    match passage.completion {
        _ if !passage.partial() => true,
        Completion::Drained => {
            let got_on = before.left() != after.left() && !after.out.warning;
            built + waited <= 1 && !(blocked && got_on)
        }
        Completion::Sealed => !blocked || after.account.sealed == 0,
    }
}

fn i8_what_a_call_waits_for_is_what_it_says(passage: &Passage<'_>) -> bool {
    let after = passage.after;
    let leaves = after.out_contents() == Contents::Bytes || after.outgoing == BufferState::Released;
    let shaking = after.handshake == Handshake::InProgress;
    let looked = passage.at(|what| (what == What::NothingCame).then_some(())).count() > 0;
    match passage.answer {
        Answer::Wrote(WriteOutcome::Blocked { by: BlockedBy::Outgoing, .. }) => leaves,
        Answer::Wrote(WriteOutcome::Blocked { by: BlockedBy::Driver, .. }) => shaking || leaves,
        Answer::Read(ReadOutcome::WantDriver) => shaking || leaves,
        Answer::Shut(ShutdownOutcome::WantOutgoing) => leaves || after.write.writing() == Writing::InSequence,
        Answer::Read(ReadOutcome::WantIncoming) | Answer::Shut(ShutdownOutcome::WantIncoming) => {
            looked && after.inbound.unread == 0 && after.inbound.met.is_none()
        }
        Answer::Shut(ShutdownOutcome::Unread) => after.inbound.unread > 0,
        Answer::Read(ReadOutcome::Progress) | Answer::Shut(ShutdownOutcome::Progress) => {
            !passage.modes.contains(Modes::AUTO_RETRY)
        }
        _ => true,
    }
}

fn i9_failed_is_for_ever(passage: &Passage<'_>) -> bool {
    let says_so = matches!(
        passage.answer,
        Answer::Wrote(WriteOutcome::Failed)
            | Answer::Read(ReadOutcome::Failed | ReadOutcome::Truncated)
            | Answer::Shut(ShutdownOutcome::Failed)
            | Answer::KeyUpdate(Some(KeyUpdateRefused::Failed))
    ) || passage.answer.is_failed_renegotiation();
    let silent = passage.answer == Answer::Nothing;
    let again = passage.answer != Answer::Read(ReadOutcome::Truncated);
    match (passage.before.failed, passage.after.failed) {
        (None, None) => !says_so,
        (None, Some(_)) => says_so || silent,
        (before, after) => before == after && (says_so || silent) && again && passage.builds().count() == 0,
    }
}

fn i10_no_data_before_the_handshake_is_done(passage: &Passage<'_>) -> bool {
    let sealed = |what| matches!(what, What::Sealed(..)).then_some(());
    passage.at(sealed).all(|(_, world)| world.handshake == Handshake::Done)
}

fn i11_nothing_follows_close_notify(passage: &Passage<'_>) -> bool {
    let closed = passage.after.account.close_notify && passage.after.write.writing() != Writing::Over;
    !closed && passage.builds().all(|(_, world)| !world.account.close_notify)
}

fn i12_a_clean_end_is_the_peers_word(passage: &Passage<'_>) -> bool {
    let after = passage.after;
    let clean = after.account.clean;
    let says_so =
        matches!(passage.answer, Answer::Read(ReadOutcome::Closed) | Answer::Shut(ShutdownOutcome::Both));
    let both = passage.answer == Answer::Shut(ShutdownOutcome::Both);
    (!says_so || clean) && (!both || after.account.close_notify) && after.read.is_closed() == clean
}

fn i13_reads_and_writes_leave_each_other_alone(passage: &Passage<'_>) -> bool {
    let (before, after) = (passage.before, passage.after);
    if after.failed.is_some() {
        return true;
    }
    let writes =
        |world: &World| (world.write, world.account.sealed, world.account.offered, world.account.remembered);
    let reads = |world: &World| (world.read, world.inbound, world.account.clean, world.incoming);
    match passage.call {
        Call::Read { .. } => writes(before) == writes(after),
        // The driver of a renegotiation meets what is there.
        Call::Write { .. } if passage.moments.iter().any(|moment| moment.world.renegotiation.is_begun()) => {
            true
        }
        Call::Write { .. } => {
            let (before, after) = (reads(before), reads(after));
            (before.0, before.1, before.2) == (after.0, after.1, after.2)
        }
        _ => true,
    }
}

fn i16_control_leaves_between_sequences_and_each_message_is_processed_once(passage: &Passage<'_>) -> bool {
    passage.moments.iter().all(|Moment { what, world }| match what {
        What::ControlBuilt => world.account.sealed == 0,
        What::CloseNotifyBuilt => world.control != Own::Queued, // V11
        What::Processed => {
            let may_send = passage.drained() && world.account.sealed == 0 && !world.account.close_notify;
            !may_send || world.control == Own::None
        }
        What::Read(ReadOutcome::Process) | What::Shutdown(ShutdownOutcome::Process) => {
            world.inbound.met.is_some()
        }
        _ => true,
    })
}

/// While it is in progress records are its driver's to take. What was noted begins where no write is pending, nothing of ours
/// waits, nothing was read ahead (drained), and both directions are open, and none begins behind our close (R12). No record
/// of data is met once our last flight is built.
fn i18_a_handshake_in_mid_connection_has_its_own_turn(passage: &Passage<'_>) -> bool {
    let after = passage.after;
    let delivers = matches!(passage.answer, Answer::Read(ReadOutcome::Deliver(1..)));
    let turns = passage.moments.iter().all(|Moment { what, world }| match what {
        What::Read(ReadOutcome::Fetch) | What::Shutdown(ShutdownOutcome::Fetch) => {
            world.handshake == Handshake::Done
        }
        #[cfg(feature = "tls12")]
        What::Begins(read_ahead) => {
            world.account.sealed == 0
                && world.control == Own::None
                && !(passage.drained() && *read_ahead == crate::modes::ReadAhead::Holds)
                && world.write.close() == Close::Open
                && !world.account.clean
        }
        _ => true,
    });
    let begins = !passage.before.renegotiation.is_begun() && after.renegotiation.is_begun();
    let rest = passage.before.inbound.unread > 0;
    let in_time = rest || after.renegotiation != Renegotiation::Last;
    turns && (!delivers || in_time) && !(begins && passage.before.write.close() != Close::Open)
}

/// What a call made of a world.
pub(super) type Made = (World, Answer);

/// The same write, over a transport that takes all, is a result.
pub(super) fn i6_the_same_write_succeeds_once_the_transport_takes_it(made: &Made) -> bool {
    let (world, answer) = made;
    matches!(answer, Answer::Wrote(WriteOutcome::Return(1..))) && world.write.retry_span().is_none()
}

/// With the mode the same call returns the same; and with it a buffer is there only while it holds bytes.
pub(super) fn i15_release_changes_memory_alone(without: &Made, with: &Made) -> bool {
    let all_there = |made: &Made| {
        let (incoming, outgoing) = (BufferState::Attached, BufferState::Attached);
        (World { incoming, outgoing, ..made.0 }, made.1)
    };
    let world = &with.0;
    all_there(without) == all_there(with)
        && (world.incoming == BufferState::Attached) == (world.in_contents() == Contents::Bytes)
        && (world.outgoing == BufferState::Attached) == (world.out_contents() == Contents::Bytes)
}

/// What was blocked or refused is so again where nothing happened in between.
pub(super) fn i17_an_unchanged_environment_repeats_its_result(first: &Made, again: &Made) -> bool {
    let repeats = match first.1 {
        Answer::Wrote(WriteOutcome::Blocked { by, .. }) => {
            again.1 == Answer::Wrote(WriteOutcome::Blocked { by, memory: Memory::Keep })
        }
        Answer::Wrote(WriteOutcome::Return(1..) | WriteOutcome::Abandoned(_))
        | Answer::Nothing
        | Answer::Read(ReadOutcome::Deliver(1..) | ReadOutcome::Progress | ReadOutcome::Truncated)
        | Answer::Shut(ShutdownOutcome::Sent | ShutdownOutcome::Progress)
        | Answer::KeyUpdate(None) => return true,
        answer => again.1 == answer,
    };
    repeats && first.0 == again.0
}
