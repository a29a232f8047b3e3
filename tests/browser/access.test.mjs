// The list where Sync's access lists are on: the Function gives each agent the permission for their own.

import { known } from '../support/known.mjs';
import { sideLink } from './support/desktop.mjs';
import { listOn, mapOf, parkedItems } from './support/list.mjs';
import { rest } from './support/rest.mjs';
import { expect, test } from './support/test.mjs';

/**
 * Writes into a map with the agent's own token, as a script in the page could. Returns the status of Sync's refusal, if there is one.
 *
 * @param {string} id
 */
function tryMap(id) {
  const manager = globalThis.Twilio.Flex.Manager.getInstance();
  const { token } = manager.store.getState().flex.session.ssoTokenPayload;
  const Client = manager.insightsClient.constructor;
  const client = new Client(token, { ...manager.configuration.sdkOptions?.insights, productId: 'data_sync' });
  return client
    .map({ id, mode: 'open_existing' })
    .then((map) => map.set('CH1', {}))
    .then(
      () => null,
      ({ status }) => status,
    )
    .finally(() => client.shutdown());
}

test('agents read their own list, and neither change it nor read another', async ({
  desktop,
  sim,
  stack,
  troubles,
}) => {
  // The SDK logs each refusal. The first makes the plugin ask the Function.
  troubles.expect(/403|Access forbidden/);
  await sim.configure(listOn);
  const { agents, agentSyncServiceSid } = await sim.facts();
  const [adas, bens] = ['ada', 'ben'].map((name) => mapOf(known(agents.find(({ identity }) => identity === name))));
  await sim.putItems(adas, parkedItems(2));
  await sim.putItems(bens, parkedItems(3));
  await rest(stack, 'POST', `https://sync.twilio.com/v1/Services/${agentSyncServiceSid}`, { AclEnabled: 'true' });

  const warnings = [];
  const ada = await desktop('ada', {
    prepare: (page) =>
      page.on('console', (message) => {
        if (message.text().startsWith('park-interaction:')) warnings.push(message.text());
      }),
  });
  await expect(sideLink(ada.page, { name: 'Parked Interactions, 2 interactions' })).toBeVisible();
  await sim.putItems(adas, parkedItems(1, { first: 2 }));
  await expect(sideLink(ada.page, { name: 'Parked Interactions, 3 interactions' })).toBeVisible();
  expect(await ada.page.evaluate(tryMap, adas)).toBe(403);
  expect(await ada.page.evaluate(tryMap, bens)).toBe(403);
  expect(warnings).toEqual([]);
});

test('a reload finds access lists that were switched on meanwhile', async ({ desktop, sim, stack, troubles }) => {
  troubles.expect(/403|Access forbidden/);
  await sim.configure(listOn);
  const { agents, agentSyncServiceSid } = await sim.facts();
  const adas = mapOf(known(agents.find(({ identity }) => identity === 'ada')));
  const ada = await desktop('ada');
  await expect(sideLink(ada.page, { name: 'Parked Interactions' })).toBeVisible();
  await rest(stack, 'POST', `https://sync.twilio.com/v1/Services/${agentSyncServiceSid}`, { AclEnabled: 'true' });
  await ada.page.reload();
  await sim.putItems(adas, parkedItems(2));
  await expect(sideLink(ada.page, { name: 'Parked Interactions, 2 interactions' })).toBeVisible();
});
