/** Values of an answer as a reader of the report's language writes them. */

import { decimalText, readDecimal } from '../../json/decimal.ts';
import type { ColumnLayout, Format, Language } from './layout.ts';
import { words } from './words.ts';

/** What a column says about its values. */
export type ValueFormat = Pick<ColumnLayout, 'format' | 'places' | 'texts'>;

/** Which country's customs: digits of an English date could be those of two days. */
const locales: Readonly<Record<Language, string>> = { cs: 'cs', ru: 'ru', en: 'en-GB' };

/** 1. 7. 2019 in Czech, 01.07.2019 in Russian, 1 Jul 2019 in English. */
const day: Readonly<Record<Language, Intl.DateTimeFormatOptions>> = {
  cs: { day: 'numeric', month: 'numeric', year: 'numeric' },
  ru: { day: '2-digit', month: '2-digit', year: 'numeric' },
  en: { day: 'numeric', month: 'short', year: 'numeric' },
};
const time = { hour: '2-digit', minute: '2-digit' } as const;

const isoDay = /^\d{4}-\d\d-\d\d$/;
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/;

export class Formatter {
  readonly #language: Language;
  readonly #numbers = new Map<number, Intl.NumberFormat>();
  readonly #dates: Readonly<Record<'here' | 'asWritten', Map<Format, Intl.DateTimeFormat>>>;

  /** @param zone IANA name; moments (`2020-10-14T22:00:00.000Z`) are shown by its clock */
  constructor(language: Language, zone: string) {
    this.#language = language;
    const formats = (timeZone: string) => {
      const make = (options: Intl.DateTimeFormatOptions) =>
        new Intl.DateTimeFormat(locales[language], { timeZone, ...options });
      return new Map<Format, Intl.DateTimeFormat>([
        ['date', make(day[language])],
        ['datetime', make({ ...day[language], ...time })],
        ['month', make({ month: 'long', year: 'numeric' })],
      ]);
    };
    this.#dates = { here: formats(zone), asWritten: formats('UTC') };
  }

  /** A value that does not fit its format is shown as it is; null and undefined as nothing. */
  text(value: unknown, { format, places, texts }: ValueFormat): string {
    if (value === null || value === undefined) return '';
    if (format === 'integer') return this.#number(value, 0);
    if (format === 'decimal') return this.#number(value, places ?? 2);
    if (format === 'boolean' && typeof value === 'boolean') {
      const { yes, no } = words[this.#language];
      return value ? (texts?.true ?? yes) : (texts?.false ?? no);
    }
    return this.#date(value, format) ?? plain(value);
  }

  #number(value: unknown, places: number): string {
    const decimal = readDecimal(value);
    if (decimal === undefined) return plain(value);
    let format = this.#numbers.get(places);
    if (format === undefined) {
      format = new Intl.NumberFormat(locales[this.#language], {
        minimumFractionDigits: places,
        maximumFractionDigits: places,
        useGrouping: 'always',
        // Never -0,00.
        signDisplay: 'negative',
      });
      this.#numbers.set(places, format);
    }
    // As text, of which every digit counts.
    return format.format(decimalText(decimal) as Intl.StringNumericLiteral);
  }

  #date(value: unknown, format: Format): string | undefined {
    const isWritten = typeof value === 'string' && (isoDay.test(value) || isoTime.test(value));
    if (!isWritten && !(value instanceof Date)) return undefined;
    const isMoment = value instanceof Date || /[T].*(Z|[+-]\d\d:\d\d)$/.test(value);
    const moment = new Date(isMoment || isoDay.test(value) ? value : `${value}Z`);
    if (Number.isNaN(moment.getTime())) return undefined;
    const shown = this.#dates[isMoment ? 'here' : 'asWritten'].get(format)?.format(moment);
    // A date is not torn in two at the end of a line.
    return shown?.replaceAll(' ', '\u00a0');
  }
}

const plain = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);
