/** Days and times of day without a time zone, as ISO 8601 text and as numbers. */

export interface Moment {
  /** Days since 0001-01-01; 0 when the text has no date: see `hasDate`. */
  days: number;
  hasDate: boolean;
  seconds: number;
  /** 0 to 999,999,999 */
  nanoseconds: number;
  /** Minutes east of UTC; absent when the text has none. */
  offset: number | undefined;
}

const pattern =
  /^(?:(\d{4})-(\d{2})-(\d{2}))?(?:(?:^|[T ])(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)? ?(?:(Z)|([+-])(\d{2}):(\d{2}))?$/;

export const daysOfYear1900 = daysOf(1900, 1, 1);
/** 9999-12-31 */
export const lastDay = daysOf(9999, 12, 31);
export const secondsOfDay = 86_400;

/** Days since 0001-01-01 in the Gregorian calendar, used before 1582 too. */
export function daysOf(year: number, month: number, day: number): number {
  // Years begin in March here, so that the leap day is a year's last.
  const shifted = month > 2 ? year : year - 1;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leapDays + ofYear - 306;
}

/** The inverse of `daysOf`, as `2019-07-31`. */
export function dateText(days: number): string {
  const shifted = days + 306;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) /
      365,
  );
  const ofYear =
    ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

/** `ticks` of 10^-scale seconds since midnight as `23:59:59.999`, with `scale` decimals. */
export function timeText(ticks: number, scale: number): string {
  const perSecond = 10 ** scale;
  const seconds = Math.floor(ticks / perSecond);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => digits(part, 2))
    .join(':');
  return scale === 0 ? clock : `${clock}.${digits(ticks % perSecond, scale)}`;
}

/** `+05:30` */
export function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${digits(Math.floor(size / 60), 2)}:${digits(size % 60, 2)}`;
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) {
    return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  }
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isDay(year: number, month: number, day: number): boolean {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** Reads a date, a time of day or both; undefined for text that is neither, or no real day. */
export function parseMoment(text: string): Moment | undefined {
  const match = pattern.exec(text);
  if (!match) {
    return undefined;
  }
  const hasDate = match[1] !== undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute] = [Number(match[4] ?? 0), Number(match[5] ?? 0)];
  const second = Number(match[6] ?? 0);
  const hasOffset = match[8] !== undefined || match[9] !== undefined;
  const offset = Number(match[10] ?? 0) * 60 + Number(match[11] ?? 0);
  if (
    (hasDate ? !isDay(year, month, day) : match[4] === undefined) ||
    hour > 23 ||
    minute > 59 ||
    second > 59 ||
    Number(match[11] ?? 0) > 59 ||
    offset > 14 * 60
  ) {
    return undefined;
  }
  return {
    days: hasDate ? daysOf(year, month, day) : 0,
    hasDate,
    seconds: hour * 3600 + minute * 60 + second,
    nanoseconds: match[7] === undefined ? 0 : Number(match[7].padEnd(9, '0')),
    offset: hasOffset ? (match[9] === '-' ? -offset : offset) : undefined,
  };
}

/** A time of day in ticks of 10^-scale seconds, rounded; a full day when it rounds up to midnight. */
export function ticksOf(moment: Moment, scale: number): number {
  return moment.seconds * 10 ** scale + Math.round(moment.nanoseconds / 10 ** (9 - scale));
}
