// Texts in the language that the agent chose in Flex, and texts of an admin.

import { gunzipSync, gzipSync } from 'node:zlib';

import { known } from '../support/known.mjs';
import { listOn, mapOf, parkedItems } from './support/list.mjs';
import { sideLink } from './support/desktop.mjs';
import { expect, test } from './support/test.mjs';

/** Flex's key in `localStorage` for the agent's language. */
const CHOSEN_LANGUAGE = 'TWILIO_FLEX_LOCALE_PREFERENCE';

const TWO_HOURS = 7_230_000;

for (const { language, label, link, ago, waits, listed } of [
  {
    language: 'es-ES',
    label: 'Aparcar',
    link: 'Conversaciones aparcadas, 2 conversaciones',
    ago: 'hace 2 horas',
    waits: 'hasta que escriba',
    listed: 'En la lista hasta',
  },
  {
    language: 'es-MX',
    label: 'En espera',
    link: 'Conversaciones en espera, 2 conversaciones',
    ago: 'hace 2 horas',
    waits: 'hasta que escriba',
    listed: 'En la lista hasta',
  },
  {
    language: 'pt-BR',
    label: 'Estacionar',
    link: 'Conversas estacionadas, 2 conversas',
    ago: 'há 2 horas',
    waits: 'até o cliente escrever',
    listed: 'Na lista até',
  },
  {
    language: 'th',
    label: 'พัก',
    link: 'การสนทนาที่พักไว้, 2 การสนทนา',
    ago: '2 ชั่วโมงที่ผ่านมา',
    waits: 'จนกว่าลูกค้าจะเขียนมา',
    listed: 'อยู่ในรายการถึง',
  },
  {
    language: 'zh-Hans',
    label: '搁置',
    link: '已搁置的对话, 2 个对话',
    ago: '2小时前',
    waits: '直到客户发来消息',
    listed: '列表中保留至',
  },
  {
    language: 'en-US',
    label: 'Park',
    link: 'Parked Interactions, 2 interactions',
    ago: '2 hours ago',
    waits: 'until they write',
    listed: 'Listed until',
  },
]) {
  test(`${language}: the button is “${label}”, a time is “${ago}”`, async ({ desktop, sim }) => {
    await sim.configure(listOn);
    const { agents } = await sim.facts();
    const map = mapOf(known(agents.find(({ identity }) => identity === 'ada')));
    await sim.putItems(map, parkedItems(2, { newest: Date.now() - TWO_HOURS }));
    const chosen = [CHOSEN_LANGUAGE, language];
    const ada = await desktop('ada', {
      prepare: (page) => page.addInitScript(([key, value]) => localStorage.setItem(key, value), chosen),
    });
    await ada.open('Charlie Customer');
    await expect(ada.parkButton).toHaveText(label);

    await sideLink(ada.page, { name: link, exact: true }).click();
    const rows = ada.page.getByRole('table').locator('[data-conversation]');
    await expect(rows).toContainText([ago, ago]);
    await expect(rows).toContainText([waits, waits]);
    await expect(ada.page.getByRole('columnheader', { name: listed, exact: true })).toBeVisible();
  });
}

/** The archive in the bundle: the only text of that length. */
const ARCHIVE = /[A-Za-z0-9+/=]{20000,}/;

/** Removes the Thai label of the button, the first text of its language in the bundle's archive. */
async function withoutThaiLabel(page) {
  const [before, after] = ['\0th\nพัก\n', '\0th\n\n'].map((text) => Buffer.from(text));
  await page.route('**/plugins/park-interaction.js', async (route) => {
    const response = await route.fetch();
    const bundle = await response.text();
    const [archive] = known(bundle.match(ARCHIVE));
    const bytes = gunzipSync(Buffer.from(archive, 'base64'));
    const at = bytes.indexOf(before);
    expect(at).toBeGreaterThan(0);
    const without = Buffer.concat([bytes.subarray(0, at), after, bytes.subarray(at + before.length)]);
    await route.fulfill({ response, body: bundle.replace(archive, gzipSync(without).toString('base64')) });
  });
}

test('a missing translation is in English', async ({ desktop }) => {
  const ada = await desktop('ada', {
    prepare: async (page) => {
      await withoutThaiLabel(page);
      await page.addInitScript(([key, value]) => localStorage.setItem(key, value), [CHOSEN_LANGUAGE, 'th']);
    },
  });
  await ada.open('Charlie Customer');
  await expect(ada.parkButton).toHaveText('Park');
  await expect(ada.parkButton).toHaveAccessibleName('พักการสนทนาจนกว่าลูกค้าจะเขียนมา');
});

test("an admin's text replaces the plugin's", async ({ desktop }) => {
  const ada = await desktop('ada');
  await ada.page.evaluate(() => {
    globalThis.Twilio.Flex.Manager.getInstance().strings.ParkInteractionButtonLabel = 'Hold';
  });
  await ada.open('Charlie Customer');
  await expect(ada.parkButton).toHaveText('Hold');
});
