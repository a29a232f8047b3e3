import type { Context } from './context';
import { operate } from './core/operate';
import { apply, unloadBeforeReturn } from './effects';
import { reservationView, type Reservation } from './flex/task';

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
  const workerClient = context.manager.workerClient as unknown as WorkerClient | undefined;

  const settle = (reservation: Reservation): void => {
    const view = { task: reservationView(reservation) };
    operate(context, 'settle', view)
      .then(({ effects }) => apply(effects, context))
      .catch((error) => console.warn('park-interaction:', error));
  };
  const watch = (reservation: Reservation) => {
    reservation.on('accepted', settle);
    settle(reservation);
  };
  workerClient?.reservations.forEach(watch);
  workerClient?.on('reservationCreated', (reservation) => {
    unloadBeforeReturn(reservation.task.attributes?.conversationSid);
    watch(reservation);
  });
}
