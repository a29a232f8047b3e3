// The functions that run in the page. Each is sent there as it stands, so it may use nothing from outside itself.

/** Notes when the plugin is ready. Has to run before Flex, which removes all marks once it has loaded. */
export function noteReady() {
  /** @type {any} our own global */ (globalThis).pluginReady = new Promise((resolve) => {
    new PerformanceObserver((list) => {
      const ready = list.getEntriesByName('park-interaction:ready')[0];
      if (ready) resolve(ready.startTime);
    }).observe({ type: 'mark' });
  });
}

/** Returns the time from the loaded bundle to the ready plugin. */
export async function initTime() {
  /** @type {number} */
  const ready = await /** @type {any} our own global */ (globalThis).pluginReady;
  // Entries of this type.
  const resources = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType('resource'));
  const [bundle] = resources.filter(({ name }) => name.endsWith('/park-interaction.js'));
  return ready - bundle.responseEnd;
}

/**
 * Clicks on the link to the list as soon as it is there. Returns the time until the first rows were painted, and the number of nodes
 * of the view.
 */
export async function openList() {
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  /** @returns {HTMLElement | null} */
  const find = () => document.querySelector('.Twilio-SideNav [aria-label^="Parked Interactions"]');
  let link = find();
  for (; !link; link = find()) await painted();
  const began = performance.now();
  link.click();
  while (!document.querySelector('[role=table] [data-conversation]')) await painted();
  await painted();
  const ms = performance.now() - began;
  const view = document.querySelector('[role=table]')?.closest('section');
  if (!view) throw new Error('the list is gone');
  return { ms, nodes: view.querySelectorAll('*').length };
}

/** Goes to the view of all tasks. */
export function leaveList() {
  /** @type {any} Flex is there */ (globalThis).Twilio.Flex.Actions.invokeAction('NavigateToView', {
    viewName: 'agent-desktop',
  });
}

/**
 * Clicks on Park. Returns the time until the customer's task was gone from the tasks.
 *
 * @param {string} customer
 */
export async function parkTime(customer) {
  const isThere = () =>
    [...document.querySelectorAll('[data-testid=task-item]')].some((item) => item.textContent?.includes(customer));
  const began = performance.now();
  /** @type {HTMLElement | null} */
  const button = document.querySelector('[data-testid=park-interaction-button]');
  if (!button) throw new Error('there is no button to park');
  button.click();
  while (isThere()) await new Promise(requestAnimationFrame);
  return performance.now() - began;
}

/**
 * Waits until the customer's task is among the tasks. Returns the time.
 *
 * @param {string} customer
 */
export async function taskCame(customer) {
  const isThere = () =>
    [...document.querySelectorAll('[data-testid=task-item]')].some((item) => item.textContent?.includes(customer));
  while (!isThere()) await new Promise(requestAnimationFrame);
  return Date.now();
}
