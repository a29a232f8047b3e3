// The column in Flex's Teams view, and the section in the worker's panel.

import { List, listOn } from './support/list.mjs';
import { HOUR, Places, putRowsOf, removeRow } from './support/places.mjs';
import { agentOf, teamOn } from './support/team.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';

test.beforeEach(({ sim }) => sim.configure(listOn));

/** Opens the Teams view in Sue's desktop. */
async function teams(desktop) {
  const sue = await desktop('sue', { locale: 'en-US', timezoneId: 'UTC' });
  await sue.showTeams();
  const places = new Places(sue);
  await expect(places.head).toBeVisible();
  return { sue, places };
}

test('the column shows number, age of the oldest, unanswered and overdue', async ({ desktop, sim }) => {
  const wrote = { unheardSince: Date.now() - HOUR };
  await putRowsOf(sim, 'ada', [{}, wrote, wrote]);
  await putRowsOf(sim, 'ben', [{ dueAt: Date.now() - HOUR }, {}], 100);
  const { places } = await teams(desktop);
  await expect(places.cell('Ada Agent')).toHaveText(/^3 · 2.unanswered.*oldest 3 hours ago$/);
  await expect(places.cell('Ben Agent')).toHaveText(/^2 · 1.overdue.*oldest 3 hours ago$/);
  await expect(places.cell('Sue Supervisor')).toHaveText('–');
  const urgent = places.cell('Ada Agent').locator('.urgent');
  await expect(urgent.locator('.Twilio-Icon-Warning'), 'not by colour alone').toBeVisible();
  await expect(urgent).toHaveCSS('color', 'rgb(214, 31, 31)');
});

test('the column follows the lists, and sorts', async ({ desktop, sim, stack }) => {
  // Parked before Ben's: the number goes before the age.
  await putRowsOf(sim, 'ada', [{}], 100);
  const [first] = await putRowsOf(sim, 'ben', [{}]);
  const { places } = await teams(desktop);
  await expect(places.cell('Ben Agent')).toContainText(/^1/);
  await putRowsOf(sim, 'ben', [{}], 200);
  await expect(places.cell('Ben Agent')).toContainText(/^2/);

  const names = places.table.getByTestId('WorkersDataTable-UserCard');
  await places.head.getByRole('button').focus();
  await places.page.keyboard.press('Enter');
  await expect(names).toContainText(['Ben Agent', 'Ada Agent', 'Sue Supervisor']);
  await places.page.keyboard.press('Enter');
  await expect(names).toContainText(['Sue Supervisor', 'Ada Agent', 'Ben Agent']);

  await removeRow(stack, await agentOf(sim, 'ben'), first);
  await expect(places.cell('Ben Agent')).toContainText(/^1/);
});

test('a change of one list draws one cell', async ({ desktop, sim }) => {
  await putRowsOf(sim, 'ada', [{}]);
  await putRowsOf(sim, 'ben', [{}], 100);
  const { places, sue } = await teams(desktop);
  await expect(places.cell('Ada Agent')).toContainText(/^1/);
  await expect(places.cell('Ben Agent')).toContainText(/^1/);
  await sue.page.evaluate(() => {
    /** @type {any} the page */
    const window = globalThis;
    const { prototype } = Intl.RelativeTimeFormat;
    const { format } = prototype;
    window.drawn = 0;
    // A cell formats the age of the oldest each time that it is drawn.
    prototype.format = function (...time) {
      window.drawn += 1;
      return format.apply(this, time);
    };
  });
  await putRowsOf(sim, 'ben', [{}], 200);
  await expect(places.cell('Ben Agent')).toContainText(/^2/);
  expect(await sue.page.evaluate(() => /** @type {any} see above */ (globalThis).drawn)).toBe(1);
});

test('the panel shows five rows, and the others in the team’s view', async ({ desktop, sim }) => {
  const due = { dueAt: Date.now() - HOUR };
  const wrote = { unheardSince: Date.now() - HOUR };
  await putRowsOf(sim, 'ada', [wrote, due, ...Array.from({ length: 12 }, () => ({}))]);
  await putRowsOf(sim, 'ben', [{}], 100);
  const { places, sue } = await teams(desktop);
  await places.openPanel('Ada Agent');
  await expect(places.panel.getByRole('heading')).toHaveText(/^Parked · 14.*1.unanswered · 1.overdue/);
  await expect(places.rows).toHaveCount(5);
  await expect(places.row('Customer 0')).toContainText(/Wrote at .*, not answered yet/);
  await expect(places.panel.getByTestId('park-interaction-hand-over')).toHaveText(/14/);

  await places.panel.getByRole('button', { name: 'and 9 more' }).click();
  await expect(sue.page.getByRole('region', { name: 'Parked Interactions' })).toBeVisible();
  const rows = new List(sue).rows;
  await expect(rows.filter({ hasText: 'Customer 100' })).toHaveCount(0);
  await expect(rows.first()).toContainText('Ada Agent');
});

