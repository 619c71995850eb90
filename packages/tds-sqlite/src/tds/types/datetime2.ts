/** The types with a scale of 0 to 7 decimals, and `date`: days since 0001-01-01 in three bytes. */

import type { SqlValue } from '../../procedure.ts';
import { type ByteReader, ProtocolError } from '../byte-reader.ts';
import {
  dateText,
  daysOfYear1900,
  lastDay,
  type Moment,
  offsetText,
  parseMoment,
  secondsOfDay,
  ticksOf,
  timeText,
} from './calendar.ts';
import { type Codec, outOfRange, shortLengthCodec } from './codec.ts';
import { typeId } from './type-id.ts';

const dateSize = 3;
const offsetSize = 2;

function timeSize(scale: number): number {
  return scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
}

function momentOf(declared: string, value: SqlValue): Moment {
  const moment = typeof value === 'string' ? parseMoment(value) : undefined;
  if (!moment) {
    throw outOfRange(declared, value, 'ISO 8601 from 0001-01-01 to 9999-12-31');
  }
  return moment;
}

function readDays(reader: ByteReader): number {
  const days = reader.uint(dateSize);
  if (days > lastDay) {
    throw new ProtocolError('a date is after 9999-12-31');
  }
  return days;
}

function readTicks(reader: ByteReader, scale: number): number {
  const ticks = reader.uint(timeSize(scale));
  if (ticks >= secondsOfDay * 10 ** scale) {
    throw new ProtocolError('a time is after 23:59:59');
  }
  return ticks;
}

/** `2019-07-01`; the time of a text that has one is dropped. */
export const dateCodec: Codec = shortLengthCodec({
  declared: 'date',
  size: dateSize,
  writeType(writer) {
    writer.uint8(typeId.date);
  },
  writeValue(writer, value) {
    const moment = momentOf('date', value);
    writer.uint(moment.hasDate ? moment.days : daysOfYear1900, dateSize);
  },
  readValue(reader) {
    return dateText(readDays(reader));
  },
});

/** `12:34:56.789`; the date of a text that has one is dropped. */
export function timeCodec(scale: number): Codec {
  const declared = `time(${scale})`;
  return shortLengthCodec({
    declared,
    size: timeSize(scale),
    writeType(writer) {
      writer.uint8(typeId.time);
      writer.uint8(scale);
    },
    writeValue(writer, value) {
      const ticks = ticksOf(momentOf(declared, value), scale);
      writer.uint(ticks % (secondsOfDay * 10 ** scale), timeSize(scale));
    },
    readValue(reader) {
      return timeText(readTicks(reader, scale), scale);
    },
  });
}

/** Days and ticks, where rounding up to midnight is the next day (if there is one). */
function carried(moment: Moment, scale: number): { days: number; ticks: number } {
  const days = moment.hasDate ? moment.days : daysOfYear1900;
  const ticks = ticksOf(moment, scale);
  const perDay = secondsOfDay * 10 ** scale;
  if (ticks < perDay) {
    return { days, ticks };
  }
  return days === lastDay ? { days, ticks: perDay - 1 } : { days: days + 1, ticks: 0 };
}

/** `2019-07-01T12:34:56.789` */
export function datetime2Codec(scale: number): Codec {
  const declared = `datetime2(${scale})`;
  return shortLengthCodec({
    declared,
    size: timeSize(scale) + dateSize,
    writeType(writer) {
      writer.uint8(typeId.dateTime2);
      writer.uint8(scale);
    },
    writeValue(writer, value) {
      const { days, ticks } = carried(momentOf(declared, value), scale);
      writer.uint(ticks, timeSize(scale));
      writer.uint(days, dateSize);
    },
    readValue(reader) {
      const time = timeText(readTicks(reader, scale), scale);
      return `${dateText(readDays(reader))}T${time}`;
    },
  });
}

/** `2019-07-01T12:34:56.789+02:00`, local time; UTC on the wire. Text without an offset is UTC. */
export function datetimeoffsetCodec(scale: number): Codec {
  const declared = `datetimeoffset(${scale})`;
  const perMinute = 60 * 10 ** scale;
  const perDay = secondsOfDay * 10 ** scale;

  /** Moves by minutes across midnight; undefined when that leaves the calendar. */
  function moved(days: number, ticks: number, minutes: number) {
    const sum = ticks + minutes * perMinute;
    const day = days + Math.floor(sum / perDay);
    const inDay = ((sum % perDay) + perDay) % perDay;
    return day < 0 || day > lastDay ? undefined : { days: day, ticks: inDay };
  }

  return shortLengthCodec({
    declared,
    size: timeSize(scale) + dateSize + offsetSize,
    writeType(writer) {
      writer.uint8(typeId.dateTimeOffset);
      writer.uint8(scale);
    },
    writeValue(writer, value) {
      const moment = momentOf(declared, value);
      const local = carried(moment, scale);
      const offset = moment.offset ?? 0;
      const utc = moved(local.days, local.ticks, -offset);
      if (!utc) {
        throw outOfRange(declared, value, 'from 0001-01-01 to 9999-12-31 in UTC too');
      }
      writer.uint(utc.ticks, timeSize(scale));
      writer.uint(utc.days, dateSize);
      writer.int16(offset);
    },
    readValue(reader) {
      const ticks = readTicks(reader, scale);
      const days = readDays(reader);
      const offset = reader.int16();
      const local = Math.abs(offset) <= 14 * 60 ? moved(days, ticks, offset) : undefined;
      if (!local) {
        throw new ProtocolError('a datetimeoffset is out of its range');
      }
      return `${dateText(local.days)}T${timeText(local.ticks, scale)}${offsetText(offset)}`;
    },
  });
}
