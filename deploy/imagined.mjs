// What a dry run takes for the answers to requests that it does not send: so the same code runs on, and shows what it would do
// next. What was really asked for reading is read from the account, unless it would only be there after the changes.

/** The last part of a collection's path: what is made there, and how its SIDs begin. */
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
};
/** As long as a SID, because the toolkit tells SIDs from names by that. */
const IMAGINED = /([A-Z]{2}_new_[a-z]+_\d+)_*/g;

/** A text with imagined SIDs cut to what can be read. */
export const readable = (text) => text.replaceAll(IMAGINED, '$1');

/** `answer(request)` gives `{ status, body, wouldChange }`, or `undefined` where the account has to be asked. */
export function imaginedAccount() {
  const made = new Map();
  const counts = {};

  const create = ({ url, parameters }) => {
    const [kind, prefix] = KINDS[url.pathname.split('/').at(-1)] ?? ['thing', 'XX'];
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

const snake = (name) => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
