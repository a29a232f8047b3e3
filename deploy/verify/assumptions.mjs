// The product's assumptions about Twilio, documented or not: what is expected, and the consequence where Twilio behaves otherwise. The
// decisions in docs/decisions name the places that depend on them.

/**
 * By name, in the order of the report. `coped`: why a difference loses nobody. `absent`: what is seen where the account does without it.
 *
 * @type {Record<string, { what: string, expected: string, coped?: string, absent?: string }>}
 */
export const ASSUMPTIONS = {
  contactUri: {
    what: "Flex writes the agent's chat identity into the worker's contact_uri",
    expected: 'client: and the identity',
    coped: 'workers are found by their name too, and the customer first of all by their address',
  },
  park: {
    what: 'An agent can park through the deployed Functions',
    expected: 'parked',
  },
  armed: {
    what: 'Parking arms a webhook whose address says who parked',
    expected: 'armed',
  },
  taskAfterPark: {
    what: "Closing the agent's participant completes the task",
    expected: 'completed',
  },
  conversationAfterPark: {
    what: 'The conversation stays open after that',
    expected: 'active',
  },
  leftParticipants: {
    what: 'A participant who has left the channel is not listed any more',
    expected: 'not listed',
  },
  taskLog: {
    what: "TaskRouter's log of the parked task shows where its conversation is",
    expected: 'it shows it',
  },
  otherAttributes: {
    what: "Other code's conversation attributes are the same after park, wake and settle",
    expected: 'the same',
  },
  restWithoutWebhooks: {
    what: 'A message made through REST fires no webhook by itself',
    expected: 'no task',
  },
  restParticipant: {
    what: "A message through REST in a participant's name bears their SID",
    expected: 'it does',
    coped: "its author is compared with the customer's address",
  },
  wake: {
    what: "The customer's message makes a task again, through the webhook",
    expected: 'a task',
  },
  wakeInTime: {
    what: 'That task is there before Twilio stops waiting for the webhook, after 5 s',
    expected: 'within 5 s',
  },
  originalRouting: {
    what: 'That task names the parking agent in its attributes',
    expected: 'originalRouting.workerSid is theirs',
  },
  timer: {
    what: "A woken conversation's timer ends within about a minute",
    expected: 'it does',
  },
  check: {
    what: 'A desktop may ask whether somebody is asked for it, and is told so',
    expected: 'alreadyRouted',
  },
  timerTold: {
    what: 'When that timer ends, Twilio tells the webhook, and the timer is set again',
    expected: 'within 20 s',
    coped: 'open desktops ask instead, and TaskRouter tells when an invite has ended',
  },
  agentWrites: {
    what: 'What an agent writes does not wake a parked conversation',
    expected: 'no task',
  },
  settle: {
    what: 'Settling leaves no webhook of ours',
    expected: 'none',
  },
  timerAfterSettle: {
    what: 'Settling takes the timer away again',
    expected: 'none',
  },
  resume: {
    what: 'The agent can resume through the deployed Functions',
    expected: 'routed',
  },
  resumedTo: {
    what: 'An invite that names a worker is offered to that worker alone',
    expected: 'to them alone',
  },
  declined: {
    what: 'When that worker declines, the task is canceled',
    expected: 'canceled',
  },
  afterDecline: {
    what: 'The conversation stays open after that',
    expected: 'active',
  },
  canceledShows: {
    what: 'A canceled task is not listed among the open ones for longer than 1.5 s',
    expected: 'within 1.5 s',
  },
  wakeAfterDecline: {
    what: "The customer's next message makes another task",
    expected: 'a task',
  },
  routedAfterDecline: {
    what: 'A message that came during a resume makes a task when that is declined',
    expected: 'a task',
  },
  declineTold: {
    what: 'TaskRouter or Event Streams tells the Functions at once that it was declined',
    expected: 'within 20 s',
    coped: "the conversation's timer and open desktops see it up to a minute later",
  },
  stateStreamed: {
    what: "Event Streams tells the Functions of a parked conversation's new state",
    expected: 'within 20 s',
    absent: 'no sink',
    coped: "TaskRouter's event callback, the conversation's timer and open desktops are independent of it",
  },
  inviteAnswer: {
    what: 'An invite answers with the SID of its task',
    expected: 'with it',
    coped: 'the list of invites is read in any case',
  },
  inviteShows: {
    what: 'An invite shows in the list of invites, with the SID of its task, within 3 s',
    expected: 'within 3 s',
  },
  agentTwice: {
    what: 'An agent who is in the channel cannot be invited again',
    expected: 'error 80102',
    coped: 'a second task is not made anyhow',
  },
  replayAfter: {
    what: 'ReplayAfter replays older messages to a new webhook that has filters',
    expected: 'replayed',
    coped: 'parking reads the last messages itself, after the webhook is armed',
  },
  replayInclusive: {
    what: 'ReplayAfter replays the message with that very index too',
    expected: 'replayed',
    coped: "the webhook's address says from which index on messages are unseen",
  },
  attributes16: {
    what: 'Conversation attributes of 16 000 bytes are taken',
    expected: 'taken',
  },
  attributes17: {
    what: 'Conversation attributes of 17 000 bytes are refused',
    expected: 'error 50304',
  },
  sixthWebhook: {
    what: 'A sixth webhook on a conversation is refused',
    expected: 'error 50361',
  },
  longUrl: {
    what: "A webhook's address of 513 characters is refused",
    expected: 'error 50372',
  },
  goneWebhook: {
    what: 'Removing a webhook that is gone is refused',
    expected: 'error 20404',
  },
  takenDocument: {
    what: 'A Sync document cannot be made twice',
    expected: 'error 54301',
  },
  oldRevision: {
    what: 'A Sync document cannot be changed from an old revision',
    expected: 'HTTP 412',
  },
  takenKey: {
    what: 'A Sync map item cannot be made twice',
    expected: 'error 54208',
  },
  largeItem: {
    what: 'A Sync map item of 17 000 bytes is refused',
    expected: 'error 54006',
  },
  inviteToClosed: {
    what: 'Nobody can be invited to a closed conversation',
    expected: 'error 45354',
  },
};

/** Behaviour that this command cannot see, and how the owner can. */
export const NOT_SEEN_HERE = [
  'Whether a function that answers later than after 5 s is still carried out: search the Functions’ log for `wake` lines with `ms` above 5000.',
  'Whether a refused localhost address has error 50388: Twilio never gets one from deployed Functions.',
  'Whether Event Streams reports the end of a task, if the event callback does too: it does what that does. See docs/operations.md, Event Streams.',
  'What the desktop shows meanwhile: Flex needs a signed-in person.',
  "What Twilio does after Flex's own Leave: see docs/operations.md, Flex's own Leave.",
];
