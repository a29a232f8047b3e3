// The remote calls of an operation, from the simulator's journal.

const SID = /([A-Z]{2})[0-9a-f]{32}/g;
/** Matches one of several maps of the same kind. The conversation determines its number. */
const NUMBERED_MAP = /\/Maps\/(\w+_)\d\b/g;

/**
 * Returns the calls among the journal's requests: `{ method, host, template, nth }`. `template` is the path with placeholders for
 * SIDs and the map's number. `nth` numbers repeated calls.
 */
export function callsOf(requests) {
  const seen = new Map();
  const calls = requests.filter(isRemote).map(({ method, host, path }) => {
    const template = path.replace(SID, '{$1}').replace(NUMBERED_MAP, '/Maps/$1{#}');
    const same = `${method} ${host}${template}`;
    seen.set(same, (seen.get(same) ?? 0) + 1);
    return { method, host, template, nth: seen.get(same) };
  });
  // Calls run in parallel, so their order differs from run to run.
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

/** Returns the call as text. */
export function nameOf({ method, host, template, nth }) {
  const product = host.replace('.twilio.com', '');
  const path = template.replace(/^\/v\d+\//, '').replace(/\/?\{AC\}/, '');
  return `${method} ${product} ${path}${nth > 1 ? ` (${nth})` : ''}`;
}

const keyOf = ({ method, host, template, nth }) => `${host}${template} ${method} ${String(nth).padStart(3, '0')}`;

/** Returns true for a request of the Functions to Twilio. The journal has Twilio's requests to the Functions too. */
const isRemote = ({ via }) => via === 'tls';

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
