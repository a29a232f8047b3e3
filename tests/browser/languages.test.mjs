// Texts in the language that the agent chose in Flex, and texts of an admin.

import { createHash } from 'node:crypto';

import { readTexts, served } from '../../scripts/setup/plugin-texts.mjs';
import { known } from '../support/known.mjs';
import { listOn, mapOf, parkedItems } from './support/list.mjs';
import { sideLink } from './support/desktop.mjs';
import { expect, test } from './support/test.mjs';

/** Flex's key in `localStorage` for the agent's language. */
const CHOSEN_LANGUAGE = 'TWILIO_FLEX_LOCALE_PREFERENCE';

/** The addresses of texts in other languages than English. */
const TEXTS = '**/flex/parts?*';

const TWO_HOURS = 7_230_000;

/** Chooses the agent's language before Flex loads. */
const choose = (page, language) =>
  page.addInitScript(([key, value]) => localStorage.setItem(key, value), [CHOSEN_LANGUAGE, language]);

/** Notes the addresses of requests for texts. */
function noteRequests(page, requests) {
  page.on('request', (request) => {
    if (request.url().includes('/flex/parts')) requests.push(request.url());
  });
}

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
    const requests = [];
    const ada = await desktop('ada', {
      prepare: async (page) => {
        noteRequests(page, requests);
        await choose(page, language);
      },
    });
    await ada.open('Charlie Customer');
    await expect(ada.parkButton).toHaveText(label);

    await sideLink(ada.page, { name: link, exact: true }).click();
    const rows = ada.page.getByRole('table').locator('[data-conversation]');
    await expect(rows).toContainText([ago, ago]);
    await expect(rows).toContainText([waits, waits]);
    await expect(ada.page.getByRole('columnheader', { name: listed, exact: true })).toBeVisible();
    expect(requests).toHaveLength(language === 'en-US' ? 0 : 1);
  });
}

/**
 * How the texts may fail to come, and what the console says.
 *
 * @type {Record<string, { handle: (route: import('@playwright/test').Route) => unknown, errors: RegExp[] }>}
 */
const FAILURES = {
  'of another version than the Functions': {
    handle: (route) =>
      route.continue({
        url: route
          .request()
          .url()
          .replace(/sha256=.*/, 'sha256=older'),
      }),
    errors: [/404/, /integrity/],
  },
  'of Functions before this version': {
    handle: (route) => route.continue({ url: route.request().url().replace('/flex/parts', '/flex/before') }),
    errors: [/404/, /integrity/],
  },
  'out of reach': { handle: (route) => route.abort(), errors: [/ERR_FAILED/] },
  forged: {
    handle: async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('พัก', '<img src="x" onerror="alert(1)">');
      await route.fulfill({ response, body });
    },
    errors: [/integrity/],
  },
  slow: {
    handle: async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      // The page may be gone.
      await route.continue().catch(() => undefined);
    },
    errors: [],
  },
};

for (const [failure, { handle, errors }] of Object.entries(FAILURES)) {
  test(`with texts that are ${failure}, the plugin works in English, until the page is loaded again`, async ({
    desktop,
    sim,
    troubles,
  }) => {
    for (const error of errors) troubles.expect(error);
    await sim.configure(listOn);
    const { agents } = await sim.facts();
    const map = mapOf(known(agents.find(({ identity }) => identity === 'ada')));
    await sim.putItems(map, parkedItems(2, { newest: Date.now() - TWO_HOURS }));
    const warnings = [];
    const ada = await desktop('ada', {
      prepare: async (page) => {
        page.on('console', (message) => {
          if (message.type() === 'warning' && message.text().includes('park-interaction'))
            warnings.push(message.text());
        });
        await choose(page, 'th');
        await page.route(TEXTS, handle);
      },
    });
    await ada.open('Charlie Customer');
    await expect(ada.parkButton).toHaveText('Park');
    await sideLink(ada.page, { name: 'Parked Interactions, 2 interactions', exact: true }).click();
    await expect(ada.page.getByRole('table').locator('[data-conversation]')).toContainText([
      '2 hours ago',
      '2 hours ago',
    ]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('no texts in th, so they are in English');

    await ada.page.unroute(TEXTS);
    await ada.page.reload();
    await ada.isUp();
    await expect(sideLink(ada.page, { name: 'การสนทนาที่พักไว้, 2 การสนทนา', exact: true })).toBeVisible();
    expect(warnings).toHaveLength(1);
  });
}

/** Serves the Thai texts without the label of the button, their first one, to a plugin that was built with exactly these. */
async function withoutThaiLabel(page) {
  const { sha256, content } = known(served(await readTexts()).th);
  expect(content).toMatch(/^พัก\n/);
  const texts = content.replace('พัก', '');
  const hash = createHash('sha256').update(texts).digest('base64');
  await page.route('**/plugins/park-interaction.js', async (route) => {
    const response = await route.fetch();
    const bundle = await response.text();
    expect(bundle).toContain(sha256);
    await route.fulfill({ response, body: bundle.replace(sha256, hash) });
  });
  await page.route(TEXTS, (route) => {
    expect(new URL(route.request().url()).searchParams.get('sha256')).toBe(hash);
    return route.fulfill({ body: texts, contentType: 'text/plain; charset=utf-8' });
  });
}

test('a missing translation is in English', async ({ desktop }) => {
  const ada = await desktop('ada', {
    prepare: async (page) => {
      await withoutThaiLabel(page);
      await choose(page, 'th');
    },
  });
  await ada.open('Charlie Customer');
  await expect(ada.parkButton).toHaveText('Park');
  await expect(ada.parkButton).toHaveAccessibleName('พักการสนทนาจนกว่าลูกค้าจะเขียนมา');
});

test('a text that an admin sets while the texts come stays', async ({ desktop }) => {
  const ada = await desktop('ada', {
    prepare: async (page) => {
      await choose(page, 'th');
      await page.route(TEXTS, async (route) => {
        await page.evaluate(() => {
          globalThis.Twilio.Flex.Manager.getInstance().strings.ParkInteractionButtonLabel = 'Hold';
        });
        await route.continue();
      });
    },
  });
  await ada.open('Charlie Customer');
  await expect(ada.parkButton).toHaveText('Hold');
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
