// What lists and the account's own settings show.

import { formsOf } from '../../identity.mjs';

const WORKERS_LOOKED_AT = 20;

export async function askAccount(asking, { workspace, agent, account }) {
  await asking.about(['listed-attributes'], async () => {
    const listed = await workspace.workers.list({ limit: WORKERS_LOOKED_AT });
    const isShown = listed.some(({ attributes }) => attributes);
    asking.found('listed-attributes', isShown ? 'shown' : 'null');
  });
  await asking.about(['contact-uri'], () => askContactUri(asking, { workspace, agent }));
  await asking.about(['owner-timers'], async () => askOwnerTimers(asking, account));
}

/** Of somebody who is signed in, the identity is known. Of others, a list shows what Flex wrote, not whether its case is right. */
async function askContactUri(asking, { workspace, agent }) {
  const { identity, givenContactUri: uri } = agent;
  if (!agent.isOurs) return asking.found('contact-uri', shapeFor(uri, [identity]) ?? 'fits no form of the identity');
  const listed = await workspace.workers.list({ limit: WORKERS_LOOKED_AT });
  const shapes = new Set();
  for (const { sid } of listed.filter((one) => one.sid !== agent.workerSid)) {
    const { friendlyName, attributes } = await workspace.workers(sid).fetch();
    const read = JSON.parse(attributes);
    const shape = shapeFor(read.contact_uri, formsOf(friendlyName, read.email));
    shapes.add(shape === 'other-case' ? undefined : shape);
  }
  const seen = [...shapes];
  if (seen.length === 1 && seen[0]) return asking.found('contact-uri', seen[0]);
  const found = seen.map((shape) => shape ?? 'one that does not fit the name').join(', ');
  const why = found ? `workers differ: ${found}` : 'there is no worker beside the trial’s own';
  asking.notAsked('contact-uri', `${why}; FLEX_TOKEN asks for one whose identity is known`);
}

/** How a worker's contact_uri stands to their identity, which may be any of `forms`. */
function shapeFor(uri, forms) {
  if (!uri) return 'missing';
  if (forms.some((form) => uri === `client:${form}`)) return 'client';
  if (forms.includes(uri)) return 'bare';
  const isOneOf = (form) => uri.toLowerCase() === `client:${form}`.toLowerCase();
  return forms.some(isOneOf) ? 'other-case' : undefined;
}

function askOwnerTimers(asking, { inactiveTimer, closedTimer }) {
  if (closedTimer) return asking.found('owner-timers', 'closed');
  if (inactiveTimer) return asking.found('owner-timers', 'inactive');
  asking.notAsked(
    'owner-timers',
    'the account sets none by itself; whether a flow does, shows only in a conversation of its own',
  );
}
