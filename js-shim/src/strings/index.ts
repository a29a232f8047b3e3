import type { Manager } from '@twilio/flex-ui';

import type enUS from './en-US';

/** The key of a text in Flex's strings. */
export type Key = keyof typeof enUS;

/** The texts in another language. The English text stands in for a missing one; `tests/run/translations.mjs` lists those. */
export type Translation = Partial<Record<Key, string>>;

const ENGLISH = 'en-US';

/** The texts by language. They come from the files of this folder, in the archive with the Wasm: see `scripts/setup/plugin-archive.mjs`. */
const languages: Record<string, Translation> = {};

/** Adds the texts in Flex's language, from those of the archive. A key that the admin has set stays as it is. */
export function addStrings(manager: Manager, archived: string): void {
  const [keys, ...parts] = archived.split('\0').map((part) => part.split('\n'));
  for (const [tag, ...texts] of parts)
    languages[tag] = Object.fromEntries(keys.map((key, at) => [key, texts[at]]).filter(([, words]) => words));
  const strings = manager.strings as unknown as Record<string, string>;
  Object.assign(strings, { ...languages[ENGLISH], ...stringsFor(flexLocale(manager)), ...strings });
}

/** Returns Flex's current text of a key. */
export const text = (manager: Manager, key: Key): string => (manager.strings as unknown as Record<string, string>)[key];

/** Returns the locale for numbers and times: Flex's, unless the texts are not in that language. */
export function localeOf(manager: Manager): string {
  const locale = flexLocale(manager);
  return tagFor(locale) ? locale : ENGLISH;
}

const flexLocale = (manager: Manager): string => manager.localization?.localeTag ?? navigator.language;

/** Returns the texts of the language, or else of the first variant of the same language, or else in English. */
const stringsFor = (locale: string): Translation => languages[tagFor(locale) ?? ENGLISH];

function tagFor(locale: string): string | undefined {
  const family = (tag: string) => tag.split('-')[0];
  return locale in languages ? locale : Object.keys(languages).find((known) => family(known) === family(locale));
}
