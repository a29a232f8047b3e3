//! Twilsock, the WebSocket of the Conversations and Sync SDKs: requests, and notifications of changes.

mod frame;
mod session;

use std::collections::VecDeque;

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket};
use futures_util::SinkExt;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{sleep_until, Instant};

use self::session::Session;
use crate::sim::Sim;
use crate::world::event::WorldEvent;

/// Serves one connection until either side closes it.
pub async fn serve(sim: Sim, mut socket: WebSocket) {
    let mut events = sim.world.events();
    let mut pushes = sim.browser.with(&sim.world, |_, objects| objects.pushes());
    let mut session = Session::new(sim.clone());
    let mut on_their_way = VecDeque::new();
    loop {
        let frames = tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(Message::Binary(bytes))) => {
                    on_their_way.push_back((Instant::now() + sim.faults.latency(), bytes));
                    Vec::new()
                }
                Some(Ok(Message::Close(_))) => {
                    // Without an answer to its close frame, a client waits for half a minute. It may have gone
                    // already.
                    let _ = socket.close().await;
                    return;
                }
                Some(Err(_)) | None => return,
                Some(Ok(_)) => Vec::new(),
            },
            bytes = next(&mut on_their_way) => session.receive(&bytes),
            push = pushes.recv() => match push {
                Ok(push) => session.push(&push).into_iter().collect(),
                // This connection has missed pushes: close it, so that the client starts again.
                Err(_) => return,
            },
            event = events.recv() => match event {
                Ok(WorldEvent::Reset) | Err(RecvError::Closed) => return,
                Ok(WorldEvent::Typing { conversation_sid, identity }) => {
                    session.typing(&conversation_sid, &identity).into_iter().collect()
                }
                Ok(_) | Err(RecvError::Lagged(_)) => {
                    sim.browser.with(&sim.world, |_, _| ());
                    Vec::new()
                }
            },
        };
        for frame in frames {
            if socket
                .send(Message::Binary(frame.encode().into()))
                .await
                .is_err()
            {
                return;
            }
        }
    }
}

/// Waits for the next frame in the queue until its time of arrival, which includes the latency.
async fn next(on_their_way: &mut VecDeque<(Instant, Bytes)>) -> Bytes {
    let Some((arrives, bytes)) = on_their_way.front() else {
        return std::future::pending().await;
    };
    let bytes = bytes.clone();
    // A frame that has already arrived skips the timer, which takes at least a millisecond.
    if *arrives > Instant::now() {
        sleep_until(*arrives).await;
    }
    on_their_way.pop_front();
    bytes
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn frames_arrive_in_order_and_on_time() {
        let time = |ms| Instant::now() + Duration::from_millis(ms);
        let sent = [(time(30), "slow"), (time(0), "quick")];
        let mut on_their_way = sent.map(|(at, text)| (at, text.into())).into();
        for (at, text) in sent {
            assert_eq!(next(&mut on_their_way).await, text);
            assert!(Instant::now() >= at);
        }
    }
}
