// A supervisor's view: whose conversations it shows, the filters, a reload, a shared address, live changes by agents.

import { cuttable } from './support/connection.mjs';
import { List, mapOf } from './support/list.mjs';
import { breakSync } from './support/sync.mjs';
import { agentOf, parked, putInto, putSix, TeamList, teamOn } from './support/team.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
const WANDA = 'Wanda Walker';

test.beforeEach(({ sim }) => teamOn(sim));

test('a supervisor sees the team, all, or their own; an agent has no choice', async ({ desktop, sim }) => {
  await putSix(sim);
  await putInto(sim, 'sue', [parked(7)]);
  const team = await new TeamList(await desktop('sue')).open();
  await expect(team.scope('My team')).toBeChecked();
  await team.shows(4, 2, 3, 7, 1, 5);
  await expect(team.row('Customer 1')).toContainText(
    [
      'Customer 1',
      '+15550000001',
      'Ada Agent',
      'Everyone',
      'WhatsApp',
      'Waiting for a number',
      'Sends it tonight',
    ].join(''),
  );
  await expect(team.row('Customer 1')).toContainText(/until they write2 hours ago/);

  await team.scope('All').check();
  await team.shows(4, 2, 3, 7, 6, 1, 5);
  await expect(team.announcement).toHaveText('Found: 7 of 7');
  await team.scope('Mine').check();
  await expect(team.scope('Mine'), 'the keyboard stays').toBeFocused();
  await team.shows(7);
  await expect(team.filters).toHaveCount(0);
  await expect(team.table.getByRole('columnheader', { name: 'Agent' })).toHaveCount(0);
  await expect(team.view).toContainText('1 interaction');

  const ada = await new List(await desktop('ada')).open();
  await expect(ada.rows).toHaveCount(3);
  await expect(ada.view.getByRole('radiogroup')).toHaveCount(0);
});

test('an admin starts with all', async ({ desktop, sim }) => {
  await sim.addAgent({ identity: 'root', fullName: 'Rita Root', roles: ['admin'] });
  await putSix(sim);
  const team = await new TeamList(await desktop('root')).open();
  await expect(team.scope('All')).toBeChecked();
  await team.shows(4, 2, 3, 6, 1, 5);
  await expect(team.scope('My team')).toHaveCount(0);
});

/** The Functions know the owner's flag for a minute, so it is not changed between two tests: only their answer is. */
test('where the owner limits supervisors to their team there is no more to see', async ({ desktop, sim }) => {
  await putSix(sim);
  const prepare = (page) =>
    page.route('**/flex/team-lists', async (route) => {
      const response = await route.fetch();
      const { agents, ...answer } = await response.json();
      const mine = agents.filter(({ isMine }) => isMine);
      await route.fulfill({ response, json: { ...answer, sees: 'team', agents: mine } });
    });
  const sue = await desktop('sue', { prepare });
  const team = await new TeamList(sue).open();
  await team.shows(4, 2, 3, 1, 5);
  await expect(team.scopes.getByRole('radio')).toHaveCount(2);
  await sim.configure({ workerAttributes: { sue: { team_id: '', team_name: '' } } });
  await sue.page.reload();
  await sue.isUp();
  await expect(team.view).toContainText('You belong to no team');
  await expect(team.scopes).toHaveCount(0);
  await expect(team.view).toContainText('Nothing is parked');
});

