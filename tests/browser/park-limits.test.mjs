// The owner's rules for parking: channels, queues, reasons of a queue, waits of the dialog, and the number of parked conversations.

import { listOn, List, mapOf, parkedItems } from './support/list.mjs';
import { parkedBy, setParked } from './support/returned.mjs';
import { rest } from './support/rest.mjs';
import { breakSync } from './support/sync.mjs';
import { onlyRequest, requested, withFlags } from './support/park.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
const WANDA = 'Wanda Walker';
const HOUR_MS = 3_600_000;
const MARKUP = '<img src=x onerror=alert(1)> & {{customer}}';
const NOT_THIS_CHANNEL = 'Cannot park: conversations of this channel are not parked here';
const NOT_THIS_QUEUE = 'Cannot park: conversations of this queue are not parked here';

const arrowOf = ({ page }) => page.getByTestId('park-interaction-until');
const dialogOf = ({ page }) => page.getByRole('dialog');

/** Opens a conversation with its messages on the screen. */
async function inConversation(desktop, customer = CHARLIE, options = {}) {
  const ada = await desktop('ada', { timezoneId: 'Europe/Berlin', ...options });
  await ada.open(customer);
  await expect(ada.messages.last()).toBeVisible();
  return ada;
}

/** Invokes the action as another plugin does. Returns the error's message. */
const parkByAction = ({ page }, customer) =>
  page.evaluate(async (name) => {
    const { Actions, Manager } = globalThis.Twilio.Flex;
    const { tasks } = Manager.getInstance().store.getState().flex.worker;
    const task = [...tasks.values()].find(({ attributes }) => attributes.customerName === name);
    return Actions.invokeAction('ParkInteraction', { task }).then(
      () => 'parked',
      ({ message }) => message,
    );
  }, customer);

/** Checks that button and arrow are there, say why they do nothing, and do nothing. */
async function isOff(ada, sim, reason) {
  for (const part of [ada.parkButton, arrowOf(ada)]) {
    await expect(part).toBeVisible();
    await expect(part).toHaveAttribute('aria-disabled', 'true');
    await expect(part).toHaveAccessibleName(reason);
    await part.focus();
    await ada.page.keyboard.press('Enter');
    await expect(dialogOf(ada)).toHaveCount(0);
  }
  for (const key of ['F', 'X']) await ada.page.keyboard.press(`Control+Shift+${key}`);
  await expect(dialogOf(ada)).toHaveCount(0);
  expect(await parkByAction(ada, CHARLIE)).toBe('the flags do not allow it');
  await expect(ada.notifications).toHaveText(reason);
  expect(await requested(sim)).toEqual([]);
  await expect(ada.task(CHARLIE)).toBeVisible();
}

test('conversations of other channels are not parked', async ({ desktop, sim, troubles }) => {
  troubles.expect(/Error in action ParkInteraction/);
  await sim.configure(withFlags({ channels: ['WhatsApp'] }));
  const ada = await inConversation(desktop);
  await isOff(ada, sim, NOT_THIS_CHANNEL);
  await ada.open(WANDA);
  await expect(ada.parkButton).toBeEnabled();
  await expect(arrowOf(ada)).toBeEnabled();
  await ada.park();
  await onlyRequest(sim);
});

test('conversations of other queues are not parked', async ({ desktop, sim, troubles }) => {
  troubles.expect(/Error in action ParkInteraction/);
  await sim.configure(withFlags({ queues: ['Support'] }));
  await isOff(await inConversation(desktop), sim, NOT_THIS_QUEUE);

  const { queues } = await sim.facts();
  for (const queue of ['Everyone', queues.Everyone ?? Object.values(queues)[0]]) {
    await sim.configure(withFlags({ queues: ['Support', queue] }));
    const ada = await inConversation(desktop);
    await expect(ada.parkButton, queue).toBeEnabled();
    await ada.page.close();
  }
});

