// Malformed HTTP bodies: mutations of real ones, the same for the same seed.

/** Returns a stream of random numbers, the same for the same seed: xorshift with 32 bits. */
export function randomFrom(seed) {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=latin1',
  'multipart/form-data; boundary=x',
  'text/plain',
  '',
];

/** Pieces that are hard to parse. */
const PIECES = [
  '\\ud83d',
  '\\udc00\\ud83d',
  '\\u0000',
  '\u0000',
  '\ufeff',
  '\u2028',
  '1e999',
  '-0',
  '1.79E12',
  '99999999999999999999999999',
  '__proto__',
  'constructor',
  'toString',
  'null',
  '[]',
  '{}',
  '"',
  '\\',
  '%',
  '%00',
  '%ff',
  '&a[b][c]=1',
  '&Token=x&Token=y',
  '../',
  '?',
  '#',
  '\r\n',
];

/** Returns a mutation of one of `seeds`, objects with the fields of a request: `{ type, body }`. */
export function mutated(seeds, random) {
  const pick = (list) => list[random(list.length)];
  const fields = { ...pick(seeds) };
  for (let changes = random(3); changes > 0; changes -= 1) {
    fields[pick(Object.keys(fields))] = oddValue(random, pick);
  }
  const type = pick(TYPES);
  const text = type.includes('form') ? formOf(fields) : JSON.stringify(fields);
  let body = Buffer.from(text);
  for (let changes = random(4); changes > 0; changes -= 1) body = spoiled(body, random, pick);
  return { type, body };
}

function formOf(fields) {
  const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
  return new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, text(value)])).toString();
}

function oddValue(random, pick) {
  const odd = [
    () => pick(PIECES),
    () => JSON.parse(`"${pick(['\\ud83d', '\\udc00', '\\u0000'])}"`),
    () => 'x'.repeat(random(20_000)),
    () => nested(random(400)),
    () => [pick(PIECES), null, random(1_000)],
    () => ({ [pick(PIECES)]: pick(PIECES) }),
    () => random(2 ** 31) * (random(2) ? 1 : -1),
    () => null,
    () => true,
  ];
  return pick(odd)();
}

function nested(levels) {
  /** @type {unknown} */
  let value = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 ? [value] : { a: value };
  return value;
}

/** Returns the bytes with a piece inserted, some cut out, some doubled, or one changed. */
function spoiled(body, random, pick) {
  const at = random(body.length + 1);
  const [before, after] = [body.subarray(0, at), body.subarray(at)];
  const ways = [
    () => [before, Buffer.from(pick(PIECES)), after],
    () => [before, after.subarray(random(after.length + 1))],
    () => [before, before.subarray(random(before.length + 1)), after],
    () => [before, Buffer.from([random(256)]), after.subarray(1)],
    () => [before, Buffer.from('['.repeat(random(5_000))), after],
  ];
  return Buffer.concat(pick(ways)());
}
