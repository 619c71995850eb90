/** Values of an answer as the reader writes them; the digits are those that were sent. */

import { date, dateAndTime } from '../../text/format.ts';
import { language } from '../../text/languages.ts';
import { say } from '../../text/say.ts';
import type { Cell } from './answer.ts';

const numbers = ['dtInteger', 'dtFloat', 'dtCurrency'];

export const isNumber = (datatype: string) => numbers.includes(datatype);

/** In pixels: by what it holds, so that nothing jumps when rows come. */
export function widthOf(datatype: string): number {
  if (datatype === 'dtDate') return 120;
  if (datatype === 'dtDateTime') return 192;
  if (datatype === 'dtTime' || datatype === 'dtBoolean') return 88;
  if (isNumber(datatype)) return 128;
  return datatype === 'dtMemo' || datatype === 'dtNote' ? 280 : 200;
}

export function cellText(value: Cell | undefined, datatype: string): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return say(value ? 'queries.yes' : 'queries.no');
  if (isNumber(datatype)) return digits(value);
  if (datatype === 'dtDate' || datatype === 'dtDateTime') return dated(value, datatype);
  return value;
}

/** Thousands apart and the reader's decimal sign; a double would lose the last of many digits. */
function digits(text: string): string {
  const [, sign = '', whole = '', fraction] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === '') return text;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  const point = language.value === 'en' ? '.' : ',';
  return `${sign}${grouped}${fraction === undefined ? '' : `${point}${fraction}`}`;
}

function dated(text: string, datatype: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const at = Date.parse(text);
  if (Number.isNaN(at)) return text;
  if (isDay) return date(text);
  return datatype === 'dtDate' ? date(at) : dateAndTime(at);
}
