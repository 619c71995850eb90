/** A timer trigger: fires at its occurrences, once for those missed, never beside itself. */

import { delay } from '../delay.ts';
import { type Executor, newInvocationId } from '../executor.ts';
import type { HostFunction, TimerTrigger } from '../functions.ts';
import type { SingletonWork } from '../singleton.ts';
import type { Schedule } from './ncrontab.ts';
import { resume, type ScheduleMonitor, type ScheduleStatus, toJson } from './schedule-monitor.ts';

interface Dependencies {
  schedule: Schedule;
  /** Absent: no state is kept, so that nothing is ever past due. */
  monitor: ScheduleMonitor | undefined;
  executor: Executor;
  /** Told when a state could not be stored; the timer runs on. */
  warn: (text: string) => void;
}

type Occasion = 'schedule' | 'past due' | 'startup';

/** @returns work for the one instance that may fire the timer; it can be started again. */
export function createTimerListener(
  target: HostFunction,
  trigger: TimerTrigger,
  { schedule, monitor, executor, warn }: Dependencies,
): SingletonWork {
  let stopping = new AbortController();
  let loop: Promise<void> | undefined;

  async function run(first: ScheduleStatus, occasion: Occasion, signal: AbortSignal) {
    let status = first;
    if (occasion !== 'schedule') status = await fire(status, occasion);
    while (!signal.aborted) {
      await delay(status.next.getTime() - Date.now(), signal);
      if (!signal.aborted) status = await fire(status, 'schedule');
    }
  }

  async function fire(status: ScheduleStatus, occasion: Occasion): Promise<ScheduleStatus> {
    const started = new Date();
    await executor
      .run(target, {
        id: newInvocationId(),
        reason: `Timer fired at ${started.toISOString()}${occasion === 'schedule' ? '' : ` (${occasion})`}`,
        input: {
          json: JSON.stringify({
            Schedule: { AdjustForDST: true },
            ScheduleStatus: monitor ? toJson(status) : null,
            IsPastDue: occasion === 'past due',
          }),
        },
      })
      // A timer that failed is not tried again before its next occurrence.
      .catch(() => {});
    // A clock a little ahead of the timer must not fire the same occurrence twice.
    const last = occasion === 'schedule' && status.next > started ? status.next : started;
    const after = { last, next: schedule.next(last), lastUpdated: last };
    await monitor?.write(after).catch((error) => warn(`state is not stored: ${String(error)}`));
    return after;
  }

  return {
    start: async () => {
      stopping = new AbortController();
      const now = new Date();
      const { status, changed, pastDue } = resume(await monitor?.read(), schedule, now);
      if (changed) await monitor?.write(status);
      const occasion = pastDue ? 'past due' : trigger.runOnStartup ? 'startup' : 'schedule';
      loop = run(status, occasion, stopping.signal);
    },
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };
}
