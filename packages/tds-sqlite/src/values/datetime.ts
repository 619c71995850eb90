/**
 * Calendar arithmetic. A moment is a day number, 100 ns ticks in that day and, for
 * datetimeoffset, minutes east of UTC (day and ticks are local then).
 */

export interface Moment {
  /** Days since 1970-01-01. */
  day: number;
  /** 0 to 863,999,999,999. */
  ticks: number;
  offset?: number;
}

export const ticksPerDay = 864_000_000_000;
export const ticksPerSecond = 10_000_000;
/** 1900-01-01, SQL Server's day zero. */
export const dayZero = -25567;

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

/** Day number, or undefined for a date that does not exist or is outside years 1 to 9999. */
export function dayNumber(year: number, month: number, day: number): number | undefined {
  if (!Number.isInteger(year) || year < 1 || year > 9999) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 86_400_000;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

export function dateParts(day: number): { year: number; month: number; day: number } {
  const date = new Date(day * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

export function timeParts(ticks: number) {
  const seconds = Math.floor(ticks / ticksPerSecond);
  return {
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    fraction: ticks % ticksPerSecond,
  };
}

/** Carries ticks over midnight; undefined when the date leaves years 1 to 9999. */
export function moment(day: number, ticks: number, offset?: number): Moment | undefined {
  const days = day + Math.floor(ticks / ticksPerDay);
  const rest = ((ticks % ticksPerDay) + ticksPerDay) % ticksPerDay;
  if (days < -719162 || days > 2932896) return undefined;
  return { day: days, ticks: rest, ...(offset !== undefined && { offset }) };
}

export function formatDate(day: number): string {
  const { year, month, day: date } = dateParts(day);
  return `${pad(year, 4)}-${pad(month)}-${pad(date)}`;
}

/** `scale` digits after the second, cut off without rounding. */
export function formatTime(ticks: number, scale: number): string {
  const { hour, minute, second, fraction } = timeParts(ticks);
  const text = `${pad(hour)}:${pad(minute)}:${pad(second)}`;
  return scale === 0 ? text : `${text}.${pad(fraction, 7).slice(0, scale)}`;
}

export function formatOffset(offset: number): string {
  const minutes = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
export const monthName = (month: number) => {
  const name = months[month - 1] ?? '';
  return name.slice(0, 1).toUpperCase() + name.slice(1);
};

type DateFields = [year: string | undefined, month: string | undefined, day: string | undefined];

const twoDigitYear = (text: string) => {
  const year = Number(text);
  // SQL Server's two digit year cutoff is 2049.
  return text.length > 2 ? year : year < 50 ? 2000 + year : 1900 + year;
};

/** Day first for the styles that write it so (3, 4, 5, 103, 104, 105, 13, 113…). */
const dayFirst = new Set([3, 4, 5, 103, 104, 105]);
const yearFirst = new Set([2, 11, 102, 111]);

function readDate(text: string, style: number): { fields: DateFields; length: number } | undefined {
  let match =
    /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})(?!\d)/.exec(text);
  if (match) return { fields: [match[1], match[2], match[3]], length: match[0].length };
  match = /^(\d{4})[./](\d{1,2})[./](\d{1,2})/.exec(text);
  if (match) return { fields: [match[1], match[2], match[3]], length: match[0].length };
  match = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?!\d)/.exec(text);
  if (match) {
    const [whole, a, b, c] = match;
    if (yearFirst.has(style)) return { fields: [a, b, c], length: whole.length };
    return { fields: dayFirst.has(style) ? [c, b, a] : [c, a, b], length: whole.length };
  }
  match = /^([a-z]{3})[a-z]*\s+(\d{1,2})(?:\s*,)?\s+(\d{4}|\d{2})(?!\d|:)/i.exec(text);
  if (match) {
    const month = months.indexOf((match[1] ?? '').toLowerCase()) + 1;
    return { fields: [match[3], String(month), match[2]], length: match[0].length };
  }
  match = /^(\d{1,2})[\s-]+([a-z]{3})[a-z]*[\s-]+(\d{4}|\d{2})(?!\d|:)/i.exec(text);
  if (match) {
    const month = months.indexOf((match[2] ?? '').toLowerCase()) + 1;
    return { fields: [match[3], String(month), match[1]], length: match[0].length };
  }
  match = /^(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (match) return { fields: [match[1], match[2], match[3]], length: 6 };
  return undefined;
}

function readTime(text: string): { ticks: number; length: number } | undefined {
  const match = /^(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.:](\d{1,9}))?)?)?\s*(am|pm)?/i.exec(text);
  if (!match || (match[2] === undefined && match[5] === undefined)) return undefined;
  let hour = Number(match[1]);
  const minute = Number(match[2] ?? 0);
  const second = Number(match[3] ?? 0);
  if (match[5]) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (match[5].toLowerCase() === 'pm' ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = Math.round(Number(`0.${match[4] ?? 0}`) * ticksPerSecond);
  return {
    ticks: ((hour * 60 + minute) * 60 + second) * ticksPerSecond + fraction,
    length: match[0].length,
  };
}

/**
 * Reads what SQL Server reads as a date, a time or both; a missing date is 1900-01-01.
 * Undefined: not a date; 'range': a date that cannot be.
 */
export function parseMoment(source: string, style = 0): Moment | 'range' | undefined {
  const text = source.trim();
  if (text === '') return { day: dayZero, ticks: 0 };
  const date = readDate(text, style);
  let rest = text;
  let day: number | undefined = dayZero;
  if (date) {
    const [year, month, dayOfMonth] = date.fields;
    if (month === '0' && /[a-z]/i.test(text)) return undefined;
    day = dayNumber(twoDigitYear(year ?? ''), Number(month), Number(dayOfMonth));
    rest = text.slice(date.length).replace(/^(?:T|\s+)/i, '');
    if (rest === text.slice(date.length) && rest !== '' && !/^(?:z|[+-])/i.test(rest))
      return undefined;
  }
  let ticks = 0;
  let offset: number | undefined;
  if (rest !== '') {
    const time = readTime(rest);
    if (!time)
      return date && day === undefined
        ? 'range'
        : date && /^\d{1,2}:/.test(rest)
          ? 'range'
          : undefined;
    ticks = time.ticks;
    const zone = rest.slice(time.length).trim();
    if (/^z$/i.test(zone)) offset = 0;
    else if (zone !== '') {
      const match = /^([+-])(\d{1,2}):(\d{2})$/.exec(zone);
      if (!match) return undefined;
      offset = (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
      if (Math.abs(offset) > 840) return 'range';
    }
  }
  if (day === undefined) return 'range';
  return moment(day, ticks, offset) ?? 'range';
}

/** Ticks rounded to this many digits of a second; may reach the whole day. */
export function roundTicks(ticks: number, scale: number): number {
  const unit = 10 ** (7 - scale);
  return Math.round(ticks / unit) * unit;
}

/** datetime keeps 1/300 s: the milliseconds it shows end in 0, 3 or 7. */
export function roundToDatetime(ticks: number): number {
  const clock = Math.round((ticks * 300) / ticksPerSecond);
  return Math.round((clock * 1000) / 300) * 10_000;
}

/** smalldatetime keeps minutes. */
export const roundToMinute = (ticks: number): number =>
  Math.round(ticks / (60 * ticksPerSecond)) * 60 * ticksPerSecond;
