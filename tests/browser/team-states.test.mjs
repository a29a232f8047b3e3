// A supervisor's view in each state: accessibility, layout, keyboard, what needs attention, and a large team.

import { known } from '../support/known.mjs';
import { isAccessible } from './support/axe.mjs';
import { mapOf, parkedItems } from './support/list.mjs';
import { breakSync } from './support/sync.mjs';
import { agentOf, parked, putInto, putSix, TeamList, teamOn } from './support/team.mjs';
import { expect, test } from './support/test.mjs';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test.beforeEach(({ sim }) => teamOn(sim));

test('every state has its text and is accessible', async ({ desktop, sim, troubles }) => {
  troubles.expect(/Sync/);
  /** @type {import('./support/sync.mjs').Broken | undefined} */
  let sync;
  const ada = await agentOf(sim, 'ada');
  for (const identity of ['ada', 'ben']) await putInto(sim, identity, []);
  const sue = await desktop('sue', { prepare: async (page) => (sync = await breakSync(page, 500, ada.workerSid)) });
  const team = await new TeamList(sue).open();
  await expect(team.view).toContainText('1 of 3 lists could not be read.');
  await expect(team.view).toContainText('Your agents have nothing parked');
  await isAccessible(sue.page, 'partly failed');
  known(sync).mend();
  await team.view.getByRole('button', { name: 'Try again' }).click();
  await expect(team.view).not.toContainText('could not be read');
  await isAccessible(sue.page, 'empty');

  await sim.putItems(mapOf(ada), { CHbare: { channelType: 'carrier pigeon' } });
  await expect(team.row('carrier pigeon')).toContainText(/Unknown customer.*No address.*Ada Agent.*Unknown queue/);
  await putSix(sim);
  await expect(team.rows).toHaveCount(6);
  await team.filter('Agent').selectOption({ index: 1 });
  await team.rows.first().getByRole('checkbox').check();
  await isAccessible(sue.page, 'full');
  await team.search.fill('nobody');
  await expect(team.view).toContainText('No parked conversation matches');
  await isAccessible(sue.page, 'no match');
});

test('the failure to list the agents is told, and passes', async ({ desktop, page, sim, troubles }) => {
  troubles.expect(/Failed to load resource/);
  await page.close();
  await putSix(sim);
  let isBroken = true;
  const prepare = (opened) =>
    opened.route('**/flex/team-lists', (route) => (isBroken ? route.fulfill({ status: 404 }) : route.continue()));
  const sue = await desktop('sue', { prepare });
  const team = await new TeamList(sue).open();
  await expect(team.view).toContainText('The list cannot be read right now.');
  await isAccessible(sue.page, 'failed');
  isBroken = false;
  await team.view.getByRole('button', { name: 'Try again' }).click();
  await expect(team.heading).toBeFocused();
  await team.shows(4, 2, 3, 1, 5);
});

test('rows say why they need attention, and the link and one notification count them', async ({ desktop, sim }) => {
  await putSix(sim);
  const sue = await desktop('sue');
  const team = new TeamList(sue);
  await expect(team.link).toHaveAccessibleName(
    'Parked Interactions, 5 interactions, Not answered yet: 1, Need attention: 2',
  );
  await expect(team.link.locator('.Twilio-Badge-TextContainer')).toHaveText('2');
  await expect(sue.notifications).toHaveText([
    'Parked conversations that wait for an answer for too long: 1',
    'Parked conversations that are due, but not routed: 1',
  ]);
  await team.open();
  await expect(team.row('Customer 4')).toContainText('Unanswered for over 15 min');
  await expect(team.row('Customer 2')).toContainText('Due, but not routed');
  await expect(team.row('Customer 3').locator('.alerts')).toHaveCount(0);
  // Another one of the same kind is counted, and not told.
  await putInto(sim, 'ada', [parked(9, { unheardSince: Date.now() - HOUR })]);
  await team.shows(9, 4, 2, 3, 1, 5);
  await expect(team.link).toHaveAccessibleName(/Need attention: 3$/);
  await expect(sue.notifications).toHaveCount(2);
});

test('the owner sets from when on rows need attention', async ({ desktop, sim }) => {
  await sim.configure({
    uiAttributes: {
      custom_data: { features: { park_interaction: { alert_unanswered_minutes: 0, alert_parked_hours: 24 } } },
    },
  });
  await putSix(sim);
  const team = await new TeamList(await desktop('sue')).open();
  await team.shows(4, 2, 3, 1, 5);
  await expect(team.row('Customer 4').locator('.alerts')).toHaveCount(0);
  await expect(team.row('Customer 3')).toContainText('Parked for over 24 h');
});

