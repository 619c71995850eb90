/** Date and time functions. GETDATE and its kin are constants of a statement: see translate/. */

import { errors } from '../errors.ts';
import { formatMoment, storedMoment } from '../values/convert-date.ts';
import {
  dateParts,
  dayNumber,
  daysInMonth,
  dayZero,
  type Moment,
  moment,
  monthName,
  ticksPerDay,
  ticksPerSecond,
  timeParts,
} from '../values/datetime.ts';
import { family, type SqlType, sqlType, types } from '../values/types.ts';
import type { ArgumentInfo, ScalarFunction } from './definition.ts';

const partNames: Record<string, string> = {
  year: 'year',
  yy: 'year',
  yyyy: 'year',
  quarter: 'quarter',
  qq: 'quarter',
  q: 'quarter',
  month: 'month',
  mm: 'month',
  m: 'month',
  dayofyear: 'dayofyear',
  dy: 'dayofyear',
  y: 'dayofyear',
  day: 'day',
  dd: 'day',
  d: 'day',
  week: 'week',
  wk: 'week',
  ww: 'week',
  weekday: 'weekday',
  dw: 'weekday',
  w: 'weekday',
  hour: 'hour',
  hh: 'hour',
  minute: 'minute',
  mi: 'minute',
  n: 'minute',
  second: 'second',
  ss: 'second',
  s: 'second',
  millisecond: 'millisecond',
  ms: 'millisecond',
  microsecond: 'microsecond',
  mcs: 'microsecond',
  nanosecond: 'nanosecond',
  ns: 'nanosecond',
  iso_week: 'iso_week',
  isowk: 'iso_week',
  isoww: 'iso_week',
  tzoffset: 'tzoffset',
  tz: 'tzoffset',
};

/** The full name of a date part. @throws 155 */
export function datePart(text: string, functionName: string): string {
  const part = partNames[text.toLowerCase()];
  if (!part) throw errors.unknownDatePart(text, functionName.toLowerCase());
  return part;
}

const ticksOf: Record<string, number> = {
  hour: 3600 * ticksPerSecond,
  minute: 60 * ticksPerSecond,
  second: ticksPerSecond,
  millisecond: 10_000,
  microsecond: 10,
  nanosecond: 0.01,
};

/** 1900-01-01 was a Monday; SQL Server's weeks begin on Sunday (DATEFIRST 7). */
const weekday = (day: number) => ((((day - dayZero + 1) % 7) + 7) % 7) + 1;

function isoWeek(day: number): number {
  const thursday = day - ((weekday(day) + 5) % 7) + 3;
  const { year } = dateParts(thursday);
  return Math.floor((thursday - (dayNumber(year, 1, 1) ?? 0)) / 7) + 1;
}

function addMonths(when: Moment, months: number): Moment | undefined {
  const { year, month, day } = dateParts(when.day);
  const total = year * 12 + month - 1 + months;
  const newYear = Math.floor(total / 12);
  const newMonth = total - newYear * 12 + 1;
  const number =
    newYear < 1 || newYear > 9999
      ? undefined
      : dayNumber(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth)));
  return number === undefined ? undefined : { ...when, day: number };
}

function dateAdd(part: string, count: number, text: string, type: SqlType): string {
  const when = storedMoment(text);
  let result: Moment | undefined;
  if (part === 'year') result = addMonths(when, count * 12);
  else if (part === 'quarter') result = addMonths(when, count * 3);
  else if (part === 'month') result = addMonths(when, count);
  else if (part === 'week') result = moment(when.day + count * 7, when.ticks, when.offset);
  else if (['day', 'dayofyear', 'weekday'].includes(part))
    result = moment(when.day + count, when.ticks, when.offset);
  else {
    const unit = ticksOf[part];
    if (unit === undefined) throw errors.unknownDatePart(part, 'dateadd');
    const days = Math.trunc((count * unit) / ticksPerDay);
    result = moment(
      when.day + days,
      when.ticks + Math.round(count * unit - days * ticksPerDay),
      when.offset,
    );
    if (type.name === 'time' && result) result.day = dayZero;
  }
  if (!result) throw errors.overflowDate(type.name);
  return formatMoment(result, type);
}