test('filters narrow the rows, and count what they would leave', async ({ desktop, sim }) => {
  await putSix(sim);
  const team = await new TeamList(await desktop('sue')).open();
  await team.shows(4, 2, 3, 1, 5);
  await expect(team.filter('Agent').getByRole('option')).toHaveText(['All agents', 'Ada Agent (3)', 'Ben Agent (2)']);
  await expect(team.toggle(/^Overdue/)).toHaveText('Overdue (1)');

  await team.filter('Agent').selectOption({ label: 'Ada Agent (3)' });
  await team.shows(2, 3, 1);
  await expect(team.filter('Queue').getByRole('option')).toHaveText(['All queues', 'Everyone (2)', 'Support (1)']);
  await expect(team.toggle(/^Unanswered/)).toHaveText('Unanswered (0)');
  await team.filter('Queue').selectOption({ label: 'Everyone (2)' });
  await team.shows(3, 1);
  await team.filter('Reason').selectOption({ label: 'Waiting for parts (1)' });
  await team.shows(3);
  await team.filter('Agent').selectOption({ label: 'All agents' });
  await team.filter('Reason').selectOption({ label: 'No reason (2)' });
  await team.shows(4, 5);
  await team.filter('Channel').selectOption({ label: 'WhatsApp (1)' });
  await team.shows(5);
  await team.toggle(/^Unanswered/).click();
  await expect(team.view).toContainText('No parked conversation matches');
  await team.view.getByRole('button', { name: 'Clear search and filters' }).click();
  await team.shows(4, 2, 3, 1, 5);
  await expect(team.search).toBeFocused();

  await team.toggle(/^Overdue/).click();
  await team.shows(2);
  await expect(team.toggle(/^Overdue/)).toHaveAttribute('aria-pressed', 'true');
  await team.toggle(/^Overdue/).click();
  await team.search.fill('ben who');
  await expect(team.rows).toHaveCount(0);
  await team.search.fill('ben custom');
  await team.shows(4, 5);
});

test('rows are sorted by each column', async ({ desktop, sim }) => {
  await putSix(sim);
  const team = await new TeamList(await desktop('sue')).open();
  await team.shows(4, 2, 3, 1, 5);
  for (const [name, up, down] of /** @type {[string, number[], number[]][]} */ ([
    ['Customer', [4, 1, 2, 3, 5], [4, 5, 3, 2, 1]],
    ['Agent', [4, 1, 2, 3, 5], [4, 5, 1, 2, 3]],
    ['Queue', [4, 5, 1, 3, 2], [4, 2, 5, 1, 3]],
    ['Until', [4, 2, 3, 5, 1], [4, 5, 1, 3, 2]],
    ['Unanswered since', [4, 2, 3, 1, 5], [4, 5, 1, 3, 2]],
  ])) {
    const header = team.table.getByRole('columnheader', { name });
    await header.getByRole('button').click();
    await team.shows(...up);
    await expect(header).toHaveAttribute('aria-sort', 'ascending');
    await header.getByRole('button').click();
    await team.shows(...down);
    await expect(header).toHaveAttribute('aria-sort', 'descending');
  }
  await team.table.getByRole('columnheader', { name: 'Parked', exact: true }).getByRole('button').click();
  await team.shows(4, 5, 1, 2, 3);
});

test('the view is the same after a reload, and its address shows it to a colleague', async ({
  desktop,
  newPage,
  sim,
}) => {
  await putSix(sim);
  const sue = await desktop('sue');
  const team = await new TeamList(sue).open();
  await team.scope('All').check();
  await team.search.fill('ada');
  await team.shows(2, 3, 1);
  await team.filter('Agent').selectOption({ label: 'Ada Agent (3)' });
  await team.toggle(/^Overdue/).click();
  await team.shows(2);
  const ada = await agentOf(sim, 'ada');
  const shared = new URL(sue.page.url());
  expect(shared.pathname).toMatch(/^\/park-interaction\/?$/);
  // No search: the address stays in the browser's history, and in the logs of web servers.
  expect(Object.fromEntries(shared.searchParams)).toEqual({ scope: 'all', agent: ada.workerSid, overdue: '1' });

  await sue.page.reload();
  await sue.isUp();
  await team.shows(2);
  await expect(team.scope('All')).toBeChecked();
  await expect(team.filter('Agent')).toHaveValue(`=${ada.workerSid}`);
  await expect(team.search).toHaveValue('ada');

  /** Opens the view with these choices in its address, and a sign-in, as one that has expired would add it. */
  const open = async (search) => {
    const { url } = await agentOf(sim, 'sue');
    const page = await newPage();
    await page.goto(`/park-interaction${new URL(url, sue.page.url()).search}&${search}`);
    await page.getByTestId('activity-dropdown-button').waitFor({ timeout: 60_000 });
    return new TeamList({ page });
  };
  const colleague = await open(shared.search.slice(1));
  await colleague.shows(2);
  await expect(colleague.search).toHaveValue('');
  await expect(colleague.toggle(/^Overdue/)).toHaveAttribute('aria-pressed', 'true');

  const damaged = await open('scope=world&agent=WK1&overdue=yes&sort=price&order=up');
  await damaged.shows(4, 2, 3, 1, 5);
  await expect(damaged.scope('My team')).toBeChecked();
});

