import type { Manager } from '@twilio/flex-ui';

import enUS from './en-US';
import esES from './es-ES';
import esMX from './es-MX';
import ptBR from './pt-BR';
import th from './th';
import zhHans from './zh-Hans';

/** The key of a text in Flex's strings. */
export type Key = keyof typeof enUS;

/** The texts in another language. The English text stands in for a missing one; `tests/run/translations.mjs` lists those. */
export type Translation = Partial<Record<Key, string>>;

const languages: Record<string, Translation> = {
  'en-US': enUS,
  'es-ES': esES,
  'es-MX': esMX,
  'pt-BR': ptBR,
  th,
  'zh-Hans': zhHans,
};

/** Adds the texts in Flex's language. A key that the admin has set stays as it is. */
export function addStrings(manager: Manager): void {
  const strings = manager.strings as unknown as Record<string, string>;
  Object.assign(strings, { ...enUS, ...stringsFor(flexLocale(manager)), ...strings });
}

/** Returns Flex's current text of a key. */
export const text = (manager: Manager, key: Key): string => (manager.strings as unknown as Record<string, string>)[key];

/** Returns the locale for numbers and times: Flex's, unless the texts are not in that language. */
export function localeOf(manager: Manager): string {
  const locale = flexLocale(manager);
  return tagFor(locale) ? locale : 'en-US';
}

const flexLocale = (manager: Manager): string => manager.localization?.localeTag ?? navigator.language;

/** Returns the texts of the language, or else of the first variant of the same language, or else in English. */
const stringsFor = (locale: string): Translation => languages[tagFor(locale) ?? 'en-US'];

function tagFor(locale: string): string | undefined {
  const family = (tag: string) => tag.split('-')[0];
  return locale in languages ? locale : Object.keys(languages).find((known) => family(known) === family(locale));
}