function boundaries(part: string, when: Moment): number {
  const { year, month } = dateParts(when.day);
  switch (part) {
    case 'year':
      return year;
    case 'quarter':
      return year * 4 + Math.floor((month - 1) / 3);
    case 'month':
      return year * 12 + month;
    case 'week':
      return Math.floor((when.day - dayZero + 1) / 7);
    case 'day':
    case 'dayofyear':
    case 'weekday':
      return when.day;
    default: {
      const unit = ticksOf[part];
      if (unit === undefined) throw errors.unknownDatePart(part, 'datediff');
      return (when.day * ticksPerDay) / unit + Math.floor(when.ticks / unit);
    }
  }
}

/** datetimeoffset values are compared in UTC. */
function utc(when: Moment): Moment {
  if (!when.offset) return when;
  return moment(when.day, when.ticks - when.offset * 60 * ticksPerSecond) ?? when;
}

function dateDiff(part: string, from: string, to: string, limit: number): bigint {
  const difference =
    boundaries(part, utc(storedMoment(to))) - boundaries(part, utc(storedMoment(from)));
  if (Math.abs(difference) > limit) throw errors.dateDiffOverflow();
  return BigInt(Math.round(difference));
}

function partValue(part: string, text: string): number {
  const when = storedMoment(text);
  const { year, month, day } = dateParts(when.day);
  const { hour, minute, second, fraction } = timeParts(when.ticks);
  const newYear = dayNumber(year, 1, 1) ?? 0;
  switch (part) {
    case 'year':
      return year;
    case 'quarter':
      return Math.floor((month + 2) / 3);
    case 'month':
      return month;
    case 'day':
      return day;
    case 'dayofyear':
      return when.day - newYear + 1;
    case 'week':
      return Math.floor((when.day - newYear + weekday(newYear) - 1) / 7) + 1;
    case 'weekday':
      return weekday(when.day);
    case 'iso_week':
      return isoWeek(when.day);
    case 'hour':
      return hour;
    case 'minute':
      return minute;
    case 'second':
      return second;
    case 'millisecond':
      return Math.floor(fraction / 10_000);
    case 'microsecond':
      return Math.floor(fraction / 10);
    case 'nanosecond':
      return fraction * 100;
    default:
      return when.offset ?? 0;
  }
}

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function dateName(part: string, text: string): string {
  const value = partValue(part, text);
  if (part === 'month') return monthNames[value - 1] ?? '';
  if (part === 'weekday') return dayNames[value - 1] ?? '';
  return String(value);
}

function dateTruncate(part: string, text: string, type: SqlType): string {
  const when = storedMoment(text);
  const { year, month } = dateParts(when.day);
  const unit = ticksOf[part];
  if (unit !== undefined)
    return formatMoment({ ...when, ticks: Math.floor(when.ticks / unit) * unit }, type);
  const first = {
    year: [year, 1],
    quarter: [year, Math.floor((month - 1) / 3) * 3 + 1],
    month: [year, month],
  }[part];
  if (first)
    return formatMoment(
      { ...when, day: dayNumber(first[0] ?? year, first[1] ?? 1, 1) ?? 0, ticks: 0 },
      type,
    );
  const day =
    part === 'week'
      ? when.day - weekday(when.day) + 1
      : part === 'iso_week'
        ? when.day - ((weekday(when.day) + 5) % 7)
        : when.day;
  return formatMoment({ ...when, day, ticks: 0 }, type);
}

function construct(
  type: SqlType,
  year: number,
  month: number,
  day: number,
  ticks: number,
  offset?: number,
): string {
  const number = dayNumber(year, month, day);
  if (
    number === undefined ||
    !Number.isFinite(ticks) ||
    ticks < 0 ||
    ticks >= ticksPerDay ||
    (type.name === 'datetime' && year < 1753)
  ) {
    throw errors.cannotConstructDate(type.name);
  }
  return formatMoment({ day: number, ticks, ...(offset !== undefined && { offset }) }, type);
}

