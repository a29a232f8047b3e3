/** The action that restarts the longest wait of a parked conversation. It takes `{ ConversationSid }`. */
export const KEEP_INTERACTION = 'KeepParkedInteraction';
