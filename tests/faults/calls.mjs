// The remote calls of an operation, as the simulator's journal has them.

const SID = /([A-Z]{2})[0-9a-f]{32}/g;
/** One of several maps of the same kind, by the conversation. */
const NUMBERED_MAP = /\/Maps\/(\w+_)\d\b/g;

/**
 * The calls among the journal's requests: `{ method, host, template, nth }`. `template` is the path with its SIDs and the map's number left
 * open, `nth` tells calls apart that are made more than once.
 */
export function callsOf(requests) {
  const seen = new Map();
  const calls = requests.filter(isRemote).map(({ method, host, path }) => {
    const template = path.replace(SID, '{$1}').replace(NUMBERED_MAP, '/Maps/$1{#}');
    const same = `${method} ${host}${template}`;
    seen.set(same, (seen.get(same) ?? 0) + 1);
    return { method, host, template, nth: seen.get(same) };
  });
  // Calls are made side by side, so their order says nothing and is not the same each time.
  return calls.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** The fault that hits this one call of whoever is known by `marks`, once. */
export function faultAt({ method, host, template, nth }, marks, kind) {
  const path = template
    .split(/(\{(?:[A-Z]{2}|#)\})/)
    .map(patternOf)
    .join('');
  return { method, host, pathPattern: `^${path}$`, nth, times: 1, mentions: marks, ...kind };
}

/** The regular expression of a part of a template. */
function patternOf(part) {
  if (part === '{#}') return '\\d';
  return /^\{..\}$/.test(part) ? `${part.slice(1, 3)}[0-9a-f]{32}` : escaped(part);
}

/** How people read a call. */
export function nameOf({ method, host, template, nth }) {
  const product = host.replace('.twilio.com', '');
  const path = template.replace(/^\/v\d+\//, '').replace(/\/?\{AC\}/, '');
  return `${method} ${product} ${path}${nth > 1 ? ` (${nth})` : ''}`;
}

const keyOf = ({ method, host, template, nth }) => `${host}${template} ${method} ${String(nth).padStart(3, '0')}`;

/** What the Functions ask of Twilio. Twilio's own requests to them stand in the journal too. */
const isRemote = ({ via }) => via === 'tls';

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
