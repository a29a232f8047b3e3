// What runs in the page. Each function is sent there as it stands, so it may use nothing from outside itself.

/** Notes when the plugin is ready. Has to run before Flex does, which takes away all marks once it has loaded. */
export function noteReady() {
  globalThis.pluginReady = new Promise((resolve) => {
    new PerformanceObserver((list) => {
      const ready = list.getEntriesByName('park-interaction:ready')[0];
      if (ready) resolve(ready.startTime);
    }).observe({ type: 'mark' });
  });
}

/** From the moment when the plugin's bundle is there until the plugin is ready. */
export async function initTime() {
  const ready = await globalThis.pluginReady;
  const [bundle] = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/park-interaction.js'));
  return ready - bundle.responseEnd;
}

/**
 * Clicks on the link to the list as soon as it is there, and tells how long it took until the first rows were painted, and
 * of how many nodes the view consists.
 */
export async function openList() {
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const link = () => document.querySelector('.Twilio-SideNav [aria-label^="Parked Interactions"]');
  while (!link()) await painted();
  const began = performance.now();
  link().click();
  while (!document.querySelector('[role=table] [data-conversation]')) await painted();
  await painted();
  const ms = performance.now() - began;
  return { ms, nodes: document.querySelector('[role=table]').closest('section').querySelectorAll('*').length };
}

/** Goes where all tasks are. */
export function leaveList() {
  globalThis.Twilio.Flex.Actions.invokeAction('NavigateToView', { viewName: 'agent-desktop' });
}

/** Clicks on Park, and tells how long it took until the customer's task was gone from the tasks. */
export async function parkTime(customer) {
  const isThere = () =>
    [...document.querySelectorAll('[data-testid=task-item]')].some((item) => item.textContent.includes(customer));
  const began = performance.now();
  document.querySelector('[data-testid=park-interaction-button]').click();
  while (isThere()) await new Promise(requestAnimationFrame);
  return performance.now() - began;
}

/** The time at which the customer's task is among the tasks. */
export async function taskCame(customer) {
  const isThere = () =>
    [...document.querySelectorAll('[data-testid=task-item]')].some((item) => item.textContent.includes(customer));
  while (!isThere()) await new Promise(requestAnimationFrame);
  return Date.now();
}
