// Takes screenshots of the supervisor's view, and of Flex's own views with what the plugin adds to them.

import { expect } from '@playwright/test';

import { List } from './support/list.mjs';
import { HOUR, Places, putRowsOf } from './support/places.mjs';
import { teamOn } from './support/team.mjs';

const NAMES = [
  'Nora Nowak',
  'Wanda Walker',
  'Sam Sender',
  'Charlie Customer',
  'Maya Martin',
  'Otto Olsen',
  'Priya Patel',
];
const QUEUES = ['Support', 'Everyone'];
const REASONS = ['Waiting for the order number', 'Waiting for parts', 'Call back'];

/** The notifications that come with these rows, which would cover a part of the pictures. */
const NOTIFICATIONS = ['ParkInteractionAlertsUnanswered', 'ParkInteractionAlertsDue'];

/** Takes the screenshots. `sim` controls the simulator, `open` opens an agent's desktop, `picture` saves a screenshot of a page. */
export async function takePlacesPictures({ sim, open, picture }) {
  await sim.reset();
  await teamOn(sim);
  const now = Date.now();
  const waits = [
    { unheardSince: now - 2 * HOUR },
    { unheardSince: now - HOUR / 3 },
    { dueAt: now - HOUR / 6 },
    { dueAt: now + HOUR / 60 },
  ];
  const rows = NAMES.map((customerName, index) => ({
    customerName,
    queueName: QUEUES[index % 2],
    ...(index % 2 === 0 && { reason: REASONS[index / 2] }),
    ...waits[index],
  }));
  await putRowsOf(sim, 'ada', rows);
  await putRowsOf(sim, 'ben', rows.slice(4), 100);

  const sue = await open('sue');
  // The window shows nine of them.
  await expect((await new List(sue).open()).table).toHaveAttribute('aria-rowcount', '11');
  await expect(sue.notifications).toHaveCount(2);
  await sue.page.evaluate((ids) => {
    const { Notifications } = /** @type {any} Flex is there */ (globalThis).Twilio.Flex;
    for (const id of ids) Notifications.dismissNotificationById(id);
  }, NOTIFICATIONS);
  await expect(sue.notifications).toHaveCount(0);
  await picture(sue.page, 'team');

  const places = new Places(sue);
  await sue.showTeams();
  await expect(places.cell('Ada Agent')).toContainText('7');
  await places.openPanel('Ada Agent');
  await expect(places.rows).toHaveCount(5);
  await picture(sue.page, 'teams-view');

  await sue.show('queues-stats');
  await places.closePanel();
  await expect(places.tile).toContainText('10');
  await picture(sue.page, 'queues-view');
}
