// Takes screenshots of Flex's own views for supervisors, with what the plugin adds to them.

import { expect } from '@playwright/test';

import { listOn } from './support/list.mjs';
import { HOUR, Places, putRowsOf } from './support/places.mjs';

const NAMES = [
  'Nora Nowak',
  'Wanda Walker',
  'Sam Sender',
  'Charlie Customer',
  'Maya Martin',
  'Otto Olsen',
  'Priya Patel',
];

/** Takes the screenshots. `sim` controls the simulator, `open` opens an agent's desktop, `picture` saves a screenshot of a page. */
export async function takePlacesPictures({ sim, open, picture }) {
  await sim.reset();
  await sim.configure(listOn);
  const now = Date.now();
  const waits = [
    { unheardSince: now - 2 * HOUR },
    { unheardSince: now - HOUR / 3 },
    { dueAt: now - HOUR / 6 },
    { dueAt: now + HOUR / 60 },
  ];
  const rows = NAMES.map((customerName, index) => ({ customerName, ...waits[index] }));
  await putRowsOf(sim, 'ada', rows);
  await putRowsOf(sim, 'ben', rows.slice(4), 100);

  const sue = await open('sue');
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
