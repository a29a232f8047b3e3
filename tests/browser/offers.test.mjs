// Other plugins that accept offers too: what the agent has resumed is shown whoever accepted it.

import { List, listOn } from './support/list.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';

test.beforeEach(({ sim }) => sim.configure(listOn));

/** Ada, who has parked one conversation, beside another plugin: `plugin` runs in her page. */
async function adaBeside(plugin, desktop) {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await ada.page.evaluate(plugin);
  return ada;
}

/** The conversation is there, and the agent looks at it. */
async function isShown(ada, sim) {
  await expect(ada.task(CHARLIE)).toHaveAttribute('aria-label', /status accepted/);
  await expect(ada.page).toHaveURL(/agent-desktop/);
  const { messages } = await sim.conversationOf('charlie');
  await expect(ada.messages).toHaveText(messages.map(({ body }) => body));
}

function acceptByAction() {
  const { Actions, Manager } = globalThis.Twilio.Flex;
  Manager.getInstance().workerClient.on('reservationCreated', ({ sid }) => Actions.invokeAction('AcceptTask', { sid }));
}

function acceptBySdk() {
  const { workerClient } = globalThis.Twilio.Flex.Manager.getInstance();
  workerClient.on('reservationCreated', (reservation) => reservation.accept());
}

test('beside a plugin that accepts every offer by Flex’s action, nothing fails', async ({ desktop, sim, troubles }) => {
  // Older versions of Flex UI refuse the action of the second who invokes it, which is that plugin here.
  troubles.expect(/Action is pending/);
  const ada = await adaBeside(acceptByAction, desktop);
  const list = await new List(ada).open();
  await list.button(CHARLIE).click();
  await isShown(ada, sim);
  expect(await sim.tasksOf('charlie')).toHaveLength(2);
});

test('beside a plugin that accepts every offer by the SDK, the conversation is shown', async ({
  desktop,
  sim,
  troubles,
}) => {
  // Flex tries what that plugin has begun already, and says so.
  troubles.expect(/Failed to load resource/);
  troubles.expect(/Could not accept reservation/);
  const ada = await adaBeside(acceptBySdk, desktop);
  const list = await new List(ada).open();
  await list.button(CHARLIE).click();
  await isShown(ada, sim);
});

test('an agent whose acceptance fails stays where they are', async ({ desktop, sim, troubles }) => {
  troubles.expect(/Failed to load resource/);
  troubles.expect(/Could not accept reservation/);
  const ada = await adaBeside(() => undefined, desktop);
  const list = await new List(ada).open();
  await ada.page.route(/wschannels/, async (route) => {
    const isAcceptance = /"accept"/.test(route.request().postData() ?? '');
    if (isAcceptance) await route.fulfill({ status: 400, json: { code: 20001, message: 'not now' } });
    else await route.continue();
  });
  await list.button(CHARLIE).click();
  await expect(ada.task(CHARLIE)).toHaveAttribute('aria-label', /status pending/);
  const { reservations } = await sim.world();
  const { sid } = reservations.find((one) => one.reservation_status === 'pending');
  await sim.answerReservation(sid, 'rejected');
  await expect(list.row(CHARLIE)).toContainText('The conversation was not accepted. It is still parked.');
  await expect(ada.page).toHaveURL(/park-interaction/);
});
