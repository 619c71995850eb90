/**
 * Schedules of timer triggers: NCRONTAB of six fields (seconds first) or five, or a time span.
 * Croner finds the occurrences; its dialect is wider than NCRONTAB's, so what the real host would
 * refuse is refused here first.
 */

import { Cron } from 'croner';
import { parseTimeSpan } from '../time-span.ts';

export interface Schedule {
  /** The first occurrence after `time`. */
  next(time: Date): Date;
  /** Fires more than once a minute: the real host keeps no state of such a timer. */
  frequent: boolean;
}

interface Field {
  name: string;
  from: number;
  to: number;
  /** Names of the values, from `from` on: three letters or all of them. */
  names?: string[];
}

const months =
  'january february march april may june july august september october november december';
const weekdays = 'sunday monday tuesday wednesday thursday friday saturday';

const fields: Field[] = [
  { name: 'second', from: 0, to: 59 },
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: months.split(' ') },
  { name: 'day of week', from: 0, to: 6, names: weekdays.split(' ') },
];

/**
 * @param timeZone IANA name; undefined: the machine's.
 * @throws Error naming the field, its value and the allowed range.
 */
export function parseSchedule(expression: string, timeZone?: string): Schedule {
  const span = parseTimeSpan(expression.trim());
  if (span !== undefined) {
    if (span <= 0) throw new Error(`schedule "${expression}" must be longer than nothing`);
    return { next: (time) => new Date(time.getTime() + span), frequent: span < 60_000 };
  }
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== 5 && parts.length !== 6) {
    throw new Error(
      `schedule "${expression}" has ${parts.length} fields; it takes six ({second} {minute} {hour} {day} {month} {day of week}), five, or a time span hh:mm:ss`,
    );
  }
  const all = parts.length === 5 ? ['0', ...parts] : parts;
  const pattern = all.map((part, index) => normalizeField(part, fields[index] as Field)).join(' ');
  const cron = new Cron(pattern, {
    mode: '6-part',
    paused: true,
    // NCRONTAB asks for both the day and the day of week; cron would take either.
    domAndDow: true,
    // `5/15`: from 5 on.
    sloppyRanges: true,
    ...(timeZone ? { timezone: timeZone } : {}),
  });
  const next = (time: Date): Date => {
    const found = cron.nextRun(time);
    if (!found) throw new Error(`schedule "${expression}" never comes`);
    return found;
  };
  const others = all.slice(1).every((part) => part === '*');
  const first = next(new Date(0));
  return { next, frequent: others && next(first).getTime() - first.getTime() < 60_000 };
}

/** Checks one field and writes names as numbers. */
function normalizeField(text: string, field: Field): string {
  return text
    .split(',')
    .map((item) => {
      const [, range, first, last, step] =
        /^(\*|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d+))?$/i.exec(item) ?? [];
      if (!range || step === '0') throw fault(item, field);
      if (range === '*') return item;
      const from = toNumber(first ?? '', field);
      const to = last === undefined ? undefined : toNumber(last, field);
      if (to !== undefined && to < from) throw fault(item, field);
      return `${from}${to === undefined ? '' : `-${to}`}${step ? `/${step}` : ''}`;
    })
    .join(',');
}

function toNumber(text: string, field: Field): number {
  const name = text.toLowerCase();
  const index = (field.names ?? []).findIndex((it) => it === name || it.slice(0, 3) === name);
  const value = index >= 0 ? index + field.from : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= field.from && value <= field.to)) throw fault(text, field);
  return value;
}

function fault(text: string, field: Field): Error {
  return new Error(
    `schedule: "${text}" is no ${field.name}; allowed are ${field.from} to ${field.to}, *, a-b, a/n and lists of them`,
  );
}
