// Fake responses for a dry run, so that the real code can continue and shows what it would do next. Requests that only read go to
// the account, unless the resource would only be there after the changes.

/**
 * By the last part of a collection's path: the kind of its resources, and the prefix of their SIDs.
 *
 * @type {Record<string, [kind: string, prefix: string]>}
 */
const KINDS = {
  Services: ['service', 'ZS'],
  Environments: ['environment', 'ZE'],
  Functions: ['function', 'ZH'],
  Assets: ['asset', 'ZH'],
  Versions: ['version', 'ZN'],
  Builds: ['build', 'ZB'],
  Deployments: ['deployment', 'ZD'],
  Variables: ['variable', 'ZV'],
  Plugins: ['plugin', 'FP'],
  Configurations: ['configuration', 'FJ'],
  Releases: ['release', 'FK'],
  Sinks: ['sink', 'DG'],
  Subscriptions: ['subscription', 'DF'],
};
/** An imagined SID. It is as long as a real one, because the toolkit distinguishes SIDs from names by their length. */
const IMAGINED = /([A-Z]{2}_new_[a-z]+_\d+)_*/g;

/**
 * Returns a text with its imagined SIDs cut to what can be read.
 *
 * @param {string} text
 */
export const readable = (text) => text.replaceAll(IMAGINED, '$1');

/** @typedef {import('./transport.mjs').Request} Request */

/**
 * A fake response. `wouldChange`: the request would change the account.
 *
 * @typedef {{ status: number, body: any, wouldChange: boolean }} Imagined any: the body of any resource
 */

/**
 * Makes an account whose `answer` returns the fake response to a request, or `undefined` where the request goes to the real account.
 *
 * @returns {{ answer: (request: Request) => Imagined | undefined }}
 */
export function imaginedAccount() {
  /** @type {Map<string, object>} */
  const made = new Map();
  /** @type {Record<string, number>} */
  const counts = {};

  /** @param {Request} request */
  const create = ({ url, parameters }) => {
    const [kind, prefix] = KINDS[url.pathname.split('/').at(-1) ?? ''] ?? ['thing', 'XX'];
    counts[kind] = (counts[kind] ?? 0) + 1;
    const sid = `${prefix}_new_${kind}_${counts[kind]}`.padEnd(34, '_');
    const fields = Object.entries(parameters ?? {}).map(([name, value]) => [snake(name), value]);
    const body = {
      ...Object.fromEntries(fields),
      sid,
      status: 'completed',
      domain_name: 'domain-to-be-given.twil.io',
      asset_versions: [],
      function_versions: [],
      meta: { key: 'items' },
    };
    made.set(`${url.pathname}/${sid}`, body);
    return body;
  };

  return {
    answer(request) {
      const { method, url } = request;
      if (method === 'POST') return { status: 201, body: create(request), wouldChange: true };
      if (method === 'DELETE') return { status: 204, body: undefined, wouldChange: true };
      if (url.pathname.search(IMAGINED) < 0) return undefined;
      const known = made.get(url.pathname.replace(/\/Status$/, ''));
      return { status: 200, body: known ?? emptyList(), wouldChange: false };
    },
  };
}

const emptyList = () => ({ items: [], meta: { key: 'items', next_page_url: null } });

/** @param {string} name */
const snake = (name) => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
