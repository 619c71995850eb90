/**
 * Executes a plan: one lane a server, lanes side by side; of a server that allows several stages at
 * once a lane is as many tracks wide.
 *
 * A track takes the next of its server's stages in the order of the document, waits for what it
 * needs, and runs it. What waits for a window, its own or that of what it needs, is stepped over.
 * No deadlock: the document is in topological order, so of the others the first unfinished stage of
 * the whole document is the next of its lane, and everything it needs has ended.
 */

import { pause } from '../async/retry.ts';
import type { Leases } from '../lock/leases.ts';
import { type AttemptContext, runStage } from './attempt.ts';
import type { CheckAsker } from './checks/ask.ts';
import { RunChecks } from './checks/run-checks.ts';
import type { ReadFreshness } from './freshness.ts';
import { Gap } from './gap.ts';
import { CancelRequestedError } from './interruption.ts';
import { Readings } from './readings.ts';
import { hasEnded, type Stage, type StageWait } from './run.ts';
import { neededBy } from './stage-graph.ts';
import type { StageRunners } from './stage-runner.ts';
import { Turn } from './turn.ts';
import { heldUp, isLeftOut, leftOutReason, mayBeginAt, opensAt } from './windows.ts';

export interface ExecutionContext
  extends Omit<AttemptContext, 'beforeCall' | 'onCall' | 'onEnd' | 'turn'> {
  runners: StageRunners;
  leases: Leases;
  readFreshness: ReadFreshness;
  askChecks: CheckAsker;
}

/**
 * Runs what is still pending until everything has ended or waits for its window, the slice is over
 * or the signal is aborted. What happened is in the document.
 *
 * @throws only when the document cannot be written
 */
