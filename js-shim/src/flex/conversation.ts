import type { FlexState, ITask } from '@twilio/flex-ui';

type ConversationState = FlexState['flex']['chat']['conversations'][string];

/** Flex's state of the task's conversation, while it has one. */
export const conversationOf = (state: FlexState, task: ITask | undefined): ConversationState | undefined =>
  state.flex.chat.conversations[task?.attributes?.conversationSid];

/** Index of the last message that the agent's screen holds. */
export const lastMessageIndex = (conversation: ConversationState | undefined): number | undefined =>
  conversation?.messages.slice(-1)[0]?.index;

/** The states of the conversation's transfers, however Flex keeps them. */
export const transfers = (conversation: ConversationState | undefined, task: ITask): unknown[] => [
  ...(conversation?.transfers ?? []).map((transfer) => transfer.status),
  task.outgoingTransferObject?.status,
];
