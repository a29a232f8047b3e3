// The texts in the language that the agent chose in Flex, and as an admin words them.

import { expect, test } from './support/test.mjs';

/** Where Flex keeps the language that an agent chose. */
const CHOSEN_LANGUAGE = 'TWILIO_FLEX_LOCALE_PREFERENCE';

for (const [language, label] of [
  ['es-ES', 'Aparcar'],
  ['es-MX', 'En espera'],
  ['pt-BR', 'Estacionar'],
  ['th', 'พัก'],
  ['zh-Hans', '搁置'],
  ['en-US', 'Park'],
]) {
  test(`for an agent whose language is ${language} the button says ${label}`, async ({ desktop }) => {
    const chosen = [CHOSEN_LANGUAGE, language];
    const ada = await desktop('ada', {
      prepare: (page) => page.addInitScript((entry) => localStorage.setItem(...entry), chosen),
    });
    await ada.open('Charlie Customer');
    await expect(ada.parkButton).toHaveText(label);
  });
}

test("an admin's own words take the place of those of the plugin", async ({ desktop }) => {
  const ada = await desktop('ada');
  await ada.page.evaluate(() => {
    globalThis.Twilio.Flex.Manager.getInstance().strings.ParkInteractionButtonLabel = 'Hold';
  });
  await ada.open('Charlie Customer');
  await expect(ada.parkButton).toHaveText('Hold');
});
