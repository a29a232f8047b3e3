import type { Context } from './context';
import { operate } from './core/operate';
import { apply, unloadBeforeReturn } from './effects';
import { reservationView, type Reservation } from './flex/task';

interface WorkerClient {
  reservations: Map<string, Reservation>;
  on(event: 'reservationCreated', listener: (reservation: Reservation) => void): unknown;
}

/**
 * Follows the agent's reservations.
 *
 * Settles the conversations of the agent's tasks as they are accepted, whoever accepts them (the agent, another plugin,
 * another tab), and of those that were accepted before this page was loaded. Rust passes over tasks that have nothing
 * to do with parking.
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
