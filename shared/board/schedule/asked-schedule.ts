/** Checks a schedule as somebody writes it. */

import type { FieldError } from '../../faults/field-error.ts';
import { type Body, fault, type Member } from '../../faults/member.ts';
import { didYouMean } from '../../faults/near-name.ts';
import { show } from '../../faults/show.ts';
import { afterMs, allowedAfter } from '../../sync/again/after.ts';
import { isZone } from '../../time/zone.ts';
import { allowedCron, cronTimes } from './cron.ts';
import {
  busyPolicies,
  endByPattern,
  missedPolicies,
  type Schedule,
  scheduleSchema,
} from './schedule.ts';

/** Where nobody says: a day that was missed is made up for, on the day itself. */
const usual = { enabled: true, missed: 'last', window: '1d', whenBusy: 'wait' } as const;

export const scheduleMembers = Object.keys(scheduleSchema.shape);

/**
 * @param boards the names of those that there are
 * @param zone the catalogue's: where nobody says
 */
export function askedSchedule(
  body: Body,
  boards: readonly string[],
  zone: string,
): { schedule: Schedule } | { errors: FieldError[] } {
  const known = Object.entries(body).filter(
    ([name, value]) => scheduleMembers.includes(name) && value !== null,
  );
  const given: Body = { ...usual, timeZone: zone, ...Object.fromEntries(known) };
  const of = (field: string): Member => ({ field, value: given[field] });
  const errors = [
    ...boardFaults(of('board'), boards),
    ...zoneFaults(of('timeZone')),
    ...cronFaults(of('cron'), given['timeZone']),
    ...(typeof given['enabled'] === 'boolean' ? [] : [fault(of('enabled'), 'true or false')]),
    ...oneOf(of('missed'), missedPolicies),
    ...oneOf(of('whenBusy'), busyPolicies),
    ...(isTime(given['window']) ? [] : [fault(of('window'), allowedAfter)]),
    ...endByFaults(of('endBy')),
  ];
  if (errors.length > 0) return { errors };
  const schedule = scheduleSchema.parse(given);
  return { schedule: { ...schedule, cron: schedule.cron.trim().replaceAll(/\s+/g, ' ') } };
}

function boardFaults(board: Member, boards: readonly string[]): FieldError[] {
  const { value } = board;
  if (typeof value === 'string' && boards.includes(value)) return [];
  const message =
    value === undefined
      ? undefined
      : `there is no board ${show(value)}${didYouMean(value, boards)}`;
  return [fault(board, 'the name of a board, see /boards', message)];
}

function zoneFaults(zone: Member): FieldError[] {
  if (typeof zone.value === 'string' && isZone(zone.value)) return [];
  const names = Intl.supportedValuesOf('timeZone');
  const allowed = 'the IANA name of a time zone: Europe/Prague, UTC';
  const message = `${show(zone.value)} is no time zone${didYouMean(zone.value, names)}`;
  return [fault(zone, allowed, message)];
}

function cronFaults(cron: Member, zone: unknown): FieldError[] {
  const { value } = cron;
  if (typeof value !== 'string') return [fault(cron, allowedCron)];
  try {
    cronTimes(value, typeof zone === 'string' && isZone(zone) ? zone : 'UTC');
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [fault(cron, allowedCron, `cron is not a cron expression: ${error.message}`)];
  }
}

function oneOf(member: Member, names: readonly string[]): FieldError[] {
  const { value } = member;
  if (typeof value === 'string' && names.includes(value)) return [];
  const message = `${member.field} must be one of ${names.join(', ')}${didYouMean(value, names)}`;
  return [fault(member, `one of ${names.join(', ')}`, message)];
}

function endByFaults(endBy: Member): FieldError[] {
  const { value } = endBy;
  if (value === undefined || (typeof value === 'string' && endByPattern.test(value))) return [];
  return [fault(endBy, 'a time of day by the clock of the zone, 00:00 to 23:59')];
}

const isTime = (value: unknown) => typeof value === 'string' && afterMs(value) !== undefined;
