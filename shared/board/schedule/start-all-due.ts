import { sideBySide } from '../../async/side-by-side.ts';
import type { ListedSchedule } from './schedules.ts';
import { type DueDependencies, startDue } from './start-due.ts';

/** Schedules that are looked at at once. */
const atOnce = 4;
/** Before the next minute comes. */
const passMs = 50_000;

interface Dependencies extends DueDependencies {
  schedules: DueDependencies['schedules'] & {
    list(signal: AbortSignal): Promise<ListedSchedule[]>;
  };
}

/** `startDue` of every schedule; what goes wrong with one is told, and the others go on. */
export async function startAllDue(dependencies: Dependencies, signal: AbortSignal): Promise<void> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(passMs)]);
  const one = async (schedule: ListedSchedule, bounded: AbortSignal) => {
    const { name } = schedule;
    if ('newer' in schedule) return dependencies.log(`Schedule ${name}: ${schedule.newer}`, 'warn');
    try {
      await startDue(dependencies, name, bounded);
    } catch (error) {
      signal.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      dependencies.log(`Schedule ${name}: what is due could not be started: ${why}`, 'warn');
    }
  };
  await sideBySide(await dependencies.schedules.list(within), atOnce, one, within);
}
