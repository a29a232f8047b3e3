//! Twilsock: the connection over which the Conversations and Sync SDKs send their requests, and over which they
//! hear what has changed.

mod frame;
mod session;

use axum::extract::ws::{Message, WebSocket};
use tokio::sync::broadcast::error::RecvError;

use self::session::Session;
use crate::sim::Sim;
use crate::world::event::Event;

/// Serves one connection until either side ends it.
pub async fn serve(sim: Sim, mut socket: WebSocket) {
    let mut events = sim.world.events();
    let mut pushes = sim.browser.with(&sim.world, |_, objects| objects.pushes());
    let mut session = Session::new(sim.clone());
    loop {
        let frames = tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(Message::Binary(bytes))) => session.receive(&bytes),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => Vec::new(),
            },
            push = pushes.recv() => match push {
                Ok(push) => session.push(&push).into_iter().collect(),
                // Whoever has missed something starts anew.
                Err(_) => return,
            },
            event = events.recv() => match event {
                Ok(Event::Reset) | Err(RecvError::Closed) => return,
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
