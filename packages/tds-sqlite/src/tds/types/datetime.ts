/** The older types: `datetime` (1/300 s) and `smalldatetime` (minutes), both since 1900-01-01. */

import { ProtocolError } from '../byte-reader.ts';
import {
  dateText,
  daysOf,
  daysOfYear1900,
  lastDay,
  parseMoment,
  secondsOfDay,
  timeText,
} from './calendar.ts';
import { type Codec, outOfRange, shortLengthCodec } from './codec.ts';
import { typeId } from './type-id.ts';

const firstDay = daysOf(1753, 1, 1);
const ticksPerDay = secondsOfDay * 300;
const minutesPerDay = 1440;
/** 2079-06-06, the last day of a smalldatetime. */
const lastSmallDay = daysOfYear1900 + 0xffff;

/** Text with milliseconds, which end in 0, 3 or 7: `2019-07-01T12:00:00.997`. */
export const datetimeCodec: Codec = shortLengthCodec({
  declared: 'datetime',
  size: 8,
  writeType(writer) {
    writer.uint8(typeId.dateTimeN);
    writer.uint8(8);
  },
  writeValue(writer, value) {
    const moment = typeof value === 'string' ? parseMoment(value) : undefined;
    const ticks = moment
      ? moment.seconds * 300 + Math.round((moment.nanoseconds * 300) / 1e9)
      : Number.NaN;
    const midnight = ticks === ticksPerDay;
    // A time alone is one of 1900-01-01.
    const days = (moment?.hasDate ? moment.days : daysOfYear1900) + (midnight ? 1 : 0);
    if (Number.isNaN(ticks) || days < firstDay || days > lastDay) {
      throw outOfRange('datetime', value, 'ISO 8601 from 1753-01-01 to 9999-12-31T23:59:59.997');
    }
    writer.int32(days - daysOfYear1900);
    writer.uint32(midnight ? 0 : ticks);
  },
  readValue(reader) {
    const days = reader.int32() + daysOfYear1900;
    const ticks = reader.uint32();
    if (days < firstDay || days > lastDay || ticks >= ticksPerDay) {
      throw new ProtocolError('a datetime is out of its range');
    }
    return `${dateText(days)}T${timeText(Math.round((ticks * 10) / 3), 3)}`;
  },
});

/** Text with whole minutes: `2019-07-01T12:34:00`. */
export const smalldatetimeCodec: Codec = shortLengthCodec({
  declared: 'smalldatetime',
  size: 4,
  writeType(writer) {
    writer.uint8(typeId.dateTimeN);
    writer.uint8(4);
  },
  writeValue(writer, value) {
    const moment = typeof value === 'string' ? parseMoment(value) : undefined;
    const minutes = moment
      ? Math.round((moment.seconds + moment.nanoseconds / 1e9) / 60)
      : Number.NaN;
    const midnight = minutes === minutesPerDay;
    const days = (moment?.hasDate ? moment.days : daysOfYear1900) + (midnight ? 1 : 0);
    if (Number.isNaN(minutes) || days < daysOfYear1900 || days > lastSmallDay) {
      throw outOfRange('smalldatetime', value, 'ISO 8601 from 1900-01-01 to 2079-06-06');
    }
    writer.uint16(days - daysOfYear1900);
    writer.uint16(midnight ? 0 : minutes);
  },
  readValue(reader) {
    const days = reader.uint16() + daysOfYear1900;
    const minutes = reader.uint16();
    if (minutes >= minutesPerDay) {
      throw new ProtocolError('a smalldatetime is out of its range');
    }
    return `${dateText(days)}T${timeText(minutes * 60, 0)}`;
  },
});
