// The batch of this page: its actions, its progress and its results. It goes on while other views are shown.

import * as React from 'react';

import { CHANGE_INTERACTION } from '../../../actions/changeInteraction';
import { END_INTERACTION, GIVE_INTERACTION } from '../../../actions/endInteraction';
import type { NotDone } from '../../../actions/perform';
import { quietly, type Notice } from '../../../actions/quiet';
import { UNPARK_INTERACTION } from '../../../actions/unparkInteraction';
import type { Context } from '../../../context';
import type { BatchCounts, Row } from '../../../core/generated/glue';
import { logoutSignal } from '../../../flex/session';
import { roomFor } from '../../../list/waits';
import type { Key } from '../../../strings';
import { formatsOf, type Formats } from '../../../strings/format';
import { announce, NOTICES } from '../../Notices';

/** The action of a batch. */
export type Deed = 'resume' | 'give' | 'change' | 'end';

const ACTIONS: Record<Deed, string> = {
  resume: UNPARK_INTERACTION,
  give: GIVE_INTERACTION,
  change: CHANGE_INTERACTION,
  end: END_INTERACTION,
};

const PROGRESS: Record<Deed, Key> = {
  resume: 'ParkInteractionBulkResuming',
  give: 'ParkInteractionBulkGiving',
  change: 'ParkInteractionBulkChanging',
  end: 'ParkInteractionBulkEnding',
};

const DONE: Record<Deed, Key> = {
  resume: 'ParkInteractionBulkResumed',
  give: 'ParkInteractionBulkGiven',
  change: 'ParkInteractionBulkChanged',
  end: 'ParkInteractionBulkEnded',
};

/** A conversation for which the action was not done, or that somebody has to look at. */
export interface Failure {
  conversationSid: string;
  customer: string;
  /** The reason, for the agent. */
  text: string;
}

/** A batch, from its start until the agent has done with its results. */
export interface Run {
  /** The agent whose conversations it hands over, if it does. */
  about?: string;
  total: number;
  /** The number of conversations without a result so far. */
  left: number;
  isOver: boolean;
  /** The progress, or the result, for the agent. */
  words: string;
  cancel: () => void;
  /** Returns the conversations that the action has failed for so far, in their order. */
  failures: () => Failure[];
  /** Returns the reason for which the action has failed for a conversation, if it has. */
  failureOf: (conversationSid: string) => string | undefined;
}

/** The time within which an action ends, in milliseconds: far longer than its calls. Another plugin may hold it up for ever. */
const ENDS_WITHIN_MS = 60_000;

let run: Run | undefined;
const listeners = new Set<() => void>();

function changed(now: Run | undefined): void {
  run = now;
  listeners.forEach((listener) => listener());
}

/** Returns the batch of this page, if there is one, and draws again when it changes. */
export function useRun(): Run | undefined {
  return useOfRun(itself);
}

const itself = (now: Run | undefined) => now;

/** Returns what `select` finds in the batch of this page, and draws again when that changes. */
export function useOfRun<Found>(select: (now: Run | undefined) => Found): Found {
  const [found, setFound] = React.useState(() => select(run));
  React.useEffect(() => {
    const update = () => setFound(() => select(run));
    update();
    listeners.add(update);
    return () => void listeners.delete(update);
  }, [select]);
  return found;
}

/** The number of bars on the page, which show the batch. */
let bars = 0;

/** Says that the calling component shows the batch, as long as it is drawn. */
export const useAsBar = (): void =>
  React.useEffect(() => {
    bars += 1;
    return () => void (bars -= 1);
  }, []);

/** Returns true if a bar shows the batch. */
export const isInBar = (): boolean => bars > 0;

/** Forgets the results. */
export const dismissRun = (): void => changed(undefined);

/**
 * Starts a batch, unless one is under way. `more` is for the payload of each action, with the `workerSid` of an agent who is given the
 * conversations; `about` is the agent whose conversations it hands over.
 */
