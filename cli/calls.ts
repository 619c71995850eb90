/** Calls as they are typed: data sources, entities, months. */

import { wholeNumber } from '../shared/command-line/options.ts';
import type { FieldError } from '../shared/faults/field-error.ts';

export const callOptions = {
  code: { type: 'text', value: 'CODES', help: 'data sources: 0c10,stek' },
  name: {
    type: 'text',
    value: 'ENTITIES',
    help: 'entities: payment,meter; without it whole data sources',
  },
  month: wholeNumber('the month; 0 the current one, -1 the one before', -1_200, 12),
  year: wholeNumber('its year, for a month from 1 to 12', 1_000, 9_999),
  months: { type: 'text', value: 'FROM..TO', help: 'months: 2026-01..2026-03, -2..0' },
} as const;

export interface TypedCall {
  code?: string | undefined;
  name?: string | undefined;
  month?: number | undefined;
  year?: number | undefined;
  months?: string | undefined;
}

/** One of each entity, as POST /runs takes them; what is wrong is told by whoever reads them. */
export function callsOf({ name, ...typed }: TypedCall): object[] {
  return (name?.split(',') ?? [undefined]).map((one) => callOf({ ...typed, name: one?.trim() }));
}

function callOf({ code = '', name, month, year, months }: TypedCall): object {
  return {
    code: code.split(',').map((one) => one.trim()),
    ...(name !== undefined && { name }),
    ...(month !== undefined && { month }),
    ...(year !== undefined && { year }),
    ...(months !== undefined && { months: rangeOf(months) }),
  };
}

/** One month is a range, too; what is neither stays as it was typed. */
function rangeOf(text: string): unknown[] {
  const months = text.split('..').map(monthOf);
  return months.length === 1 ? [months[0], months[0]] : months;
}

function monthOf(text: string): unknown {
  const [, year, month] = /^\s*(\d{4})-(\d\d?)\s*$/.exec(text) ?? [];
  if (year !== undefined) return { month: Number(month), year: Number(year) };
  return /^\s*-?\d+\s*$/.test(text) ? Number(text) : text;
}

const monthsUse =
  'FROM..TO or one month, each yyyy-mm, or 0 for the current month, -1 for the one before, and so on';
const ends = { '[0]': 'the beginning', '[1]': 'the end' } as const;

/**
 * A fault of a typed call; of the months it is told as they are typed.
 *
 * @param fault whose field begins with the member of the call: `months[1].year`
 */
export function typedFault({ field, message, ...fault }: FieldError): FieldError {
  if (!/^months\b/.test(field)) {
    const place = /(?<=^code)\[\d+\]/;
    return { ...fault, field: field.replace(place, ''), message: message.replace(place, '') };
  }
  const [, end = '', part] = /^months(\[\d\])?(?:\.(\w+))?$/.exec(field) ?? [];
  const isShape = part === undefined && message.endsWith(fault.allowed);
  if (isShape) {
    return {
      ...fault,
      field: 'months',
      message: `months must be ${monthsUse}`,
      allowed: monthsUse,
    };
  }
  const which = end in ends ? ends[end as keyof typeof ends] : undefined;
  const subject = which === undefined ? '' : `${which}${part === undefined ? '' : `'s ${part}`} `;
  const said = message.startsWith(field) ? message.slice(field.length + 1) : message;
  return { ...fault, field: 'months', message: `months: ${subject}${said}` };
}
