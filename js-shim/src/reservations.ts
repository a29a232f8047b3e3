import type { Context } from './context';
import { operate } from './core/operate';
import { putBackDraft } from './drafts';
import { announceReturn, apply, unload } from './effects';
import { reservationView, type Reservation } from './flex/task';
import { focusMessageBox, isWriting } from './handover';

const warn = (error: unknown) => console.warn('park-interaction:', error);

interface WorkerClient {
  reservations: Map<string, Reservation>;
  on(event: 'reservationCreated', listener: (reservation: Reservation) => void): unknown;
}

/**
 * Follows the agent's reservations, and settles the conversation of each accepted task.
 *
 * A task may have been accepted by the agent, by another plugin, in another tab, or before this page was loaded. The core
 * ignores tasks whose conversation was not parked.
 */
export function followReservations(context: Context): void {
  let isByKeyboard = false;
  document.addEventListener('keydown', () => (isByKeyboard = true), true);
  document.addEventListener('pointerdown', () => (isByKeyboard = false), true);
  const workerClient = context.manager.workerClient as unknown as WorkerClient | undefined;

  const settle = (reservation: Reservation): void => {
    const view = { task: reservationView(reservation) };
    const { status, task } = reservation;
    if (status === 'accepted') putBackDraft(context, String(task.attributes?.conversationSid)).catch(warn);
    operate(context, 'settle', view)
      .then(({ effects }) => apply(effects, context))
      .catch(warn);
  };
  const welcome = ({ task: { attributes } }: Reservation) => {
    if (!attributes?.originalRouting) return;
    announceReturn(context.manager, (attributes.customerName || attributes.from || undefined) as string | undefined);
    const { cause } = (attributes.parked ?? {}) as { cause?: unknown };
    // The button that has accepted is gone. An agent who writes something else goes on. In the message box the focus marks all messages
    // as read, and "New" would go at once: an agent with a mouse goes there when they have read it.
    if (!isWriting() && (cause !== 'message' || isByKeyboard)) focusMessageBox();
  };
  const watch = (reservation: Reservation) => {
    reservation.on('accepted', settle);
    reservation.on('accepted', welcome);
    settle(reservation);
  };
  workerClient?.reservations.forEach(watch);
  workerClient?.on('reservationCreated', (reservation) => {
    unload(reservation.task.attributes?.conversationSid);
    watch(reservation);
  });
}
