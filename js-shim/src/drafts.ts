// Half-written replies of parked conversations, kept in the browser for the agent's return.

import type { Manager } from '@twilio/flex-ui';
import type * as Flex from '@twilio/flex-ui';

import { conversationOfSid, LOADED_WITHIN_MS } from './flex/conversation';
import { hasAcceptedTaskFor } from './flex/task';
import { until } from './flex/until';
import { kept } from './kept';

const MOST = 50;
const LONGEST = 10_000;
const LIFE_MS = 30 * 86_400_000;

type Draft = [conversationSid: string, text: string, at: number];

const drafts = (manager: Manager) => kept<Draft>(manager, 'drafts');

/** Returns the drafts, newest first. */
const read = (manager: Manager) =>
  drafts(manager)
    .read()
    .filter(([, , at]) => at > Date.now() - LIFE_MS);

/** Replaces the draft of a conversation; an empty text removes it. */
function write(manager: Manager, conversationSid: string, text: string): void {
  const others = read(manager).filter(([sid]) => sid !== conversationSid);
  const own: Draft[] = text ? [[conversationSid, text.slice(0, LONGEST), Date.now()]] : [];
  drafts(manager).write([...own, ...others].slice(0, MOST));
}

/** Keeps the text in the message box of a conversation, if there is any: `shown`, or else Flex's state of it. */
export function keepDraft(manager: Manager, conversationSid: string, shown?: string): void {
  const text = shown ?? inputOf(manager, conversationSid)?.inputText;
  if (text?.trim()) write(manager, conversationSid, text);
}

/** Forgets the draft of a conversation that stays with the agent. */
export const dropDraft = (manager: Manager, conversationSid: string): void => write(manager, conversationSid, '');

/** Returns the number of files that the agent has chosen for the next message. */
export const filesChosen = (manager: Manager, conversationSid: string | undefined): number =>
  inputOf(manager, conversationSid)?.attachedFiles?.length ?? 0;

/** The conversations whose draft is being put back. */
const returning = new Set<unknown>();

/** Keeps the customer from seeing that somebody types when a draft is put back. */
export function addDrafts({ Actions }: typeof Flex): void {
  Actions.addListener('beforeSendTyping', ({ conversationSid, conversation }, cancel) => {
    if (returning.has(conversationSid ?? conversation?.source?.sid)) cancel();
  });
}

/** Puts the draft of a conversation that the agent has again into its message box, once Flex has loaded it. */
export async function putBackDraft(
  { flex, manager }: { flex: typeof Flex; manager: Manager },
  conversationSid: string,
): Promise<void> {
  if (!read(manager).some(([sid]) => sid === conversationSid)) return;
  const loaded = () => {
    const conversation = conversationOfSid(manager.store.getState(), conversationSid);
    const isReady = conversation?.source && !conversation.isLoadingConversation && !conversation.isLoadingMessages;
    return isReady && hasAcceptedTaskFor(manager, conversationSid) ? conversation : undefined;
  };
  const conversation = await until(manager, loaded, LOADED_WITHIN_MS);
  // Another tab may have put it back by now.
  const draft = read(manager).find(([sid]) => sid === conversationSid);
  if (!conversation || !draft) return;
  dropDraft(manager, conversationSid);
  if (inputOf(manager, conversationSid)?.inputText) return;
  const [, body] = draft;
  returning.add(conversationSid);
  try {
    const selection = { selectionStart: body.length, selectionEnd: body.length };
    await flex.Actions.invokeAction('SetInputText', { conversation, conversationSid, body, ...selection });
  } catch (error) {
    write(manager, conversationSid, body);
    throw error;
  } finally {
    returning.delete(conversationSid);
  }
}

const inputOf = (manager: Manager, conversationSid: string | undefined) =>
  manager.store.getState().flex.chat.conversationInput[conversationSid ?? ''];
