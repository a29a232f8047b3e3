// The list in use: parked conversations appear in it, and are resumed from it.

import { List, listOn, mapOf } from './support/list.mjs';
import { rest } from './support/rest.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
const WANDA = 'Wanda Walker';
const SAM = 'Sam Sender';

/** Parks the conversation of a customer in the agent's desktop. */
async function park(desktop, customer) {
  await desktop.open(customer);
  await desktop.park();
  await expect(desktop.task(customer)).toHaveCount(0);
}

test.beforeEach(({ sim }) => sim.configure(listOn));

test('a parked conversation is in the list until the customer writes', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  const other = await new List(await desktop('ada')).open();
  const ben = await new List(await desktop('ben')).open();
  await expect(other.view).toContainText('Nothing is parked');
  await other.counts(0);

  await park(ada, CHARLIE);
  const last = 'It is 4711. I have to look for the confirmation mail, one moment.';
  await expect(other.row(CHARLIE)).toContainText(['customer-charlie', 'Web chat', last, 'until they write'].join(''));
  await other.counts(1);
  await expect(other.announcement).toHaveText('New in the list: 1. Parked conversations: 1');
  await park(ada, WANDA);
  await expect(other.rows).toContainText([WANDA, CHARLIE]);
  await other.counts(2);
  await expect(other.link.locator('.Twilio-Badge-TextContainer')).toHaveText('2');

  await ada.goTo('Break');
  await sim.customerWrites('charlie', 'I have found the number.');
  await expect(other.rows).toContainText([WANDA]);
  await other.counts(1);
  await ben.counts(0);
});

test('a conversation is resumed by keyboard and shown', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  const list = new List(ada);
  for (const customer of [CHARLIE, WANDA, SAM]) await park(ada, customer);

  const { keyboard } = ada.page;
  await list.link.focus();
  await keyboard.press('Enter');
  await expect(list.rows).toContainText([SAM, WANDA, CHARLIE]);
  await list.search.focus();
  await keyboard.type('WÄNDA');
  await expect(list.rows).toContainText([WANDA]);
  await keyboard.press('ControlOrMeta+a');
  await keyboard.press('Delete');
  await expect(list.rows).toHaveCount(3);
  await keyboard.press('Tab');
  await expect(list.channel).toBeFocused();
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await expect(list.header('Customer')).toHaveAttribute('aria-sort', 'ascending');
  await expect(list.rows).toContainText([CHARLIE, SAM, WANDA]);
  // Past the other headers, to the first row.
  for (let presses = 0; presses < 5; presses += 1) await keyboard.press('Tab');
  await expect(list.button(CHARLIE)).toBeFocused();
  await keyboard.press('End');
  await expect(list.button(WANDA)).toBeFocused();
  await keyboard.press('Enter');

  await expect(ada.task(WANDA)).toHaveAttribute('aria-label', /status accepted/);
  const { messages } = await sim.conversationOf('wanda');
  await expect(ada.messages).toHaveText(messages.map(({ body }) => body));
  await expect(ada.notifications.filter({ hasText: 'routed' }), 'it is there already').toHaveCount(0);
  const [, resumed, ...more] = await sim.tasksOf('wanda');
  expect(more).toEqual([]);
  expect(resumed.attributes.originalRouting.workerSid).toBe(ada.agent.workerSid);

  await list.open();
  await expect(list.rows).toContainText([CHARLIE, SAM]);
  await expect(list.header('Customer'), 'the choice outlives leaving the view').toHaveAttribute(
    'aria-sort',
    'ascending',
  );
});

test('a failed resume keeps its row, with the reason', async ({ desktop, sim, troubles }) => {
  const ada = await desktop('ada');
  for (const customer of [CHARLIE, WANDA]) await park(ada, customer);
  const list = await new List(ada).open();

  troubles.expect(/Failed to load resource/);
  troubles.expect(/Error in action UnparkInteraction/);
  const { functionsDomain: host } = await sim.facts();
  const lost = await sim.fault({ host, kind: 'dropBefore', times: 0 });
  await list.button(CHARLIE).click();
  await expect(list.row(CHARLIE)).toContainText('No answer came. Check your connection');
  const unclear = `It is not certain that the conversation with ${CHARLIE} was resumed. No answer came.`;
  await expect(ada.notifications.filter({ hasText: unclear })).toHaveCount(1);
  await expect(list.button(CHARLIE), 'the keyboard stays there').toBeFocused();
  await sim.disarm(lost.id);

  const held = await sim.fault({ host, method: 'POST', kind: 'holdBefore' });
  await expect(list.button(CHARLIE)).toHaveText('Try again');
  await list.button(CHARLIE).click();
  await expect(list.button(CHARLIE)).toHaveText('Resuming…');
  await expect(list.button(CHARLIE)).toBeDisabled();
  await expect(list.button(WANDA), 'the others stay usable').toBeEnabled();
  await sim.disarm(held.id);
  await expect(ada.task(CHARLIE)).toHaveAttribute('aria-label', /status accepted/);
});

test('the row of a closed conversation is removed by a resume', async ({ desktop, sim, stack, troubles }) => {
  const ada = await desktop('ada');
  for (const customer of [CHARLIE, WANDA]) await park(ada, customer);
  const { sid } = await sim.conversationOf('wanda');
  await rest(stack, 'POST', `https://conversations.twilio.com/v1/Conversations/${sid}`, { State: 'closed' });
  const list = await new List(ada).open();
  troubles.expect(/Failed to load resource/);
  troubles.expect(/Error in action UnparkInteraction/);
  await list.button(WANDA).click();
  await expect(ada.notifications.last()).toHaveText(
    `The conversation with ${WANDA} was not resumed. The conversation is closed.`,
  );
  await expect(list.rows).toContainText([CHARLIE]);
  await expect(list.button(CHARLIE), 'the next row takes the keyboard').toBeFocused();
  await list.counts(1);
});

test('without the list there is no link, view or traffic', async ({ desktop, sim }) => {
  await sim.configure({
    uiAttributes: { custom_data: { features: { park_interaction: { enabled: true, show_list: false } } } },
  });
  const ada = await desktop('ada');
  await park(ada, CHARLIE);
  const list = new List(ada);
  await expect(list.link).toHaveCount(0);
  await ada.page.goto('/park-interaction');
  await ada.isUp();
  await expect(list.view).toHaveCount(0);
  const { maps } = await sim.world();
  expect(maps.filter(({ unique_name: name }) => name === mapOf(ada.agent))).toEqual([]);
});
