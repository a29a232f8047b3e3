// Other plugins that accept offers too: a resumed conversation is shown after any acceptance.

import { List, listOn } from './support/list.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';

test.beforeEach(({ sim }) => sim.configure(listOn));

/** Opens Ada's desktop with another plugin, `plugin`, and parks one conversation. */
async function adaWithPlugin(plugin, desktop) {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await ada.page.evaluate(plugin);
  return ada;
}

/** Checks that the conversation is accepted and shown. */
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

test('another plugin may accept offers by Flex’s action', async ({ desktop, sim, troubles }) => {
  // Older versions of Flex UI refuse the second invocation of the action, which is that plugin's here.
  troubles.expect(/Action (AcceptTask )?is pending/);
  const ada = await adaWithPlugin(acceptByAction, desktop);
  const list = await new List(ada).open();
  await list.button(CHARLIE).click();
  await isShown(ada, sim);
  expect(await sim.tasksOf('charlie')).toHaveLength(2);
});

test('another plugin may accept offers by the SDK', async ({ desktop, sim, troubles }) => {
  // Flex accepts a second time, and logs the failure.
  troubles.expect(/Failed to load resource/);
  troubles.expect(/Could not accept reservation/);
  const ada = await adaWithPlugin(acceptBySdk, desktop);
  const list = await new List(ada).open();
  await list.button(CHARLIE).click();
  await isShown(ada, sim);
});

test('a failed acceptance does not change the view', async ({ desktop, sim, troubles }) => {
  troubles.expect(/Failed to load resource/);
  troubles.expect(/Could not accept reservation/);
  const ada = await adaWithPlugin(() => undefined, desktop);
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
