// The data of the list: live from the first park on, after a lost connection, and until each row expires.

import { createHash } from 'node:crypto';

import { known } from '../support/known.mjs';
import { cuttable } from './support/connection.mjs';
import { sideLink } from './support/desktop.mjs';
import { List, listOn, mapOfBen, parkedItems } from './support/list.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
const WANDA = 'Wanda Walker';
const HOUR = 3_600_000;

async function park(agent, customer) {
  await agent.open(customer);
  await agent.park();
  await expect(agent.task(customer)).toHaveCount(0);
}

test('the first park of an agent appears at once in each tab', async ({ desktop, sim }) => {
  const [ada, other] = [await desktop('ada'), await desktop('ada')];
  const list = await new List(other).open();
  await expect(list.view).toContainText('Nothing is parked');
  await park(ada, CHARLIE);
  await expect(list.row(CHARLIE)).toHaveCount(1);
  await sim.customerWrites('charlie', 'Back again');
  await expect(list.view).toContainText('Nothing is parked');
});

const link = ({ page }) => sideLink(page, { name: /^Parked/ });

/** Hides a page as the browser does after some minutes: no frames, and timers that follow timers once a minute. */
const hide = ({ page }) =>
  page.evaluate(() => {
    Object.defineProperty(globalThis.document, 'hidden', { get: () => true });
    const begin = globalThis.setTimeout;
    globalThis.requestAnimationFrame = () => 1;
    const slow = (/** @type {() => void} */ work, /** @type {number} */ ms) =>
      begin(work, ms >= 50 ? Math.max(ms, 60_000) : ms);
    globalThis.setTimeout = /** @type {any} a part of Node's type */ (slow);
  });

test('a hidden page is current', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await park(ada, CHARLIE);
  await park(ada, WANDA);
  await expect(link(ada)).toHaveAccessibleName(/2 interactions/);
  await hide(ada);
  await sim.customerWrites('charlie', 'Back again');
  await expect(link(ada)).toHaveAccessibleName(/1 interaction$/, { timeout: 10_000 });
  await sim.customerWrites('wanda', 'Back again');
  await expect(link(ada)).toHaveAccessibleName(/0 interactions/, { timeout: 10_000 });
});

/** Limits the life of rows to a day. */
const rowsLastADay = (sim) =>
  sim.configure({ uiAttributes: { custom_data: { features: { park_interaction: { list_ttl_hours: 24 } } } } });

test('rows expire if the owner says so, except those of text messages', async ({ desktop, sim }) => {
  await rowsLastADay(sim);
  const ada = await desktop('ada');
  await park(ada, CHARLIE);
  await park(ada, 'Sam Sender');
  const list = await new List(ada).open();
  await expect(list.rows).toHaveCount(2);
  await sim.pass(24 * HOUR - 120_000);
  await expect(list.rows).toHaveCount(2);
  await sim.pass(240_000);
  await expect(list.row(CHARLIE)).toHaveCount(0);
  await expect(list.row('Sam Sender')).toContainText('Stays until resumed');
});

test('a row expires without an event of Sync', async ({ desktop, sim, troubles }) => {
  await rowsLastADay(sim);
  // Flex's own request fails when an hour passes at once.
  troubles.expect(/Could not fetch participants/);
  const ada = await desktop('ada', { prepare: (page) => page.clock.install() });
  await park(ada, CHARLIE);
  const list = await new List(ada).open();
  await expect(list.row(CHARLIE)).toContainText('in 24 hours');
  await ada.page.clock.runFor(10 * 60_000);
  await expect(list.row(CHARLIE)).toContainText('10 minutes ago');
  await ada.page.clock.fastForward(24 * HOUR);
  await expect(list.row(CHARLIE)).toHaveCount(0);
});

test('a lost connection is shown, and the list is current after it', async ({ desktop, sim, troubles }) => {
  /** @type {import('./support/connection.mjs').Line | undefined} */
  let line;
  const [ada, other] = [
    await desktop('ada'),
    await desktop('ada', { prepare: async (page) => (line = await cuttable(page, troubles)) }),
  ];
  await park(ada, CHARLIE);
  const list = await new List(other).open();
  await expect(list.rows).toHaveCount(1);
  known(line).cut();
  await expect(list.view).toContainText('You are offline');
  await expect(list.row(CHARLIE)).toHaveCount(1);
  await park(ada, WANDA);
  await sim.customerWrites('charlie', 'Back again');
  known(line).mend();
  await expect(list.row(WANDA)).toHaveCount(1, { timeout: 60_000 });
  await expect(list.row(CHARLIE)).toHaveCount(0);
  await expect(list.view).not.toContainText('You are offline');
});

test('a full agent cannot resume until there is capacity', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await park(ada, CHARLIE);
  await sim.agent('ada', { chatCapacity: 2 });
  await expect.poll(() => ada.capacity()).toBe(0);
  const list = await new List(ada).open();
  await list.button(CHARLIE).click();
  const cancel = list.row(CHARLIE).getByRole('button', { name: /^Cancel/ });
  await expect(list.row(CHARLIE)).toContainText('You have 2 of 2.');
  await cancel.click();
  expect(await sim.tasksOf('charlie'), 'nobody is asked').toHaveLength(1);

  await sim.agent('ada', { activity: 'Break' });
  await expect(ada.activity).toHaveAccessibleName(/Currently Break/);
  await list.button(CHARLIE).click();
  const away = 'You are not available. The conversation stays parked.';
  await expect(list.row(CHARLIE)).toContainText(away);

  await sim.agent('ada', { activity: 'Available', chatCapacity: 3 });
  await expect(list.row(CHARLIE), 'the refusal ends by itself').not.toContainText(away);
  await expect(list.button(CHARLIE)).toHaveText('Resume');
  await list.button(CHARLIE).click();
  await expect(ada.task(CHARLIE)).toHaveAttribute('aria-label', /status accepted/);
});

