/**
 * What the main thread of a page does, by Chromium's own trace, in CPU time: on a busy machine the
 * clock tells more of the neighbours than of the page.
 */

import type { CDPSession } from 'playwright-core';

/** Of a display with 60 pictures a second. */
const frameMs = 1_000 / 60;

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** CPU time of the thread, microseconds. */
  tdur?: number;
  args: { name?: string };
}

export interface MainThread {
  /** CPU time of each task, milliseconds, the longest first. */
  tasks: readonly number[];
  totalMs: number;
  /** Pictures that would be left out if a core were the page's alone: its tasks last too long. */
  missedFrames: number;
}

/** Traces while `work` goes on. */
export async function traced(session: CDPSession, work: () => Promise<void>): Promise<MainThread> {
  const events: TraceEvent[] = [];
  const take = ({ value }: { value: unknown[] }) => {
    for (const event of value) events.push(event as TraceEvent);
  };
  session.on('Tracing.dataCollected', take);
  const traceConfig = { includedCategories: ['toplevel', 'devtools.timeline'] };
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig });
  await work();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  session.off('Tracing.dataCollected', take);

  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const isMain = ({ name, args }: TraceEvent) =>
    name === 'thread_name' && args.name === 'CrRendererMain';
  const mains = new Set(events.filter(isMain).map(threadOf));
  const isTask = ({ name, ph }: TraceEvent) =>
    ph === 'X' && name === 'ThreadControllerImpl::RunTask';
  const byThread = Map.groupBy(
    events.filter((event) => isTask(event) && mains.has(threadOf(event))),
    threadOf,
  );
  // Other tabs have main threads, too: this one's is the busiest.
  const [tasks = []] = [...byThread.values()]
    .map((own) => own.map(({ tdur = 0 }) => tdur / 1_000))
    .sort((one, other) => sum(other) - sum(one));
  return {
    tasks: tasks.toSorted((one, other) => other - one),
    totalMs: sum(tasks),
    missedFrames: sum(tasks.map((ms) => Math.floor(ms / frameMs))),
  };
}

export const sum = (all: readonly number[]) => all.reduce((one, other) => one + other, 0);

export const median = (all: readonly number[]) =>
  all.toSorted((one, other) => one - other)[Math.floor(all.length / 2)] ?? Number.NaN;
