import type { Manager } from '@twilio/flex-ui';

import type { Relative } from '../core/generated/glue';
import { localeOf, text, type Key } from '.';

type Values = Record<string, string | number>;

/** Formats texts, numbers and times in the agent's language. */
export interface Formats {
  /** A text with `{{name}}` filled in, and numbers in the format of the language. */
  text: (key: Key, values?: Values) => string;
  /** The text, with a capital letter at its start. */
  sentence: (key: Key, values: Values) => string;
  /** The text `<stem>One` or `<stem>Other`, by the language's plural, with `{{count}}` filled in. */
  plural: (stem: 'ParkInteractionListCount', count: number) => string;
  /** "5 minutes ago". */
  relative: (time: Relative) => string;
  /** "in 5 min.", as short as the language allows. */
  left: (time: Relative) => string;
  /** Time of day, with the weekday or the date unless it is today. */
  when: (milliseconds: number) => string;
  /** Time of day with seconds. */
  clock: (milliseconds: number) => string;
  /** Date and time of day, short enough for a column. */
  moment: (milliseconds: number) => string;
  /** Date and time of day in full, with weekday and time zone. */
  momentInFull: (milliseconds: number) => string;
  /** Weekday, date and time of day of an appointment: "Tue, May 12, 9:00 AM". */
  due: (milliseconds: number) => string;
  /** "tomorrow 9:00 AM". */
  tomorrow: (milliseconds: number) => string;
  /** "Monday 9:00 AM". */
  onWeekday: (milliseconds: number) => string;
  /** "The oldest: Wanda, since Tue, May 12, 9:00 AM." */
  oldest: (customer: string, milliseconds: number) => string;
  /** "Wrote at 19:28, not answered yet", with the date unless that was today. */
  wrote: (milliseconds: number) => string;
}

/** Formats by language. To make one of `Intl`'s formats takes about as long as to draw a row, so they are made once. */
const made = new Map<string, Formats>();

/** Returns the formats of Flex's present language: the same object each time. */
export function formatsOf(manager: Manager): Formats {
  const locale = localeOf(manager);
  const formats = made.get(locale) ?? formatsFor(manager, locale);
  made.set(locale, formats);
  return formats;
}

function formatsFor(manager: Manager, locale: string): Formats {
  const intl = make(locale);

  const fill = (key: Key, values: Values = {}) =>
    text(manager, key).replace(/{{(\w+)}}/g, (_, name: string) => {
      const value = values[name] ?? '';
      return typeof value === 'number' ? intl.number.format(value) : value;
    });
  return {
    text: fill,
    sentence: (key, values) => fill(key, values).replace(/^./u, (first) => first.toUpperCase()),
    plural: (stem, count) => fill(`${stem}${intl.plural.select(count) === 'one' ? 'One' : 'Other'}`, { count }),
    relative: ({ value, unit, numeric }) => intl.relative[numeric].format(value, unit),
    // It stays on one line.
    left: ({ value, unit }) => intl.left.format(value, unit).replace(/ /g, '\u00a0'),
    when: (milliseconds) => intl[nearness(milliseconds)].format(milliseconds),
    clock: (milliseconds) => intl.clock.format(milliseconds),
    moment: (milliseconds) => intl.moment.format(milliseconds),
    momentInFull: (milliseconds) => intl.momentInFull.format(milliseconds),
    due: (milliseconds) => intl.due.format(milliseconds),
    tomorrow: (milliseconds) => `${intl.relative.auto.format(1, 'day')} ${intl.timeOfDay.format(milliseconds)}`,
    onWeekday: (milliseconds) => intl.weekday.format(milliseconds),
    oldest: (customer, milliseconds) =>
      fill('ParkInteractionOldest', {
        customer: customer || fill('ParkInteractionListNoName'),
        time: intl.due.format(milliseconds),
      }),
    wrote: (milliseconds) =>
      isToday(milliseconds)
        ? fill('ParkInteractionListWroteToday', { time: intl.timeOfDay.format(milliseconds) })
        : fill('ParkInteractionListWrote', { time: intl.moment.format(milliseconds) }),
  };
}

/** Returns the format for a time: a weekday names only one of the days around today. */
function nearness(milliseconds: number) {
  if (isToday(milliseconds)) return 'timeOfDay';
  return Math.abs(milliseconds - Date.now()) < 6 * DAY_MS ? 'near' : 'moment';
}

const DAY_MS = 86_400_000;

const isToday = (milliseconds: number): boolean => new Date(milliseconds).toDateString() === new Date().toDateString();

function make(locale: string) {
  const time = { hour: 'numeric', minute: '2-digit' } as const;
  const date = { month: 'short', day: 'numeric', ...time } as const;
  return {
    number: new Intl.NumberFormat(locale),
    plural: new Intl.PluralRules(locale),
    relative: {
      auto: new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }),
      always: new Intl.RelativeTimeFormat(locale, { numeric: 'always' }),
    },
    clock: new Intl.DateTimeFormat(locale, { ...time, second: '2-digit' }),
    moment: new Intl.DateTimeFormat(locale, date),
    due: new Intl.DateTimeFormat(locale, { weekday: 'short', ...date }),
    weekday: new Intl.DateTimeFormat(locale, { weekday: 'long', ...time }),
    timeOfDay: new Intl.DateTimeFormat(locale, time),
    momentInFull: new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' }),
    near: new Intl.DateTimeFormat(locale, { weekday: 'short', hour: 'numeric', minute: '2-digit' }),
    left: new Intl.RelativeTimeFormat(locale, { style: 'narrow' }),
  };
}