test('without auto-accept a declined resume is back in the list', async ({ desktop, sim }) => {
  await sim.configure({ uiAttributes: { custom_data: { features: { park_interaction: { auto_accept: false } } } } });
  const ada = await desktop('ada');
  await park(ada, CHARLIE);
  const list = await new List(ada).open();
  await list.button(CHARLIE).click();
  await expect(ada.task(CHARLIE)).toHaveAttribute('aria-label', /status pending/);
  await expect(list.button(CHARLIE)).toHaveText('Resuming…');
  const { reservations } = await sim.world();
  const { sid } = reservations.find((one) => one.reservation_status === 'pending');
  await sim.answerReservation(sid, 'rejected');
  await expect(list.row(CHARLIE)).toContainText('The conversation was not accepted. It is still parked.');
  await list.button(CHARLIE).click();
  await expect(ada.task(CHARLIE)).toHaveAttribute('aria-label', /status pending/);
  await sideLink(ada.page, { name: 'Agent Desktop' }).click();
  await ada.accept(CHARLIE);
  await list.open();
  await expect(list.view).toContainText('Nothing is parked');
});

/** Returns items whose keys are spread over all SIDs, like those of Twilio's conversations. */
const spread = (count, options) =>
  Object.fromEntries(
    Object.entries(parkedItems(count, options)).map(([key, data]) => [
      `CH${createHash('md5').update(key).digest('hex')}`,
      data,
    ]),
  );

test('a long map is read by several readers, and what changes meanwhile is neither lost nor doubled', async ({
  desktop,
  sim,
}) => {
  await sim.configure(listOn);
  const map = await mapOfBen(sim);
  await sim.putItems(map, spread(1_200));
  const { maps } = await sim.world();
  const items = `/Maps/${known(maps.find(({ unique_name: name }) => name === map)).sid}/Items`;
  let reads = 0;
  let atOnce = 0;
  /** The requests for pages that are under way, by their ids. */
  const open = new Set();
  const idOf = (payload) => /"id": ?"([^"]+)"/.exec(String(payload))?.[1];
  const ben = await desktop('ben', {
    prepare: async (page) => {
      await sim.latency(100);
      page.on('websocket', (socket) => {
        socket.on('framesent', ({ payload }) => {
          if (!String(payload).includes(items)) return;
          reads += 1;
          open.add(idOf(payload));
          atOnce = Math.max(atOnce, open.size);
        });
        socket.on('framereceived', ({ payload }) => void open.delete(idOf(payload)));
      });
    },
  });
  const list = await new List(ben).open();
  // The map grows and changes while it is read.
  for (let round = 0; round < 10; round += 1) {
    const read = Object.entries(spread(10, { first: round * 100 }));
    const changed = read.map(([key, data]) => [key, { ...data, note: 'Changed meanwhile' }]);
    await sim.putItems(map, { ...Object.fromEntries(changed), ...spread(10, { first: 5_000 + round * 10 }) });
  }
  await expect(list.link).toHaveAccessibleName(/, 1,300 interactions$/);
  await sim.latency(0);
  await expect(list.view).not.toContainText('Loading more');
  await list.search.fill('Changed meanwhile');
  await expect(list.view).toContainText('100 of 1,300');
  expect(atOnce, 'side by side').toBeGreaterThan(2);
  expect(atOnce).toBeLessThan(9);
  expect(reads, 'requests for 12 to 13 pages').toBeLessThan(40);
});

test('only changed rows are drawn again, and a burst of changes once', async ({ desktop, sim }) => {
  await sim.configure(listOn);
  const map = await mapOfBen(sim);
  const items = spread(300);
  await sim.putItems(map, items);
  const ben = await desktop('ben');
  const list = await new List(ben).open();
  await list.counts(300);
  await expect(list.row('Customer 1')).toHaveCount(1);
  /** Counts the changes of the table's cells, and the changed rows. */
  const changes = await list.table.evaluateHandle((table) => {
    const counted = { times: 0, rows: new Set() };
    /** @type {any} the page */
    const page = globalThis;
    new page.MutationObserver((/** @type {any[]} */ records) => {
      counted.times += 1;
      for (const { target } of records) {
        const row = (target.closest ? target : target.parentElement)?.closest('[data-conversation]');
        if (row) counted.rows.add(row.dataset.conversation);
      }
    }).observe(table, { subtree: true, childList: true, characterData: true });
    return counted;
  });
  const burst = Object.entries(items).map(([key, data]) => [key, { ...data, customerAddress: '+49 30 1' }]);
  const [[first]] = burst;
  await sim.putItems(map, { [first]: { ...items[first], note: 'Only this one' } });
  await expect(list.row('Customer 0')).toContainText('Only this one');
  expect(await changes.evaluate(({ rows }) => [...rows])).toEqual([first]);
  await sim.putItems(map, Object.fromEntries(burst));
  await list.search.fill('+49 30 1');
  await expect(list.view.locator('.count')).toHaveText('300 interactions');
  await expect(list.row('Customer 0')).toContainText('+49 30 1');
  expect(await changes.evaluate(({ times }) => times), 'far fewer than 300').toBeLessThan(40);
});
