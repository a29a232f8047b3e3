import type { Manager } from '@twilio/flex-ui';

import type { NotificationId, StringKey } from '../core/generated/glue';
import enUS from './en-US';
import esES from './es-ES';
import esMX from './es-MX';
import ptBR from './pt-BR';
import th from './th';
import zhHans from './zh-Hans';

/** Every text, by its key in Flex's strings. */
export type Strings = Record<StringKey | NotificationId, string>;

const languages: Record<string, Strings> = {
  'en-US': enUS,
  'es-ES': esES,
  'es-MX': esMX,
  'pt-BR': ptBR,
  th,
  'zh-Hans': zhHans,
};

/** Adds the texts in Flex's language; a key that the admin has set stays as it is. */
export function addStrings(manager: Manager): void {
  const strings = manager.strings as unknown as Record<string, string>;
  Object.assign(strings, { ...stringsFor(manager.localization?.localeTag ?? navigator.language), ...strings });
}

/** A text as Flex has it now. */
export const text = (manager: Manager, key: keyof Strings): string =>
  (manager.strings as unknown as Record<string, string>)[key];

/** The language itself, or else the first of the same family, or else English. */
function stringsFor(locale: string): Strings {
  const family = (tag: string) => tag.split('-')[0];
  const tag = Object.keys(languages).find((known) => family(known) === family(locale));
  return languages[locale] ?? languages[tag ?? 'en-US'];
}