function clock(
  hour: number,
  minute: number,
  second: number,
  fraction: number,
  digits: number,
): number {
  if (
    hour < 0 ||
    hour > 23 ||
    minute < 0 ||
    minute > 59 ||
    second < 0 ||
    second > 59 ||
    fraction < 0 ||
    fraction >= 10 ** digits
  )
    return Number.NaN;
  return ((hour * 60 + minute) * 60 + second) * ticksPerSecond + fraction * 10 ** (7 - digits);
}

function eoMonth(text: string, months = 0): string {
  const moved = addMonths({ ...storedMoment(text), ticks: 0 }, months);
  if (!moved) throw errors.overflowDate('date');
  const { year, month } = dateParts(moved.day);
  return construct(types.date, year, month, daysInMonth(year, month), 0);
}

const offsetMinutes = (zone: string | number): number => {
  if (typeof zone === 'number') return zone;
  const match = /^([+-])(\d{2}):(\d{2})$/.exec(zone);
  if (!match) throw errors.dateConversion();
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
};

/** The type of the date argument; text counts as datetime. */
const dateType = (index: number) => (args: ArgumentInfo[]) => {
  const type = args[index]?.type ?? types.datetime;
  return family(type) === 'date' ? type : types.datetime;
};

/** Scale of the result is the last argument, a literal. */
const scaled = (name: 'datetime2' | 'time' | 'datetimeoffset') => (args: ArgumentInfo[]) =>
  sqlType(name, args.at(-1)?.literal ?? 7);

const partOf = (part: string): ScalarFunction => ({
  parameters: ['moment'],
  type: () => types.int,
  run: (value: string) => partValue(part, value),
});

const int: 'int'[] = ['int'];
const ints = (count: number) => Array.from({ length: count }, () => int).flat();

export const dateFunctions: Record<string, ScalarFunction> = {
  DATEADD: { parameters: ['part', 'int', 'datetime'], type: dateType(2), run: dateAdd },
  DATEDIFF: {
    parameters: ['part', 'moment', 'moment'],
    type: () => types.int,
    run: (part, from, to) => dateDiff(part, from, to, 2147483647),
  },
  DATEDIFF_BIG: {
    parameters: ['part', 'moment', 'moment'],
    type: () => types.bigint,
    run: (part, from, to) => dateDiff(part, from, to, 9e18),
  },
  DATEPART: { parameters: ['part', 'moment'], type: () => types.int, run: partValue },
  DATENAME: { parameters: ['part', 'moment'], type: () => sqlType('nvarchar', 30), run: dateName },
  DATETRUNC: { parameters: ['part', 'datetime'], type: dateType(1), run: dateTruncate },
  YEAR: partOf('year'),
  MONTH: partOf('month'),
  DAY: partOf('day'),
  EOMONTH: { parameters: ['moment', 'int'], optional: 1, type: () => types.date, run: eoMonth },
  DATEFROMPARTS: {
    parameters: ints(3),
    type: () => types.date,
    run: (y, m, d) => construct(types.date, y, m, d, 0),
  },
  DATETIMEFROMPARTS: {
    parameters: ints(7),
    type: () => types.datetime,
    run: (y, m, d, h, mi, s, ms) => construct(types.datetime, y, m, d, clock(h, mi, s, ms, 3)),
  },
  DATETIME2FROMPARTS: {
    parameters: ints(8),
    type: scaled('datetime2'),
    run: (y, m, d, h, mi, s, f, p) =>
      construct(sqlType('datetime2', p), y, m, d, clock(h, mi, s, f, p)),
  },
  SMALLDATETIMEFROMPARTS: {
    parameters: ints(5),
    type: () => types.smalldatetime,
    run: (y, m, d, h, mi) => construct(types.smalldatetime, y, m, d, clock(h, mi, 0, 0, 0)),
  },
  DATETIMEOFFSETFROMPARTS: {
    parameters: ints(10),
    type: scaled('datetimeoffset'),
    run: (y, m, d, h, mi, s, f, oh, om, p) =>
      construct(sqlType('datetimeoffset', p), y, m, d, clock(h, mi, s, f, p), oh * 60 + om),
  },
  TIMEFROMPARTS: {
    parameters: ints(5),
    type: scaled('time'),
    run: (h, mi, s, f, p) => construct(sqlType('time', p), 1900, 1, 1, clock(h, mi, s, f, p)),
  },
  ISDATE: {
    parameters: ['text'],
    nulls: 'passed',
    type: () => types.int,
    run: (text: string | null) => {
      try {
        return text !== null && storedMoment(text).day > -79259 ? 1 : 0;
      } catch {
        return 0;
      }
    },
  },
  SWITCHOFFSET: {
    parameters: ['moment', 'text'],
    type: () => types.datetimeoffset,
    run: (text: string, zone: string) => {
      const when = utc(storedMoment(text));
      const offset = offsetMinutes(zone);
      const local = moment(when.day, when.ticks + offset * 60 * ticksPerSecond, offset);
      if (!local) throw errors.overflowDate('datetimeoffset');
      return formatMoment(local, types.datetimeoffset);
    },
  },
  TODATETIMEOFFSET: {
    parameters: ['moment', 'text'],
    type: () => types.datetimeoffset,
    run: (text: string, zone: string) =>
      formatMoment({ ...storedMoment(text), offset: offsetMinutes(zone) }, types.datetimeoffset),
  },
  FORMAT: {
    parameters: ['any', 'text', 'text'],
    optional: 1,
    type: () => types.nvarchar4000,
    run: (value: unknown, type: SqlType, format: string) => formatValue(value, type, format),
  },
};

