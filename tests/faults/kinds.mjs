// The kinds of failure of a call, as the simulator's faults.

/** A delay longer than the timeout of the Functions, so that they give up first. */
const HOLD_MS = 3_000;

const always = () => true;
const answered = (name, status, code) => ({
  name,
  applies: always,
  fault: () => ({ kind: 'status', status, code }),
});

/** The kinds: a name, the calls that the kind applies to, and the fault for one of them. */
export const KINDS = [
  answered('400', 400, 20001),
  {
    name: '404',
    applies: always,
    // A deletion that gets 404 finds the resource gone: another process has deleted it.
    fault: ({ method }) => ({ kind: method === 'DELETE' ? 'statusAfter' : 'status', status: 404, code: 20404 }),
  },
  {
    name: '409/412',
    applies: ({ host, method }) => host === 'sync.twilio.com' && method !== 'GET',
    fault: conflict,
  },
  answered('429', 429, 20429),
  answered('500', 500, 20500),
  answered('503', 503, 20503),
  { name: '503, done', applies: always, fault: () => ({ kind: 'statusAfter', status: 503, code: 20503 }) },
  { name: 'reset', applies: always, fault: () => ({ kind: 'dropBefore' }) },
  { name: 'reset, done', applies: always, fault: () => ({ kind: 'dropAfter' }) },
  { name: 'timeout', applies: always, fault: () => ({ kind: 'timeout', holdMs: HOLD_MS }) },
];

/** Another process was first: the name of a new resource is taken, or the revision of an existing one has changed. */
function conflict({ template }) {
  const taken = { Documents: 54301, Maps: 54301, Items: 54208 }[template.split('/').at(-1)];
  return taken ? { kind: 'status', status: 409, code: taken } : { kind: 'status', status: 412, code: 54103 };
}
