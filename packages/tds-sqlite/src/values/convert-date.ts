/** Dates and times to and from everything else: CONVERT's styles, rounding, ranges. */

import { errors } from '../errors.ts';
import type { SqlValue } from '../procedure.ts';
import {
  dateParts,
  dayZero,
  formatDate,
  formatOffset,
  formatTime,
  type Moment,
  moment,
  monthName,
  parseMoment,
  roundTicks,
  roundToDatetime,
  roundToMinute,
  ticksPerDay,
  timeParts,
} from './datetime.ts';
import { family, type SqlType, spokenName } from './types.ts';

/** 1753-01-01 and 1900-01-01 … 2079-06-06: the ends of datetime and smalldatetime. */
const firstDatetime = dayZero - 53_690;
const firstSmall = dayZero;
const lastSmall = dayZero + 0xffff;

/** A stored or foreign value as a moment of type `to`: rounded, with only the parts it has. */
export function dateFrom(value: SqlValue, from: SqlType, to: SqlType, style: number): Moment {
  return fit(read(value, from, to, style), from, to);
}

function read(value: SqlValue, from: SqlType, to: SqlType, style: number): Moment {
  const kind = family(from);
  if (kind === 'date' || kind === 'text') {
    const parsed = parseMoment(String(value), style);
    if (parsed === undefined) throw errors.dateConversion();
    if (parsed === 'range') {
      throw to.name === 'datetime' || to.name === 'smalldatetime'
        ? errors.dateOutOfRange(from.name, to.name)
        : errors.dateConversion();
    }
    if (
      kind === 'date' &&
      ((from.name === 'date' && to.name === 'time') || (from.name === 'time' && to.name === 'date'))
    ) {
      throw errors.operandClash(from.name, to.name);
    }
    // A local time from text with a zone: types without an offset take the clock as written.
    return parsed;
  }
  const isClassic = to.name === 'datetime' || to.name === 'smalldatetime';
  if (isClassic && (kind === 'integer' || kind === 'float' || kind === 'decimal')) {
    const days = Number(value);
    const whole = Math.floor(days);
    const result = moment(dayZero + whole, Math.round((days - whole) * ticksPerDay));
    if (!result) throw errors.overflow('expression', to.name);
    return result;
  }
  throw errors.operandClash(spokenName(from), to.name);
}

function fit(source: Moment, from: SqlType, to: SqlType): Moment {
  const { day, ticks } = source;
  const inRange = (result: Moment | undefined): Moment => {
    if (!result) throw errors.dateOutOfRange(from.name, to.name);
    return result;
  };
  switch (to.name) {
    case 'date':
      return { day, ticks: 0 };
    case 'time': {
      const rounded = roundTicks(ticks, to.scale ?? 7);
      return { day: dayZero, ticks: rounded % ticksPerDay };
    }
    case 'datetime': {
      const result = inRange(moment(day, roundToDatetime(ticks)));
      if (result.day < firstDatetime) throw errors.dateOutOfRange(from.name, to.name);
      return result;
    }
    case 'smalldatetime': {
      const result = inRange(moment(day, roundToMinute(ticks)));
      if (result.day < firstSmall || result.day > lastSmall)
        throw errors.dateOutOfRange(from.name, to.name);
      return result;
    }
    case 'datetimeoffset':
      return inRange(moment(day, roundTicks(ticks, to.scale ?? 7), source.offset ?? 0));
    default:
      return inRange(moment(day, roundTicks(ticks, to.scale ?? 7)));
  }
}

/** The one form in which values of this type are stored, compared and sent. */
export function formatMoment(when: Moment, type: SqlType): string {
  switch (type.name) {
    case 'date':
      return formatDate(when.day);
    case 'time':
      return formatTime(when.ticks, type.scale ?? 7);
    case 'datetime': {
      const { day, ticks } = moment(when.day, roundToDatetime(when.ticks)) ?? when;
      return `${formatDate(day)}T${formatTime(ticks, 3)}`;
    }
    case 'smalldatetime': {
      const { day, ticks } = moment(when.day, roundToMinute(when.ticks)) ?? when;
      return `${formatDate(day)}T${formatTime(ticks, 0)}`;
    }
    case 'datetimeoffset':
      return `${formatDate(when.day)}T${formatTime(when.ticks, type.scale ?? 7)}${formatOffset(when.offset ?? 0)}`;
    default:
      return `${formatDate(when.day)}T${formatTime(when.ticks, type.scale ?? 7)}`;
  }
}

/** A stored date as a moment; garbage that a procedure wrote itself is error 241. */
export function storedMoment(text: string): Moment {
  const when = parseMoment(text);
  if (when === undefined || when === 'range') throw errors.dateConversion();
  return when;
}