export async function executeStages(context: ExecutionContext): Promise<void> {
  const { journal, signal } = context;
  const { stages } = journal.run;
  const execution = new Execution(context);
  try {
    const results = await Promise.allSettled(execution.tracks());
    await Promise.all([execution.readings.finish(), execution.checks.finish()]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  } finally {
    execution.close();
  }
  if (signal.aborted && signal.reason instanceof CancelRequestedError) {
    journal.note(() => {
      for (const stage of stages) if (!hasEnded(stage)) stage.state = 'cancelled';
    });
  }
}

/** The stages of a server, and which of them a track has. */
interface Lane {
  stages: readonly Stage[];
  taken: Set<Stage>;
  turn: Turn;
  gap: Gap;
}

const none: ReadonlySet<string> = new Set();

class Execution {
  readonly readings: Readings;
  readonly checks: RunChecks;
  readonly #context: ExecutionContext;
  readonly #stages: readonly Stage[];
  readonly #byId: ReadonlyMap<string, Stage>;
  readonly #ended: ReadonlyMap<string, PromiseWithResolvers<void>>;
  readonly #hasWindows: boolean;
  /** Aborted when no track may begin another stage. */
  readonly #halt = new AbortController();
  readonly #halted = Promise.withResolvers<void>();
  /** Tracks that do not wait for a window. */
  #active = 0;
  /** Resolved, and made anew, when a track waits for a window: others may wait for the same. */
  #parked = Promise.withResolvers<void>();

  constructor(context: ExecutionContext) {
    const { journal, signal } = context;
    const { stages } = journal.run;
    this.#context = context;
    this.#stages = stages;
    this.#byId = new Map(stages.map((stage) => [stage.id, stage]));
    this.#ended = new Map(stages.map((stage) => [stage.id, Promise.withResolvers<void>()]));
    this.#hasWindows = stages.some(({ window }) => window !== undefined);
    this.readings = new Readings(context);
    this.checks = new RunChecks(context);
    for (const stage of stages) if (hasEnded(stage)) this.#ended.get(stage.id)?.resolve();
    signal.addEventListener('abort', this.#stop, { once: true });
    if (signal.aborted) this.#stop();
  }

  close(): void {
    this.#context.signal.removeEventListener('abort', this.#stop);
  }

  /** As many for each server as it allows stages at once. */
  tracks(): Promise<void>[] {
    const lanes = [...Map.groupBy(this.#stages, (stage) => stage.server).values()];
    const tracks = lanes.flatMap((stages) => {
      const taken = new Set<Stage>();
      const width = Math.max(...stages.map(({ atOnce = 1 }) => atOnce));
      return Array.from({ length: width }, () => ({ stages, taken }));
    });
    this.#active = tracks.length;
    return tracks.map((lane) => this.#track(lane));
  }

  async #track(lane: Omit<Lane, 'turn' | 'gap'>): Promise<void> {
    const onWait = (stage: Stage, wait: StageWait) => this.#wait(stage, wait);
    const turn = new Turn({ ...this.#context, runId: this.#context.journal.run.id, onWait });
    const gap = new Gap();
    try {
      await this.#runTrack({ ...lane, turn, gap });
    } catch (error) {
      this.#stop();
      throw error;
    } finally {
      gap.end();
      this.#leave();
      await turn.giveBack();
    }
  }

  readonly #stop = () => {
    this.#halt.abort();
    this.#halted.resolve();
  };

  #onEnd(stage: Stage, gap: Gap): void {
    this.#ended.get(stage.id)?.resolve();
    gap.begin();
    this.readings.stageEnded(stage, gap.over);
    this.checks.stageEnded(stage, gap.over);
  }

  async #runTrack(lane: Lane): Promise<void> {
    const { stages, taken, turn, gap } = lane;
    while (!this.#halt.signal.aborted) {
      const held = this.#hasWindows ? heldUp(this.#stages, this.#context.now()) : none;
      const left = stages.filter((stage) => !hasEnded(stage) && !taken.has(stage));
      const next = left.find(({ id }) => !held.has(id));
      if (next !== undefined) {
        taken.add(next);
        await this.#goOnWith(next, lane);
        taken.delete(next);
      } else if (left.length > 0) {
        gap.end();
        await turn.giveBack();
        await this.#park(left);
      } else return;
    }
  }

  /** Runs or skips a stage, unless it has to be waited for anew. */
  async #goOnWith(stage: Stage, { turn, gap }: Lane): Promise<void> {
    const { now, sliceOver } = this.#context;
    if (neededBy(stage).some(this.#isOpen)) {
      gap.end();
      await turn.giveBack();
      const needed = neededBy(stage).map((id) => this.#ended.get(id)?.promise);
      await Promise.race([Promise.all(needed), this.#halted.promise, this.#parked.promise]);
      if (neededBy(stage).some(this.#isOpen)) return;
    }
    if (this.#halt.signal.aborted) return;
    const missing = missingOf(stage, this.#hasSucceeded);
    if (missing.length > 0) return this.#skip(stage, gap, this.#reasonIn(missing));
    if (isLeftOut(stage, now())) return this.#skip(stage, gap, leftOutReason(stage));
    if (!mayBeginAt(stage, now())) return;
    this.#noteWithout(stage);
    if (this.readings.isReading(stage)) {
      await turn.giveBack();
      await this.readings.before(stage);
    }
    if (sliceOver.aborted) return this.#stop();
    if (this.#halt.signal.aborted) return;
    const beforeCall = (one: Stage, until: AbortSignal) => this.checks.beforeCall(one, until);
    const onCall = () => gap.called();
    const onEnd = (one: Stage) => this.#onEnd(one, gap);
    await runStage({ ...this.#context, turn, beforeCall, onCall, onEnd }, stage);
    if (!hasEnded(stage) && mayBeginAt(stage, now())) this.#stop();
  }

  readonly #isOpen = (id: string): boolean => {
    const needed = this.#byId.get(id);
    return needed !== undefined && !hasEnded(needed);
  };

  /** What a retry does not make again has succeeded before. */
  readonly #hasSucceeded = (id: string): boolean =>
    (this.#byId.get(id)?.state ?? 'succeeded') === 'succeeded';

  #noteWithout(stage: Stage): void {
    const without = stage.anyOf?.filter((id) => !this.#hasSucceeded(id)) ?? [];
    if (without.length === 0) return;
    this.#context.journal.note(() => {
      stage.without = without;
    });
  }

  /** @param reason where nothing has failed */
  #skip(stage: Stage, gap: Gap, reason: string | undefined): void {
    const { journal, log } = this.#context;
    if (reason !== undefined) log.tell(stage.id, `Skipped: ${reason}.`);
    journal.note(() => {
      stage.state = 'skipped';
      delete stage.waitsFor;
      if (reason !== undefined) stage.reason = reason;
    });
    this.#onEnd(stage, gap);
  }

  /** The window that all of these have missed, directly or by what they need. */
  #reasonIn(missing: readonly string[]): string | undefined {
    const all = missing.map((id) => this.#byId.get(id));
    const [first] = all;
    if (first === undefined || all.some((stage) => stage?.reason === undefined)) return undefined;
    const isRoot = first.reason === leftOutReason(first);
    return isRoot ? `${first.id} was skipped, ${first.reason}` : first.reason;
  }

  /** Waits until a window opens. Where all tracks do, there is nothing to do for this slice. */
  async #park(left: readonly Stage[]): Promise<void> {
    const { now } = this.#context;
    const instant = now().getTime();
    for (const stage of left) {
      if (mayBeginAt(stage, now())) continue;
      this.#wait(stage, { opens: new Date(opensAt(stage, instant)).toISOString() });
    }
    const closed = this.#stages.filter(
      (stage) => !hasEnded(stage) && opensAt(stage, instant) > instant,
    );
    const opens = Math.min(...closed.map((stage) => opensAt(stage, instant)));
    this.#leave();
    await pause(Math.max(0, opens - instant), this.#halt.signal).catch(() => {});
    this.#active += 1;
  }

  /** One track less that does or awaits anything but a window. */
  #leave(): void {
    this.#active -= 1;
    this.#parked.resolve();
    this.#parked = Promise.withResolvers<void>();
    if (this.#active === 0) this.#stop();
  }

  #wait(stage: Stage, wait: StageWait): void {
    if (JSON.stringify(stage.waitsFor) === JSON.stringify(wait)) return;
    this.#context.journal.note(() => {
      stage.waitsFor = wait;
    });
  }
}

/** Of what has ended, ids of what a stage needs and does not have: none where it may begin. */
function missingOf(
  { needs, anyOf }: Pick<Stage, 'needs' | 'anyOf'>,
  hasSucceeded: (id: string) => boolean,
): string[] {
  const isMissing = (id: string) => !hasSucceeded(id);
  const ofAny = anyOf?.every(isMissing) ? anyOf : [];
  return [...needs.filter(isMissing), ...ofAny];
}