test('what agents and customers do is seen at once', async ({ desktop, sim }) => {
  const [ada, sue] = [await desktop('ada'), await desktop('sue')];
  const team = await new TeamList(sue).open();
  await expect(team.view).toContainText('Your agents have nothing parked');
  for (const customer of [CHARLIE, WANDA]) {
    await ada.open(customer);
    await ada.park();
    await expect(team.row(customer), customer).toHaveCount(1, { timeout: 2_000 });
  }
  await expect(team.row(CHARLIE)).toContainText('Ada Agent');
  await expect(team.row(CHARLIE)).toContainText('Everyone');
  await ada.goTo('Break');
  await sim.customerWrites('wanda', 'Back again');
  await expect(team.row(WANDA)).toHaveCount(0, { timeout: 2_000 });
  await expect(team.rows).toHaveCount(1);
});

test('a supervisor resumes the conversation of an agent', async ({ desktop, sim }) => {
  const [ada, sue] = [await desktop('ada'), await desktop('sue')];
  await ada.open(CHARLIE);
  await ada.park();
  const team = await new TeamList(sue).open();
  await expect(team.row(CHARLIE)).toHaveCount(1);
  await team.button(CHARLIE).click();
  await expect(team.row(CHARLIE)).toContainText('You are not available.');
  await sue.goTo('Available');
  await expect(team.row(CHARLIE)).not.toContainText('You are not available.');
  await sue.page.evaluate(() => {
    /** @type {any} Flex is there */
    const window = globalThis;
    const note = (/** @type {any} the payload */ { ownerSid }) => (window.seen = ownerSid);
    window.Twilio.Flex.Actions.addListener('beforeUnparkInteraction', note);
  });
  await team.button(CHARLIE).click();
  await expect(sue.task(CHARLIE)).toHaveAttribute('aria-label', /status accepted/);
  const seen = await sue.page.evaluate(() => /** @type {any} see above */ (globalThis).seen);
  expect(seen, 'in whose list the supervisor saw it').toBe((await agentOf(sim, 'ada')).workerSid);
});

test('a list that cannot be read takes the others not down', async ({ desktop, sim, troubles }) => {
  troubles.expect(/Sync/);
  await putSix(sim);
  const { workerSid } = await agentOf(sim, 'ben');
  /** @type {import('./support/sync.mjs').Broken | undefined} */
  let sync;
  const sue = await desktop('sue', { prepare: async (page) => (sync = await breakSync(page, 500, workerSid)) });
  const team = await new TeamList(sue).open();
  await team.shows(2, 3, 1);
  await expect(team.view).toContainText('1 of 3 lists could not be read.');
  sync?.mend();
  await team.view.getByRole('button', { name: 'Try again' }).click();
  await team.shows(4, 2, 3, 1, 5);
  await expect(team.view).not.toContainText('could not be read');
});

test('a missing map is not created, and an agent without one has no rows', async ({ desktop, sim }) => {
  const sue = await desktop('sue');
  const team = await new TeamList(sue).open();
  await expect(team.view).toContainText('Your agents have nothing parked');
  const { maps } = await sim.world();
  const own = mapOf(sue.agent);
  const lists = maps.filter(({ unique_name: name }) => name?.startsWith('ParkedInteractions_'));
  expect(lists.map(({ unique_name: name }) => name)).toEqual([own]);
});

test('after a lost connection all is read again', async ({ desktop, sim, troubles }) => {
  await putSix(sim);
  /** @type {import('./support/connection.mjs').Line | undefined} */
  let line;
  const sue = await desktop('sue', { prepare: async (page) => (line = await cuttable(page, troubles)) });
  const team = await new TeamList(sue).open();
  await team.shows(4, 2, 3, 1, 5);
  line?.cut();
  await expect(team.view).toContainText('You are offline');
  await putInto(sim, 'ben', [parked(8, { unheardSince: Date.now() - 60 * 60_000 })]);
  line?.mend();
  await team.shows(8, 4, 2, 3, 1, 5);
  await expect(team.view).not.toContainText('You are offline');
});