test('the view is used with the keyboard alone', async ({ desktop, sim }) => {
  await putSix(sim);
  const sue = await desktop('sue');
  const team = new TeamList(sue);
  const { keyboard } = sue.page;
  await team.link.focus();
  await keyboard.press('Enter');
  await team.shows(4, 2, 3, 1, 5);
  await team.scope('My team').focus();
  await keyboard.press('ArrowRight');
  await expect(team.scope('All')).toBeFocused();
  await team.shows(4, 2, 3, 6, 1, 5);
  await keyboard.press('Tab');
  await expect(team.search).toBeFocused();
  await keyboard.type('ada');
  await team.shows(2, 3, 1);
  await keyboard.press('ControlOrMeta+a');
  await keyboard.press('Delete');
  await team.shows(4, 2, 3, 6, 1, 5);
  await keyboard.press('Tab');
  await expect(team.filter('Agent')).toBeFocused();
  await keyboard.press('ArrowDown');
  await team.shows(2, 3, 1);
  await keyboard.press('ArrowUp');
  await team.toggle(/^Overdue/).focus();
  await keyboard.press('Space');
  await team.shows(2);
  await keyboard.press('Space');
  await team.shows(4, 2, 3, 6, 1, 5);

  await team.button('Customer 4').focus();
  await keyboard.press('ArrowDown');
  await expect(team.button('Customer 2')).toBeFocused();
  await keyboard.press('End');
  await expect(team.button('Customer 5')).toBeFocused();
  await keyboard.press('Shift+ArrowUp');
  await expect(team.view).toContainText('2 selected');
  await keyboard.press('ControlOrMeta+a');
  await expect(team.view).toContainText('6 selected');
  await keyboard.press('Escape');
  await expect(team.view).not.toContainText('selected');
  await keyboard.press('Enter');
  await expect(team.row('Customer 1'), 'Sue is offline').toContainText('You are not available.');
});

for (const [name, viewport] of /** @type {[string, { width: number, height: number }][]} */ ([
  ['wide', { width: 1440, height: 900 }],
  ['medium', { width: 1000, height: 768 }],
  ['narrow', { width: 640, height: 800 }],
  ['low', { width: 800, height: 420 }],
])) {
  test(`in a ${name} window nothing is cut off or on top of another`, async ({ desktop, sim }) => {
    await putSix(sim);
    const sue = await desktop('sue');
    const team = await new TeamList(sue).open();
    await sue.page.setViewportSize(viewport);
    await team.scope('All').check();
    await team.rows.first().getByRole('checkbox').check();
    await expect(team.rows).toHaveCount(6);
    const overflow = await team.view.evaluate((view) => {
      const table = view.querySelector('[role=table]');
      /** @type {string[]} */
      const wrong = [];
      if (!table || table.scrollWidth > table.clientWidth) wrong.push('the table is too wide');
      if (view.scrollWidth > view.clientWidth) wrong.push('the view is too wide');
      for (const row of view.querySelectorAll('[data-conversation]')) {
        const outer = row.getBoundingClientRect();
        const boxes = [...row.children].map((cell) => ({ cell: cell.className, box: cell.getBoundingClientRect() }));
        for (const { cell, box } of boxes) {
          if (box.top < outer.top - 1 || box.bottom > outer.bottom + 1) wrong.push(`${cell} is higher than its row`);
          if (box.right > outer.right + 1) wrong.push(`${cell} is out of its row`);
          for (const { cell: other, box: rest } of boxes) {
            if (cell >= other || !box.height || !rest.height) continue;
            const isBeside = box.right <= rest.left + 1 || rest.right <= box.left + 1;
            const isBelow = box.bottom <= rest.top + 1 || rest.bottom <= box.top + 1;
            if (!isBeside && !isBelow) wrong.push(`${cell} lies on ${other}`);
          }
        }
      }
      return wrong;
    });
    expect([...new Set(overflow)]).toEqual([]);
  });
}

test('with forced colours the chosen scope, filters and rows are seen', async ({ desktop, sim }) => {
  await putSix(sim);
  const sue = await desktop('sue', { forcedColors: 'active' });
  const team = await new TeamList(sue).open();
  await team.toggle(/^Overdue/).click();
  await team.shows(2);
  await team.rows.first().getByRole('checkbox').check();
  const outline = (locator) => locator.evaluate((element) => globalThis.getComputedStyle(element).outlineStyle);
  expect(await outline(team.scopes.getByText('My team'))).toBe('solid');
  expect(await outline(team.scopes.getByText('All'))).toBe('none');
  expect(await outline(team.toggle(/^Overdue/))).toBe('solid');
  expect(await outline(team.rows.first())).toBe('solid');
});

test('of 200 agents only rows in sight are drawn', async ({ desktop, sim }) => {
  const one = { team_id: 'one' };
  const names = Array.from({ length: 197 }, (_, number) => `agent${number}`);
  for (const identity of names) {
    const agent = await sim.addAgent({ identity, fullName: `Agent ${identity}` });
    await sim.putItems(mapOf(agent), parkedItems(10, { first: Number(identity.slice(5)) * 10 }));
  }
  await sim.configure({ workerAttributes: Object.fromEntries(names.map((name) => [name, one])) });
  const team = await new TeamList(await desktop('sue')).open();
  await expect(team.table).toHaveAttribute('aria-rowcount', '1971', { timeout: 60_000 });
  expect(await team.rows.count()).toBeLessThan(30);
  const nodes = await team.view.evaluate((view) => view.querySelectorAll('*:not(option)').length);
  expect(nodes).toBeLessThan(1_500);
  await expect(team.filter('Agent').getByRole('option')).toHaveCount(198);
  await team.search.fill('Customer 1234');
  await expect(team.rows).toHaveCount(1);
  await expect(team.rows).toContainText('Agent agent123');
});
