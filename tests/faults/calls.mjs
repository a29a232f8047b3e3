// The remote calls of an operation, as the simulator's journal has them.

const SID = /([A-Z]{2})[0-9a-f]{32}/g;
/** One of several maps of the same kind, by the conversation. */
const NUMBERED_MAP = /\/Maps\/(\w+_)\d\b/g;

/**
 * Returns the calls among the journal's requests: `{ method, host, template, nth }`. `template` is the path with its SIDs and the map's number left
 * open, `nth` numbers calls that are made more than once.
 */
export function callsOf(requests) {
  const seen = new Map();
  const calls = requests.filter(isRemote).map(({ method, host, path }) => {
    const template = path.replace(SID, '{$1}').replace(NUMBERED_MAP, '/Maps/$1{#}');
    const same = `${method} ${host}${template}`;
    seen.set(same, (seen.get(same) ?? 0) + 1);
    return { method, host, template, nth: seen.get(same) };
  });
  // Calls are made side by side, so their order differs from run to run.
  return calls.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** Returns the fault that hits this one call once, in requests that mention one of `marks`. */
export function faultAt({ method, host, template, nth }, marks, kind) {
  const path = template
    .split(/(\{(?:[A-Z]{2}|#)\})/)
    .map(patternOf)
    .join('');
  return { method, host, pathPattern: `^${path}$`, nth, times: 1, mentions: marks, ...kind };
}

/** Returns the regular expression for a part of a template. */
function patternOf(part) {
  if (part === '{#}') return '\\d';
  return /^\{..\}$/.test(part) ? `${part.slice(1, 3)}[0-9a-f]{32}` : escaped(part);
}

/** Returns the call as people read it. */
export function nameOf({ method, host, template, nth }) {
  const product = host.replace('.twilio.com', '');
  const path = template.replace(/^\/v\d+\//, '').replace(/\/?\{AC\}/, '');
  return `${method} ${product} ${path}${nth > 1 ? ` (${nth})` : ''}`;
}

const keyOf = ({ method, host, template, nth }) => `${host}${template} ${method} ${String(nth).padStart(3, '0')}`;

/** Returns true for a request of the Functions to Twilio. The journal has Twilio's requests to them too. */
const isRemote = ({ via }) => via === 'tls';

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
