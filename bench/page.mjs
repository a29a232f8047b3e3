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

/**
 * Lets the plugin park through the baseline's function. Before it, the participants are read, as the existing plugin does after a
 * click. Has to run before Flex.
 */
export function parkAsDocumented() {
  const send = globalThis.fetch.bind(globalThis);
  const PARK = '/features/park-interaction/flex/park-interaction';
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (!request.url.endsWith(PARK)) return send(request);
    const form = new URLSearchParams(await request.text());
    if (form.has('prepare')) return new Response(JSON.stringify({ outcome: 'ready' }));
    /** @type {any} Flex is there */
    const { store, workerClient } = /** @type {any} */ (globalThis).Twilio.Flex.Manager.getInstance();
    /** @type {any[]} Flex types its tasks itself */
    const tasks = [...store.getState().flex.worker.tasks.values()];
    const task = tasks.find(({ taskSid }) => taskSid === form.get('taskSid'));
    /** @type {any[]} as above */
    const participants = await task.getParticipants(form.get('channelSid'));
    const { participantSid } = participants.find(({ type }) => type === 'agent');
    const fields = {
      participantSid,
      workflowSid: task.workflowSid,
      taskChannelUniqueName: task.taskChannelUniqueName,
      queueName: task.queueName,
      queueSid: task.queueSid,
      workerSid: workerClient.sid,
      taskAttributes: JSON.stringify(task.attributes),
    };
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    const response = await send(request.url.replace(PARK, '/bench/park'), { method: 'POST', body: form });
    if (!response.ok) throw new Error(`the baseline responded ${response.status}`);
    return new Response(JSON.stringify({ outcome: 'parked', webhookSid: null }));
  };
}

/**
 * Clicks on Park. Returns the time until the agent can type to the next customer.
 *
 * @param {string} next the next customer's name
 */
export async function freeHandsTime(next) {
  const canType = () => {
    const header = document.querySelector('.Twilio-TaskCanvasHeader')?.textContent ?? '';
    const { activeElement } = document;
    return header.includes(next) && activeElement?.matches('textarea:not(:disabled)');
  };
  const began = performance.now();
  /** @type {HTMLElement | null} */
  const button = document.querySelector('[data-testid=park-interaction-button]');
  if (!button) throw new Error('there is no button to park');
  button.click();
  while (!canType()) await new Promise(requestAnimationFrame);
  return performance.now() - began;
}

/**
 * Clicks on a task in Flex's own list. Returns the time until the agent could type to its customer.
 *
 * @param {string} customer
 */
export async function selectTime(customer) {
  const tasks = [...document.querySelectorAll('[data-testid=task-item]')];
  /** @type {HTMLElement | undefined} */
  const task = /** @type {any} an element of the page */ (tasks.find((item) => item.textContent?.includes(customer)));
  if (!task) throw new Error('there is no such task');
  const isShown = () =>
    document.querySelector('.Twilio-TaskCanvasHeader')?.textContent?.includes(customer) &&
    document.querySelector('textarea:not(:disabled)');
  const began = performance.now();
  task.click();
  while (!isShown()) await new Promise(requestAnimationFrame);
  return performance.now() - began;
}

/**
 * Clicks on Resume in the list. Returns the time until the conversation is with the agent.
 *
 * @param {string} conversationSid
 */
export async function resumeTime(conversationSid) {
  const isThere = () => {
    /** @type {any} Flex is there */
    const { store } = /** @type {any} */ (globalThis).Twilio.Flex.Manager.getInstance();
    /** @type {any[]} Flex types its tasks itself */
    const tasks = [...store.getState().flex.worker.tasks.values()];
    return tasks.some(({ attributes }) => attributes.conversationSid === conversationSid);
  };
  /** @type {HTMLElement | null} */
  const button = document.querySelector(`[data-conversation="${conversationSid}"] button`);
  if (!button) throw new Error('there is no button to resume');
  const began = performance.now();
  button.click();
  while (!isThere()) await new Promise(requestAnimationFrame);
  return performance.now() - began;
}
