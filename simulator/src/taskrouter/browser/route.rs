//! The paths of `TaskRouter` in the event bridge, as `twilio-taskrouter` builds them.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route<'a> {
    Activities,
    TaskQueues,
    Workers,
    Worker(&'a str),
    /// The channels of a worker, with their capacity.
    WorkerChannels(&'a str),
    Reservations(&'a str),
    Reservation {
        worker_sid: &'a str,
        reservation_sid: &'a str,
    },
    Transfers(&'a str),
    Tasks,
    Task(&'a str),
}

impl<'a> Route<'a> {
    /// Parses the segments of a path; `None` if they name no resource.
    #[must_use]
    pub fn parse(path: &[&'a str]) -> Option<Self> {
        let ["Workspaces", _, rest @ ..] = path else {
            return None;
        };
        match rest {
            ["Activities"] => Some(Self::Activities),
            ["TaskQueues"] => Some(Self::TaskQueues),
            ["Workers"] => Some(Self::Workers),
            ["Workers", worker] => Some(Self::Worker(worker)),
            ["Workers", worker, "WorkerChannels" | "Channels"] => {
                Some(Self::WorkerChannels(worker))
            }
            ["Workers", worker, "Reservations"] => Some(Self::Reservations(worker)),
            ["Workers", worker_sid, "Reservations", reservation_sid] => Some(Self::Reservation {
                worker_sid,
                reservation_sid,
            }),
            ["Workers", worker, "Transfers"] => Some(Self::Transfers(worker)),
            ["Tasks"] => Some(Self::Tasks),
            ["Tasks", task] => Some(Self::Task(task)),
            _ => None,
        }
    }
}
