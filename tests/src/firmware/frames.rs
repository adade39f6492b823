//! The other end of the program `many`: its frames on one side, a peer for each channel on the other.
//!
//! A frame begins with a byte, two bits of kind and six of channel, and a length. The device is sent no more of a channel's
//! bytes than it made room for.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc::{self, Sender};
use std::thread;

const DATA: u8 = 0;
const WAITING: u8 = 1;
const ROOM: u8 = 2;

enum Event {
    /// A frame of the device.
    Frame { head: u8, length: u8, data: Vec<u8> },
    /// Bytes of a channel's peer.
    Bytes { channel: usize, bytes: Vec<u8> },
    /// The device has gone.
    End,
}

/// A channel and its peer.
struct Channel {
    number: u8,
    peer: TcpStream,
    /// What the device has made no room for yet.
    pending: Vec<u8>,
    room: usize,
    /// The device was told that bytes wait.
    has_told: bool,
}

/// Connects a channel with each peer and passes bytes until the device ends.
///
/// # Errors
/// What is wrong with the frames, or with a socket.
pub fn serve(device: TcpStream, peers: &[SocketAddr]) -> io::Result<()> {
    let (sender, events) = mpsc::channel();
    let mut channels = Vec::new();
    for (number, address) in (0..).zip(peers) {
        let peer = TcpStream::connect(address)?;
        hear_peer(usize::from(number), peer.try_clone()?, sender.clone());
        channels.push(Channel { number, peer, pending: Vec::new(), room: 0, has_told: false });
    }
    let listening = device.try_clone()?;
    thread::spawn(move || hear_device(listening, &sender));
    for event in events {
        let channel = match event {
            Event::End => break,
            Event::Bytes { channel, bytes } => {
                channels[channel].pending.extend(bytes);
                &mut channels[channel]
            }
            Event::Frame { head, length, data } => {
                let channel = channels.get_mut(usize::from(head & 0x3f)).ok_or(io::ErrorKind::InvalidData)?;
                channel.on_frame(head >> 6, length, &data)?;
                channel
            }
        };
        // A device that has just ended takes nothing more.
        let _ = channel.send(&device);
    }
    // Fails where the peer was quicker.
    channels.iter().for_each(|channel| drop(channel.peer.shutdown(Shutdown::Both)));
    Ok(())
}

impl Channel {
    fn on_frame(&mut self, kind: u8, length: u8, data: &[u8]) -> io::Result<()> {
        match kind {
            // A peer that has closed takes nothing more.
            DATA => drop(self.peer.write_all(data)),
            ROOM => {
                self.room += usize::from(length);
                self.has_told = false;
            }
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
        Ok(())
    }

    /// Sends what there is room for, and says so if there is more.
    fn send(&mut self, mut device: &TcpStream) -> io::Result<()> {
        while self.room.min(self.pending.len()) > 0 {
            let length = self.room.min(self.pending.len()).min(255);
            let bytes: Vec<u8> = self.pending.drain(..length).collect();
            device.write_all(&[&[DATA << 6 | self.number, length as u8], &bytes[..]].concat())?;
            self.room -= length;
        }
        if !self.pending.is_empty() && !self.has_told {
            self.has_told = true;
            device.write_all(&[WAITING << 6 | self.number, 0])?;
        }
        Ok(())
    }
}

fn hear_peer(channel: usize, mut peer: TcpStream, sender: Sender<Event>) {
    thread::spawn(move || {
        let mut piece = vec![0; 4096];
        while let Ok(count @ 1..) = peer.read(&mut piece) {
            if sender.send(Event::Bytes { channel, bytes: piece[..count].to_vec() }).is_err() {
                return;
            }
        }
    });
}

fn hear_device(mut device: TcpStream, sender: &Sender<Event>) {
    while let Ok(frame) = read_frame(&mut device) {
        if sender.send(frame).is_err() {
            return;
        }
    }
    // Who is told may have gone first.
    let _ = sender.send(Event::End);
}

fn read_frame(device: &mut TcpStream) -> io::Result<Event> {
    let mut head = [0; 2];
    device.read_exact(&mut head)?;
    let [head, length] = head;
    let mut data = vec![0; if head >> 6 == DATA { usize::from(length) } else { 0 }];
    device.read_exact(&mut data)?;
    Ok(Event::Frame { head, length, data })
}
