import type { Strings } from '.';

const strings: Strings = {
  ParkInteractionButtonLabel: 'Park',
  ParkInteractionButtonLabelBusy: 'Parking…',
  ParkInteractionButton: 'Park until the customer writes',
  ParkInteractionButtonBusy: 'Parking this conversation',
  ParkInteractionButtonSeveralAgents: 'Cannot park: someone else from your team is in this conversation',
  ParkInteractionButtonInviteOpen: 'Cannot park: someone is being invited to this conversation',
  ParkInteractionWasmForbidden:
    "Parking is off: this page's content security policy does not allow WebAssembly. Please tell your admin.",
  ParkInteractionParked: 'Conversation parked. It comes back when the customer writes.',
  ParkInteractionParkedAndWoken: 'Conversation parked, but the customer had just written: it is being routed again.',
  ParkInteractionRouted: 'The conversation is being routed.',
  ParkInteractionAlreadyRouted: 'The conversation is already with an agent or on its way to one.',
  ParkInteractionNotParkable: 'This conversation cannot be parked or resumed. {{field}}',
  ParkInteractionInvalidToken: 'Your session has expired. Log in again, then try once more.',
  ParkInteractionNotAllowed: 'You may not park or resume this conversation.',
  ParkInteractionConversationClosed: 'The conversation is closed.',
  ParkInteractionSeveralAgents: 'Not parked: someone else is in this conversation or is being invited.',
  ParkInteractionTooLarge: 'Not parked: the conversation carries too much data. Please tell your admin.',
  ParkInteractionTooManyWebhooks: 'Not parked: the conversation has too many webhooks. Please tell your admin.',
  ParkInteractionNotParked: 'The conversation is not parked.',
  ParkInteractionBusy: 'The conversation is being parked or resumed right now. Try again in a moment.',
  ParkInteractionMisconfigured: 'Parking is not set up correctly. Please tell your admin: {{field}}',
  ParkInteractionTwilioUnavailable: 'Twilio is not available. Nothing has changed; try again in a moment.',
  ParkInteractionUnreachable:
    'No answer. Check your connection and whether the conversation is still yours, then try again.',
  ParkInteractionUnexpected: 'Something went wrong. Check whether the conversation is still yours, then try again.',
};

export default strings;