const two = (value: number) => String(value).padStart(2, '0');

/** CONVERT(varchar, date, style); each type's own default is style 0's. */
export function dateToText(value: string, from: SqlType, style: number): string {
  const when = storedMoment(value);
  const { year, month, day } = dateParts(when.day);
  const { hour, minute, second } = timeParts(when.ticks);
  const scale =
    from.name === 'datetime' ? 3 : from.name === 'smalldatetime' ? 0 : (from.scale ?? 0);
  const zone = from.name === 'datetimeoffset' ? formatOffset(when.offset ?? 0) : '';
  const time = formatTime(when.ticks, scale);
  const classic = from.name === 'datetime' || from.name === 'smalldatetime';
  if (style === 0 && !classic) {
    if (from.name === 'date') return formatDate(when.day);
    if (from.name === 'time') return time;
    return `${formatDate(when.day)} ${time}${zone && ` ${zone}`}`;
  }
  const twelve = hour % 12 === 0 ? 12 : hour % 12;
  const half = hour < 12 ? 'AM' : 'PM';
  const short = `${String(twelve).padStart(2, ' ')}:${two(minute)}${half}`;
  const seconds = formatTime(when.ticks, 0);
  const yy = two(year % 100);
  const yyyy = String(year).padStart(4, '0');
  const name = monthName(month);
  const date: Record<number, string> = {
    1: `${two(month)}/${two(day)}/${yy}`,
    101: `${two(month)}/${two(day)}/${yyyy}`,
    2: `${yy}.${two(month)}.${two(day)}`,
    102: `${yyyy}.${two(month)}.${two(day)}`,
    3: `${two(day)}/${two(month)}/${yy}`,
    103: `${two(day)}/${two(month)}/${yyyy}`,
    4: `${two(day)}.${two(month)}.${yy}`,
    104: `${two(day)}.${two(month)}.${yyyy}`,
    5: `${two(day)}-${two(month)}-${yy}`,
    105: `${two(day)}-${two(month)}-${yyyy}`,
    6: `${two(day)} ${name} ${yy}`,
    106: `${two(day)} ${name} ${yyyy}`,
    7: `${name} ${two(day)}, ${yy}`,
    107: `${name} ${two(day)}, ${yyyy}`,
    10: `${two(month)}-${two(day)}-${yy}`,
    110: `${two(month)}-${two(day)}-${yyyy}`,
    11: `${yy}/${two(month)}/${two(day)}`,
    111: `${yyyy}/${two(month)}/${two(day)}`,
    12: `${yy}${two(month)}${two(day)}`,
    112: `${yyyy}${two(month)}${two(day)}`,
    23: formatDate(when.day),
  };
  const plain = date[style];
  if (plain !== undefined) return plain;
  const fractional = formatTime(when.ticks, classic ? 3 : scale);
  const isoDate = formatDate(when.day);
  const dateOnly = from.name === 'date';
  const timeOnly = from.name === 'time';
  const join = (datePart: string, timePart: string, between = ' ') =>
    dateOnly ? datePart : timeOnly ? timePart : `${datePart}${between}${timePart}`;
  switch (style) {
    case 0:
    case 100:
      return join(`${name} ${String(day).padStart(2, ' ')} ${yyyy}`, short);
    case 8:
    case 24:
    case 108:
      return seconds;
    case 9:
    case 109:
      return join(
        `${name} ${String(day).padStart(2, ' ')} ${yyyy}`,
        `${String(twelve).padStart(2, ' ')}:${two(minute)}:${two(second)}${fractional.slice(8).replace('.', classic ? ':' : '.')}${half}`,
      );
    case 13:
    case 113:
      return join(
        `${two(day)} ${name} ${yyyy}`,
        classic ? fractional.replace('.', ':') : fractional,
      );
    case 14:
    case 114:
      return classic ? fractional.replace('.', ':') : fractional;
    case 20:
    case 120:
      return join(isoDate, seconds) + (zone && ` ${zone}`);
    case 21:
    case 25:
    case 121:
      return join(isoDate, fractional) + (zone && ` ${zone}`);
    case 126: {
      // Whole seconds are written without a fraction.
      const trimmed = classic && fractional.endsWith('.000') ? seconds : fractional;
      return join(isoDate, trimmed, 'T') + zone;
    }
    case 127: {
      const trimmed = classic && fractional.endsWith('.000') ? seconds : fractional;
      return join(isoDate, trimmed, 'T') + (zone && 'Z');
    }
    default:
      throw errors.invalidUse(`CONVERT style ${style}`);
  }
}
