//! The resources of `TaskRouter` that a request of the event bridge names, by the paths that `twilio-taskrouter` builds.

/// A resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route<'a> {
    /// The workspace's activities.
    Activities,
    /// The workspace's task queues.
    TaskQueues,
    /// The workspace's workers.
    Workers,
    /// One worker.
    Worker(&'a str),
    /// A worker's capacity, channel by channel.
    WorkerChannels(&'a str),
    /// A worker's reservations.
    Reservations(&'a str),
    /// One reservation of a worker.
    Reservation(&'a str, &'a str),
    /// A worker's transfers.
    Transfers(&'a str),
    /// The workspace's tasks.
    Tasks,
    /// One task.
    Task(&'a str),
}

impl<'a> Route<'a> {
    /// Returns the resource at a path, given by its parts, if there is one.
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
            ["Workers", worker, "Reservations", reservation] => {
                Some(Self::Reservation(worker, reservation))
            }
            ["Workers", worker, "Transfers"] => Some(Self::Transfers(worker)),
            ["Tasks"] => Some(Self::Tasks),
            ["Tasks", task] => Some(Self::Task(task)),
            _ => None,
        }
    }
}