export function startRun(context: Context, deed: Deed, rows: Row[], more: object = {}, about?: string): void {
  if (!rows.length || run?.isOver === false) return;
  const { flex, core, manager } = context;
  const formats = formatsOf(manager);
  const free = deed === 'resume' ? [freePlaces('', context), freePlaces('email', context)] : [];
  const batch = new core.Batch(deed === 'resume' || (deed === 'give' && !('workerSid' in more)), ...free);
  const places = new Map(rows.map(({ conversationSid }, place) => [conversationSid, place]));
  const notices = new Map<number, Notice>();
  const logout = logoutSignal();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const step = () => {
    clearTimeout(timer);
    for (let place = batch.start(); place !== undefined; place = batch.start()) void act(place);
    const wait = batch.nextStart();
    if (wait !== undefined) timer = setTimeout(step, wait);
    show();
  };
  const act = async (place: number) => {
    const { conversationSid, ownerSid, data } = rows[place];
    const { unread, customerName } = data;
    const seen = deed === 'end' ? { unread: unread ?? undefined } : { customerName: customerName ?? undefined };
    const payload = { ConversationSid: conversationSid, ownerSid: ownerSid ?? undefined, ...seen, ...more };
    const invoke = () => inTime(flex.Actions.invokeAction(ACTIONS[deed], payload));
    const { notice, error }: { notice?: Notice; error?: Partial<NotDone> } = await quietly(conversationSid, invoke);
    if (notice) notices.set(place, notice);
    const isUnclear = error?.isUnclear ?? false;
    batch.answer(place, (error !== LATE && notice?.id) || (error && reasonOf(error)), error !== undefined, isUnclear);
    step();
  };
  const cancel = () => {
    batch.cancel();
    step();
  };

  const failureAt = (place: number): Failure | undefined => {
    const [outcome, reason] = batch.result(place) ?? ['done'];
    if (outcome === 'done') return undefined;
    const { conversationSid, data } = rows[place];
    const customer = data.customerName ?? data.customerAddress ?? formats.text('ParkInteractionListNoName');
    const values = { customer, field: notices.get(place)?.field ?? '' };
    return { conversationSid, customer, text: formats.text(reason as Key, values).trim() };
  };
  const failures = () => rows.flatMap((_, place) => failureAt(place) ?? []);
  const failureOf = (conversationSid: string) => {
    const place = places.get(conversationSid);
    return place === undefined ? undefined : failureAt(place)?.text;
  };

  const show = () => {
    const counts = batch.counts();
    const left = counts[3];
    const isOver = left === 0;
    const words = isOver ? resultOf(deed, counts, formats) : progressOf(deed, rows.length, left, formats);
    const wasOver = run?.isOver;
    changed({ about, total: rows.length, left, isOver, words, cancel, failures, failureOf });
    if (!isOver || wasOver) return;
    logout.removeEventListener('abort', cancel);
    tell(context, words, counts[0] === rows.length);
  };

  rows.forEach(({ channel }) => batch.add(channel));
  logout.addEventListener('abort', cancel);
  // What an earlier one has left is no result of this one.
  run = undefined;
  announce(progressOf(deed, rows.length, rows.length, formats));
  step();
}

/** The error of an action that has not ended in time. */
const LATE = Object.assign(new Error('The action has not ended in time.'), { isUnclear: true });

/** Returns the result of an action. Rejects once its time is over. */
async function inTime(action: Promise<unknown>): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(LATE), ENDS_WITHIN_MS)));
  try {
    return await Promise.race([action, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the agent's free places for conversations of a channel, if Flex knows them. */
function freePlaces(channel: string, { manager }: Context): number | undefined {
  const [, assigned, capacity] = roomFor(channel, manager);
  return capacity ? Math.max(0, capacity - assigned) : undefined;
}

/** Returns the key of the reason of an action that has failed without a notification. */
function reasonOf(error: Partial<NotDone>): Key {
  const { name, variant } = error;
  if (error === LATE) return 'ParkInteractionUnreachable';
  if (name !== 'ParkInteractionError') return 'ParkInteractionBulkStopped';
  return variant === 'cancelled' ? 'ParkInteractionBulkCancelled' : 'ParkInteractionUnexpected';
}

const progressOf = (deed: Deed, total: number, left: number, { text }: Formats): string =>
  text(PROGRESS[deed], { count: total - left, total });

function resultOf(deed: Deed, [done, notDone, unclear]: BatchCounts, { text }: Formats): string {
  const words = [text(DONE[deed], { count: done })];
  if (notDone) words.push(text('ParkInteractionBulkNotDone', { count: notDone }));
  if (unclear) words.push(text('ParkInteractionBulkUnclear', { count: unclear }));
  return words.join(', ');
}

/** Shows the result wherever the agent is. The notification is read out too. */
function tell({ flex }: Context, words: string, isSuccess: boolean): void {
  const { Notifications, NotificationType } = flex;
  for (const [id, look] of [
    [SUMMARY, { type: NotificationType.success, timeout: 5_000 }],
    [SUMMARY_OF_FAILURES, { type: NotificationType.warning }],
  ] as const) {
    if (Notifications.registeredNotifications.has(id)) continue;
    Notifications.registerNotification({ id, content: SUMMARY, options: { target: NOTICES }, ...look });
  }
  Notifications.showNotification(isSuccess ? SUMMARY : SUMMARY_OF_FAILURES, { what: words });
}

/** The notifications of a result. Both have the text of the first. */
const SUMMARY: Key = 'ParkInteractionBulkSummary';
const SUMMARY_OF_FAILURES = 'ParkInteractionBulkFailures';
