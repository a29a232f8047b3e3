// Accessibility of the list and of the supervisor's view, by axe.

import { AxeBuilder } from '@axe-core/playwright';

import { expect } from './test.mjs';

/**
 * Flex's buttons have the theme's text colour at once, and fade to its background within 250 ms: until then the contrast is that of
 * neither theme.
 */
const WITHOUT_FADING = '*, *::before, *::after { transition: none !important; }';

/**
 * Checks the view and its link, in the light and in the dark theme.
 *
 * @param {import('@playwright/test').Page} page
 * @param {string} state the name of the view's state, for the message
 */
export async function isAccessible(page, state) {
  const style = await page.addStyleTag({ content: WITHOUT_FADING });
  for (const isLight of [false, true]) {
    await page.evaluate(
      (theme) => {
        /** @type {any} Flex is there */ (globalThis).Twilio.Flex.Manager.getInstance().updateConfig({ theme });
      },
      { isLight },
    );
    const view = expect(page.locator('section[aria-labelledby]'));
    await (isLight ? view : view.not).toHaveCSS('background-color', 'rgb(255, 255, 255)');
    const { violations, passes } = await new AxeBuilder({ page })
      .include('section[aria-labelledby]')
      .include('.Twilio-Side-Link--Active')
      .analyze();
    expect(violations, `${state}, ${isLight ? 'light' : 'dark'}`).toEqual([]);
    expect(passes.map(({ id }) => id)).toContain('color-contrast');
  }
  await style.evaluate((node) => /** @type {Element} */ (node).remove());
}