test('the panel of an agent without parked conversations says so, and changes', async ({ desktop, sim, stack }) => {
  const [only] = await putRowsOf(sim, 'ben', [{}]);
  await removeRow(stack, await agentOf(sim, 'ben'), only);
  const { places } = await teams(desktop);
  await places.openPanel('Ben Agent');
  await expect(places.panel).toContainText('Nothing is parked');
  await putRowsOf(sim, 'ben', [{}]);
  await expect(places.row('Customer 0')).toContainText('until they write');
  await expect(places.panel).not.toContainText('Nothing is parked');
});

test('a supervisor resumes from the panel by keyboard', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await sim.agent('sue', { activity: 'Available' });
  const { places, sue } = await teams(desktop);
  await places.openPanel('Ada Agent');
  await places.row(CHARLIE).getByRole('button').first().focus();
  await sue.page.keyboard.press('Enter');
  await expect(sue.task(CHARLIE)).toHaveAttribute('aria-label', /status accepted/);
});

test('a row that leaves passes the keyboard on', async ({ desktop, sim, stack }) => {
  const [first] = await putRowsOf(sim, 'ada', [{}, {}]);
  const { places } = await teams(desktop);
  await places.openPanel('Ada Agent');
  await places.row('Customer 0').getByRole('button').first().focus();
  await removeRow(stack, await agentOf(sim, 'ada'), first);
  await expect(places.rows).toHaveCount(1);
  await expect(places.panel.getByRole('heading')).toBeFocused();
});

test('an agent of another team has a way to the view', async ({ desktop, sim }) => {
  await teamOn(sim);
  await putRowsOf(sim, 'ada', [{}]);
  await putRowsOf(sim, 'cleo', [{}], 100);
  const { places, sue } = await teams(desktop);
  await expect(places.cell('Ada Agent')).toContainText(/^1/);
  await expect(places.cell('Cleo Colleague'), 'nobody knows the number').toHaveText('');
  await places.openPanel('Cleo Colleague');
  await places.panel.getByRole('button', { name: 'Parked Interactions' }).click();
  await expect(new List(sue).rows).toContainText(['Customer 100']);
});

test('column and panel are accessible, and fit a narrow window', async ({ desktop, sim }) => {
  const long = { customerName: 'Maximiliane-Theodora von Hohenstein-Wolfenbüttel', unheardSince: Date.now() - HOUR };
  await putRowsOf(sim, 'ada', [long, { dueAt: Date.now() - HOUR }, {}]);
  const { places, sue } = await teams(desktop);
  await places.openPanel('Ada Agent');
  await expect(places.rows).toHaveCount(3);
  await places.isAccessible('[data-testid="park-interaction-worker"]');
  await places.isAccessible('.Twilio-DataTable-Header-park-interaction');
  await places.isAccessible('[data-testid="park-interaction-cell"]');
  await sue.page.setViewportSize({ width: 700, height: 600 });
  const overflow = await places.panel.evaluate((section) => section.scrollWidth - section.clientWidth);
  expect(overflow).toBe(0);
});

test('agents have none of it', async ({ desktop, sim }) => {
  await putRowsOf(sim, 'ben', [{}]);
  const ada = await desktop('ada');
  const added = await ada.page.evaluate(() => {
    const { WorkersDataTable, WorkerCanvas, QueuesStats } = /** @type {any} Flex is there */ (globalThis).Twilio.Flex;
    const stores = [WorkersDataTable, WorkerCanvas, QueuesStats.AggregatedQueuesDataTiles];
    return stores.map(({ Content }) => Content.fragments.length);
  });
  expect(added).toEqual([0, 0, 0]);
});

test('without the list there is none of it', async ({ desktop, sim }) => {
  const off = { custom_data: { features: { park_interaction: { enabled: true, show_list: false } } } };
  await sim.configure({ uiAttributes: off });
  const sue = await desktop('sue');
  await sue.showTeams();
  const places = new Places(sue);
  await expect(places.table).toContainText('Ada Agent');
  await expect(places.head).toHaveCount(0);
});
