// The tile in Flex's real-time queues view.

import { List, listOn } from './support/list.mjs';
import { HOUR, Places, putRowsOf } from './support/places.mjs';
import { expect, test } from './support/test.mjs';

test.beforeEach(({ sim }) => sim.configure(listOn));

/** Opens the view in Sue's desktop, without the panel with which it begins. */
async function queues(desktop) {
  // A minute from now is still today there.
  const timezoneId = new Date().getUTCHours() === 23 ? 'Asia/Tokyo' : 'UTC';
  const sue = await desktop('sue', { locale: 'en-US', timezoneId });
  await sue.show('queues-stats');
  const places = new Places(sue);
  await places.closePanel();
  await expect(places.tile).toBeVisible();
  return { sue, places };
}

test('the tile counts what is parked, due today and unanswered', async ({ desktop, sim }) => {
  const inAMinute = { dueAt: Date.now() + 60_000 };
  const wrote = { unheardSince: Date.now() - HOUR };
  await putRowsOf(sim, 'ada', [wrote, inAMinute, {}]);
  await putRowsOf(sim, 'ben', [wrote], 100);
  const { places } = await queues(desktop);
  await expect(places.tile.getByRole('button', { name: 'Parked: 4' })).toBeVisible();
  await expect(places.tile).toContainText('1 due today');
  await expect(places.tile.getByRole('button', { name: '2 unanswered' })).toHaveCSS('color', 'rgb(214, 31, 31)');
  await putRowsOf(sim, 'ben', [{}], 200);
  await expect(places.tile.getByRole('button', { name: 'Parked: 5' })).toBeVisible();
});

test('a click on the tile opens the team’s view', async ({ desktop, sim }) => {
  await putRowsOf(sim, 'ada', [{ unheardSince: Date.now() - HOUR }, {}]);
  await putRowsOf(sim, 'ben', [{}], 100);
  const { places, sue } = await queues(desktop);
  const { rows } = new List(sue);
  const unanswered = places.tile.getByRole('button', { name: '1 unanswered' });
  await unanswered.focus();
  await sue.page.keyboard.press('Enter');
  await expect(rows).toContainText(['Customer 0']);
  await sue.show('queues-stats');
  await places.tile.getByRole('button', { name: 'Parked: 3' }).click();
  await expect(rows).toHaveCount(3);
});

test('the tile is accessible, and the queues beside it have their figures', async ({ desktop, sim }) => {
  await putRowsOf(sim, 'ada', [{ unheardSince: Date.now() - HOUR }]);
  const { places, sue } = await queues(desktop);
  await expect(places.tile).toContainText('1 unanswered');
  await places.isAccessible('[data-testid="park-interaction-tile"]');
  const queue = sue.page.getByRole('row').filter({ hasText: 'Everyone' });
  await expect(queue.getByRole('cell').nth(1), 'tasks of the queue').toHaveText('3');
});
