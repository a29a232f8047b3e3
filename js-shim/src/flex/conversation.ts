import type { FlexState, ITask } from '@twilio/flex-ui';

import type { ScreenView } from '../core/generated/glue';

type ConversationState = FlexState['flex']['chat']['conversations'][string];

/** The time in which Flex loads a conversation. */
export const LOADED_WITHIN_MS = 60_000;

/** Returns Flex's state of a conversation, if Flex has it. */
export const conversationOfSid = (state: FlexState, conversationSid: string): ConversationState | undefined =>
  state.flex.chat.conversations[conversationSid];

/** Returns Flex's state of the task's conversation, if Flex has it. */
export const conversationOf = (state: FlexState, task: ITask | undefined): ConversationState | undefined =>
  conversationOfSid(state, task?.attributes?.conversationSid);

/** Returns the message box of the selected task. */
export const messageBox = () => document.querySelector<HTMLTextAreaElement>('[data-testid="message-input"]');

/** Returns the index of the last message on the agent's screen. */
export const lastMessageIndex = (conversation: ConversationState | undefined): number | undefined =>
  conversation?.messages.slice(-1)[0]?.index;

/** Returns the statuses of the conversation's transfers, from both places where Flex keeps them. */
export const transfers = (conversation: ConversationState | undefined, task: ITask): unknown[] => [
  ...(conversation?.transfers ?? []).map((transfer) => transfer.status),
  task.outgoingTransferObject?.status,
];

/** Returns the authors and times of the messages on the agent's screen, oldest first. */
export const authors = (conversation: ConversationState | undefined): [author: unknown, at: unknown][] =>
  (conversation?.messages ?? []).map(({ source }) => [source?.author, source?.dateCreated?.getTime()]);

/** Returns the messages on the agent's screen, for the row of the list. */
export function onScreen(state: FlexState, task: ITask | undefined): ScreenView {
  const conversation = conversationOf(state, task);
  const last = conversation?.messages.slice(-1)[0];
  return {
    lastMessage: last && [last.source.body, last.isFromMe, !!last.source.attachedMedia?.length],
    messages: authors(conversation),
  };
}