/** The custom formats of .NET that people use: dates, and numbers with 0, # and N. */
function formatValue(value: unknown, type: SqlType, format: string): string | null {
  if (family(type) !== 'date') return formatNumber(Number(value), format);
  const when = storedMoment(String(value));
  const { year, month, day } = dateParts(when.day);
  const { hour, minute, second, fraction } = timeParts(when.ticks);
  const two = (number: number) => String(number).padStart(2, '0');
  const pieces: Record<string, string> = {
    yyyy: String(year).padStart(4, '0'),
    yy: two(year % 100),
    MMMM: monthNames[month - 1] ?? '',
    MMM: monthName(month),
    MM: two(month),
    M: String(month),
    dddd: dayNames[weekday(when.day) - 1] ?? '',
    ddd: (dayNames[weekday(when.day) - 1] ?? '').slice(0, 3),
    dd: two(day),
    d: String(day),
    HH: two(hour),
    H: String(hour),
    hh: two(hour % 12 || 12),
    h: String(hour % 12 || 12),
    mm: two(minute),
    m: String(minute),
    ss: two(second),
    s: String(second),
    tt: hour < 12 ? 'AM' : 'PM',
  };
  const pattern = format === 'd' ? 'M/d/yyyy' : format;
  return pattern.replace(/yyyy|yy|M{1,4}|d{1,4}|HH?|hh?|mm?|ss?|tt|f{1,7}|'[^']*'/g, (piece) => {
    if (piece.startsWith("'")) return piece.slice(1, -1);
    if (piece.startsWith('f')) return String(fraction).padStart(7, '0').slice(0, piece.length);
    return pieces[piece] ?? piece;
  });
}

function formatNumber(value: number, format: string): string | null {
  const standard = /^([NFPD])(\d*)$/i.exec(format);
  if (standard) {
    const digits =
      standard[2] === '' ? (standard[1]?.toUpperCase() === 'D' ? 0 : 2) : Number(standard[2]);
    const kind = standard[1]?.toUpperCase();
    if (kind === 'D') return (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(digits, '0');
    if (kind === 'F') return value.toFixed(digits);
    const text = new Intl.NumberFormat('en-US', {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(kind === 'P' ? value * 100 : value);
    return kind === 'P' ? `${text}%` : text;
  }
  const custom = /^([#0,]*)(?:\.([#0]*))?$/.exec(format);
  if (!custom) return null;
  const fraction = custom[2] ?? '';
  return new Intl.NumberFormat('en-US', {
    minimumIntegerDigits: Math.max((custom[1] ?? '').replace(/[^0]/g, '').length, 1),
    minimumFractionDigits: fraction.replace(/[^0]/g, '').length,
    maximumFractionDigits: fraction.length,
    useGrouping: (custom[1] ?? '').includes(','),
  }).format(value);
}
