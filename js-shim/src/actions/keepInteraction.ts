import type { Context } from '../context';
import { registerRowAction } from './perform';

export const KEEP_INTERACTION = 'KeepParkedInteraction';

/** Registers the action `KeepParkedInteraction`, which takes `{ ConversationSid }`: the longest wait of the conversation begins again. */
export const registerKeep = (context: Context): void => registerRowAction(context, KEEP_INTERACTION, 'keep');
