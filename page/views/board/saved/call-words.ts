/** A line of a board in words: of what, and of which months. */

import type { BoardCall, Period } from '../../../api/schema.d.ts';
import { entityTitle } from '../../../live/catalog.ts';
import { monthNumbers } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';

export function codesOf({ code }: Pick<BoardCall, 'code'>): string[] {
  return typeof code === 'string' ? [code] : code;
}

export function entityWords({ name }: Pick<BoardCall, 'name'>): string {
  return name === undefined ? say('board.wholeSources') : entityTitle(name);
}

/** Data sources that are named; the others are counted. */
const namedCodes = 8;

/** The first ones, and how many there are beside them. */
export function codeWords(call: Pick<BoardCall, 'code'>): string {
  const codes = codesOf(call);
  if (codes.length <= namedCodes) return codes.join(', ');
  const list = codes.slice(0, namedCodes).join(', ');
  return say('board.andMore', { list, count: codes.length - namedCodes });
}

/** `Payments of 0c10, stek, month before` */
export function lineWords(call: BoardCall): string {
  const what = say('board.lineOf', { names: entityWords(call), codes: codeWords(call) });
  return [what, monthWords(call)].filter(Boolean).join(', ');
}

/** Empty where nothing is dated. */
export function monthWords({ month, year, months }: Pick<BoardCall, 'month' | 'year' | 'months'>) {
  if (months !== undefined) return months.map(one).join(' – ');
  if (month === undefined) return '';
  return year === undefined ? back(Number(month)) : one({ month, year });
}

type Month = NonNullable<BoardCall['months']>[number];

function one(month: Month): string {
  if (typeof month !== 'object') return back(Number(month));
  const period: Period = { month: Number(month.month), year: Number(month.year) };
  return monthNumbers(period);
}

function back(months: number): string {
  if (months === 0) return say('board.thisMonth');
  return months === -1 ? say('board.monthBefore') : say('board.monthsBack', { count: -months });
}
