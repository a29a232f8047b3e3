// Comparing a worker's contact_uri with their chat identity, by which the Functions know who writes.
//
// Flex makes the identity from the person's email address and writes it into contact_uri: `client:ann_2Eveal_40example_2Ecom`
// (https://support.twilio.com/hc/en-us/articles/42799965656987). Other ways of signing in take the worker's name, leave the
// letters as they are, or encode them with percent signs.

const CLIENT = /^client:/i;
const PLAIN = /^[A-Za-z0-9]$/;

/**
 * A worker with their attributes as an object.
 *
 * @typedef {{ friendlyName: string, attributes: Record<string, unknown> }} Worker
 */

/**
 * Returns the expected contact_uri of a worker.
 *
 * @param {Worker} worker
 */
export function expectedContactUri({ friendlyName, attributes }) {
  return `client:${encoded(email(attributes) ?? friendlyName, '_')}`;
}

/**
 * Returns true if a worker's contact_uri fits their email address or their name, in any of the forms above.
 *
 * @param {Worker} worker
 */
export function fitsIdentity({ friendlyName, attributes }) {
  const contact = String(attributes.contact_uri).replace(CLIENT, '').toLowerCase();
  const forms = formsOf(friendlyName, email(attributes));
  return forms.some((form) => form.toLowerCase() === contact);
}

/** @param {Worker['attributes']} attributes */
const email = ({ email }) => (typeof email === 'string' && email !== '' ? email : undefined);

/**
 * Returns names as they are, and encoded in every way. The case of letters is compared elsewhere.
 *
 * @param {...unknown} names
 */
export const formsOf = (...names) =>
  names.filter(isName).flatMap((name) => [name, encoded(name, '_'), encoded(name, '%'), encodeURIComponent(name)]);

/**
 * @param {unknown} name
 * @returns {name is string}
 */
function isName(name) {
  return typeof name === 'string' && name !== '';
}

/**
 * Encodes all but letters and digits as `mark` and two hexadecimal digits for each byte.
 *
 * @param {string} text
 * @param {string} mark
 */
function encoded(text, mark) {
  /** @param {number} byte */
  const hex = (byte) => `${mark}${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return [...text].map((letter) => (PLAIN.test(letter) ? letter : [...Buffer.from(letter)].map(hex).join(''))).join('');
}
