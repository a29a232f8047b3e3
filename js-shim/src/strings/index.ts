import type { Manager } from '@twilio/flex-ui';

import { translations } from '../core/generated/archive';
import { partAt, within } from '../parts';
import type enUS from './en-US';

/** The key of a text in Flex's strings. */
export type Key = keyof typeof enUS;

/** The texts in another language. The English text stands in for a missing one; `tests/run/translations.mjs` lists those. */
export type Translation = Partial<Record<Key, string>>;

const ENGLISH = 'en-US';

/** English is in the archive with the Wasm, the others are served by the Functions: see `scripts/setup/plugin-parts.mjs`. */
const LANGUAGES = [ENGLISH, ...Object.keys(translations)];

/** The time that the texts in another language have to arrive. */
const PATIENCE_MS = 2_000;

/** The language of the plugin's texts. */
let shown = ENGLISH;

/**
 * Adds the English texts, from the keys and texts of the archive. A key that the admin has set stays as it is. Returns a function that
 * replaces the texts by those in Flex's language, which the Functions at an origin have; without them they stay in English.
 */
export function addStrings(manager: Manager, archived: string): (origin: string) => Promise<void> {
  const [keys, english] = archived.split('\0').map((part) => part.split('\n'));
  const strings = manager.strings as unknown as Record<string, string>;
  const own = keys.map((key, at) => ({ key, at })).filter(({ key }) => !(key in strings));
  for (const { key, at } of own) strings[key] = english[at];

  return async (origin) => {
    const tag = tagFor(flexLocale(manager));
    if (!tag || tag === ENGLISH) return;
    try {
      const texts = await within(PATIENCE_MS, translation(origin, translations[tag]));
      // Another plugin may have set its own meanwhile.
      for (const { key, at } of own) if (texts[at] && strings[key] === english[at]) strings[key] = texts[at];
      shown = tag;
    } catch (error) {
      console.warn(`park-interaction: no texts in ${tag}, so they are in English:`, error);
    }
  };
}

/**
 * Loads a translation: the texts in the order of the keys. The browser refuses any but those with which this plugin was built, so that
 * other Functions, or somebody between, can put nothing into the page. After the first time, it has them in its cache.
 */
async function translation(origin: string, sha256: string): Promise<string[]> {
  return (await (await fetch(partAt(origin, sha256), { integrity: `sha256-${sha256}` })).text()).split('\n');
}

/** Returns Flex's current text of a key. */
export const text = (manager: Manager, key: Key): string => (manager.strings as unknown as Record<string, string>)[key];

/** Returns the locale for numbers and times: Flex's, unless the texts are not in that language. */
export function localeOf(manager: Manager): string {
  const locale = flexLocale(manager);
  return tagFor(locale) === shown ? locale : ENGLISH;
}

const flexLocale = (manager: Manager): string => manager.localization?.localeTag ?? navigator.language;

/** Returns the language with texts for a locale: itself, or else the first variant of the same language. */
function tagFor(locale: string): string | undefined {
  const family = (tag: string) => tag.split('-')[0];
  return LANGUAGES.includes(locale) ? locale : LANGUAGES.find((known) => family(known) === family(locale));
}
