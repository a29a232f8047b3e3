// Whether a worker's contact_uri is that of their chat identity, by which the Functions know who writes.
//
// Flex makes the identity from the person's email address and writes it into contact_uri: `client:ann_2Eveal_40example_2Ecom`
// (https://support.twilio.com/hc/en-us/articles/42799965656987). Other ways of signing in take the worker's name, leave the
// letters as they are, or encode them with percent signs.

const CLIENT = /^client:/i;
const PLAIN = /^[A-Za-z0-9]$/;

/** What contact_uri should be for a worker `{ friendlyName, attributes }`, as far as that can be told from here. */
export function expectedContactUri({ friendlyName, attributes }) {
  return `client:${encoded(email(attributes) ?? friendlyName, '_')}`;
}

/** Whether a worker's contact_uri fits their email address or their name, in any of the forms above. */
export function fitsIdentity({ friendlyName, attributes }) {
  const contact = String(attributes.contact_uri).replace(CLIENT, '').toLowerCase();
  const forms = formsOf(friendlyName, email(attributes));
  return forms.some((form) => form.toLowerCase() === contact);
}

const email = ({ email }) => (typeof email === 'string' && email !== '' ? email : undefined);

/** Names as they are, and encoded in every way. Whether letters are large does not tell people apart. */
export const formsOf = (...names) =>
  names
    .filter((name) => typeof name === 'string' && name !== '')
    .flatMap((name) => [name, encoded(name, '_'), encoded(name, '%'), encodeURIComponent(name)]);

/** All but letters and digits as `mark` and two hexadecimal digits for each byte. */
function encoded(text, mark) {
  const hex = (byte) => `${mark}${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return [...text].map((letter) => (PLAIN.test(letter) ? letter : [...Buffer.from(letter)].map(hex).join(''))).join('');
}