test('by keyboard alone: a reason of the queue, which is required there', async ({ desktop, sim }) => {
  await sim.configure({
    ...withFlags({
      reasons: ['Waiting for payment'],
      same_agent_seconds: 10,
      per_queue: { Support: { reasons: ['Never shown'] } },
    }),
    workerAttributes: {
      ada: {
        config_overrides: {
          features: {
            park_interaction: {
              per_queue: {
                Everyone: { reasons: ['Waiting for parts'], reason_required: true, same_agent_seconds: 90 },
              },
            },
          },
        },
      },
    },
  });
  const ada = await inConversation(desktop);
  const { keyboard } = ada.page;
  await expect(ada.parkButton).toBeEnabled();
  await ada.parkButton.focus();
  await keyboard.press('Enter');
  const dialog = dialogOf(ada);
  await expect(dialog).toBeVisible();
  const reason = dialog.getByRole('combobox', { name: 'Reason' });
  await expect(reason.getByRole('option')).toHaveText(['–', 'Waiting for parts']);
  await keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toHaveText('Choose a reason.');
  await expect(reason).toBeFocused();
  await keyboard.type('Waiting');
  await keyboard.press('Control+Enter');
  expect(await onlyRequest(sim)).toMatchObject({ reason: 'Waiting for parts', sameAgentSeconds: '90' });
  await expect(ada.task(CHARLIE)).toHaveCount(0);
});

test('by keyboard alone: a wait of the flag', async ({ desktop, sim }) => {
  await sim.configure(withFlags({ wait_minutes: [30, 120, 4_320] }));
  const ada = await inConversation(desktop);
  const { keyboard } = ada.page;
  await expect(arrowOf(ada)).toBeEnabled();
  await arrowOf(ada).focus();
  await keyboard.press('Enter');
  const choices = dialogOf(ada).getByRole('radio');
  await expect(choices.first()).toBeFocused();
  for (const [index, name] of [/^in 30 minutes/i, /^in 2 hours/i, /^in 3 days/i, /^tomorrow/i].entries()) {
    await expect(choices.nth(index + 1)).toHaveAccessibleName(name);
  }
  await expect(dialogOf(ada).getByRole('radio', { name: /in 1 hour|in 4 hours/i })).toHaveCount(0);
  const before = Date.now();
  for (let step = 0; step < 3; step += 1) await keyboard.press('ArrowDown');
  await expect(choices.nth(3)).toBeChecked();
  await keyboard.press('Enter');
  const due = Number((await onlyRequest(sim)).until) * 1_000;
  expect(due).toBeGreaterThanOrEqual(before + 72 * HOUR_MS - 1_000);
  expect(due).toBeLessThanOrEqual(Date.now() + 72 * HOUR_MS);
});

for (const { language, waits } of [
  { language: 'es-ES', waits: ['dentro de 1 minuto', 'dentro de 2 horas', 'dentro de 3 días'] },
  { language: 'es-MX', waits: ['dentro de 1 minuto', 'dentro de 2 horas', 'dentro de 3 días'] },
  { language: 'pt-BR', waits: ['em 1 minuto', 'em 2 horas', 'em 3 dias'] },
  { language: 'th', waits: ['ในอีก 1 นาที', 'ในอีก 2 ชั่วโมง', 'ในอีก 3 วัน'] },
  { language: 'zh-Hans', waits: ['1分钟后', '2小时后', '3天后'] },
]) {
  test(`waits have the plurals of ${language}`, async ({ desktop, sim }) => {
    await sim.configure(withFlags({ wait_minutes: [1, 120, 4_320] }));
    const ada = await inConversation(desktop, CHARLIE, {
      prepare: (page) =>
        page.addInitScript((tag) => globalThis.localStorage.setItem('TWILIO_FLEX_LOCALE_PREFERENCE', tag), language),
    });
    await expect(arrowOf(ada)).toBeEnabled();
    await arrowOf(ada).click();
    const labels = dialogOf(ada).locator('.option span');
    for (const [index, wait] of waits.entries()) {
      await expect(labels.nth(index + 1)).toHaveText(wait, { ignoreCase: true });
    }
  });
}

test('the list reminds of the oldest of many parked conversations', async ({ desktop, sim }) => {
  await sim.configure(listOn);
  await sim.configure(withFlags({ max_parked_hint: 4 }));
  const ada = await inConversation(desktop);
  const newest = Date.UTC(2026, 4, 12, 7);
  await sim.putItems(mapOf(ada.agent), parkedItems(2, { newest }));
  const list = new List(ada);
  await expect(list.link).toHaveAccessibleName(/2 interactions/);
  await ada.park();
  await expect(ada.notifications).toHaveText(/^Parked until/);
  await expect(ada.task(CHARLIE)).toHaveCount(0);

  await expect(ada.notifications).toHaveCount(1);
  await ada.open(WANDA);
  await expect(list.link).toHaveAccessibleName(/3 interactions/);
  await ada.park();
  await expect(ada.task(WANDA)).toHaveCount(0);
  await expect(
    ada.notifications.filter({
      hasText: /^Parked conversations: 4\. The oldest: Customer 1, since Tue, May 12, 8:59.AM\.$/,
    }),
  ).toBeVisible();
});

