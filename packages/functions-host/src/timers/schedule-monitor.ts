/** The state of a timer, kept in a blob so that an occurrence missed in a pause is noticed. */

import type { ContainerClient } from '@azure/storage-blob';
import { statusOf } from '../storage.ts';
import type { Schedule } from './ncrontab.ts';

/** Undefined: never. */
export interface ScheduleStatus {
  last: Date | undefined;
  next: Date;
  lastUpdated: Date | undefined;
}

/** How .NET writes a time that never was. */
const never = '0001-01-01T00:00:00';

export interface ScheduleMonitor {
  read(): Promise<ScheduleStatus | undefined>;
  write(status: ScheduleStatus): Promise<void>;
}

/** @param timer `<host id>/Host.Functions.<name>`; the blob is the real host's, format included. */
export function createScheduleMonitor(container: ContainerClient, timer: string): ScheduleMonitor {
  const blob = container.getBlockBlobClient(`timers/${timer}/status`);
  return {
    read: async () => {
      try {
        return parseStatus(String(await blob.downloadToBuffer()));
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },
    write: async (status) => {
      const text = JSON.stringify(toJson(status));
      await container.createIfNotExists();
      await blob.upload(text, Buffer.byteLength(text));
    },
  };
}

/** As it is stored, and as the function gets it. */
export function toJson({ last, next, lastUpdated }: ScheduleStatus): Record<string, string> {
  const text = (time: Date | undefined): string => time?.toISOString() ?? never;
  return { Last: text(last), Next: text(next), LastUpdated: text(lastUpdated) };
}

function parseStatus(text: string): ScheduleStatus | undefined {
  const json = JSON.parse(text) as Record<string, string>;
  const time = (value: string | undefined): Date | undefined =>
    value && !value.startsWith('0001-01-01') ? new Date(value) : undefined;
  const next = time(json['Next']);
  return next && { last: time(json['Last']), next, lastUpdated: time(json['LastUpdated']) };
}

/**
 * What a host that starts makes of the stored state.
 * @returns the state to go on from, whether it must be stored, and whether an occurrence was
 *   missed. A schedule that has changed since then starts anew: nothing of it was missed.
 */
export function resume(
  stored: ScheduleStatus | undefined,
  schedule: Schedule,
  now: Date,
): { status: ScheduleStatus; changed: boolean; pastDue: boolean } {
  if (!stored) {
    const status = { last: undefined, next: schedule.next(now), lastUpdated: now };
    return { status, changed: true, pastDue: false };
  }
  const since = stored.last ?? stored.lastUpdated ?? now;
  const expected = schedule.next(since);
  if (expected.getTime() === stored.next.getTime()) {
    return { status: stored, changed: false, pastDue: now > stored.next };
  }
  const missed = now > expected;
  const status = {
    last: undefined,
    next: missed ? schedule.next(now) : expected,
    lastUpdated: missed ? now : since,
  };
  return { status, changed: true, pastDue: false };
}