test('without a list that can be read there is no reminder, and a park works', async ({ desktop, sim, troubles }) => {
  troubles.expect(/./);
  await sim.configure(listOn);
  await sim.configure(withFlags({ max_parked_hint: 1 }));
  const ada = await inConversation(desktop, CHARLIE, { prepare: (page) => breakSync(page, 500, 'ParkedInteractions') });
  await ada.park();
  await expect(ada.notifications).toHaveText(/^Parked until/);
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await expect(ada.notifications).toHaveCount(1);
});

test('a full list refuses, and names the oldest', async ({ desktop, sim, troubles }) => {
  troubles.expect(/Failed to load resource/);
  troubles.expect(/Error in action ParkInteraction/);
  await sim.configure(listOn);
  await sim.configure(withFlags({ max_parked: 2 }));
  const ada = await inConversation(desktop);
  const items = parkedItems(2, { newest: Date.UTC(2026, 4, 12, 7) });
  await sim.putItems(mapOf(ada.agent), items);
  await ada.park();
  await expect(ada.notifications).toHaveText(
    /^Charlie Customer was not parked\. .* \(2\)\. Resume one first\. The oldest: Customer 1, since Tue, May 12, 8:59.AM\.$/,
  );
  await expect(ada.task(CHARLIE)).toBeVisible();
});

/** Customers choose their names, and other programs write rows: a name is text wherever it is shown. */
test('a name with markup is shown as text', async ({ desktop, sim, stack, troubles }) => {
  troubles.expect(/Failed to load resource: the server responded with a status of 409/);
  troubles.expect(/Error in action ParkInteraction/);
  await sim.configure(listOn);
  await sim.configure(withFlags({ max_parked_hint: 1 }));
  const ada = await inConversation(desktop);
  const [task] = await sim.tasksOf('charlie');
  const { workspaceSid } = stack.facts;
  await rest(stack, 'POST', `https://taskrouter.twilio.com/v1/Workspaces/${workspaceSid}/Tasks/${task.sid}`, {
    Attributes: JSON.stringify({ ...task.attributes, customerName: MARKUP }),
  });
  await setParked(sim, stack, 'charlie', parkedBy(ada.agent, { note: MARKUP, reason: MARKUP }));
  const strip = ada.page.getByTestId('park-interaction-returned');
  await expect(strip).toContainText(`${MARKUP} · ${MARKUP}`);

  await sim.putItems(mapOf(ada.agent), {
    [`CH${'0'.repeat(32)}`]: { customerName: MARKUP, channelType: 'web', parkedAt: Date.now() - HOUR_MS },
  });
  const list = new List(ada);
  await expect(list.link).toHaveAccessibleName(/1 interaction/);
  await arrowOf(ada).click();
  await dialogOf(ada)
    .getByRole('radio', { name: /^in 1 hour/i })
    .check();
  await dialogOf(ada).getByRole('textbox', { name: 'Note' }).fill(MARKUP);
  await dialogOf(ada).getByRole('button', { name: 'Park' }).click();
  await expect(ada.notifications.filter({ hasText: 'Parked until' })).toHaveText(
    new RegExp(`, or until ${literally(MARKUP)} writes\\.$`),
  );
  await expect(ada.notifications.filter({ hasText: 'The oldest' })).toHaveText(
    new RegExp(`The oldest: ${literally(MARKUP)}, since `),
  );
  await expect(ada.page.locator('img[src="x"]')).toHaveCount(0);

  await list.open();
  await expect(list.rows).toHaveCount(2);
  for (const row of await list.rows.all()) await expect(row).toContainText(MARKUP);
  await expect(ada.page.locator('img[src="x"]')).toHaveCount(0);

  await sim.configure(withFlags({ max_parked: 1 }));
  const again = await inConversation(desktop, WANDA);
  await again.park();
  await expect(again.notifications).toHaveText(new RegExp(`The oldest: ${literally(MARKUP)}, since `));
  await expect(again.page.locator('img[src="x"]')).toHaveCount(0);
});

const literally = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
