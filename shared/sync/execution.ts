/**
 * Executes a plan: one lane a server, lanes side by side.
 *
 * A lane takes its server's stages in the order of the document, waits for what each needs, and
 * runs it. No deadlock: the document is in topological order, so the first unfinished stage of the
 * whole document stands at the head of its lane and everything it needs has ended.
 */

import type { Leases } from '../lock/leases.ts';
import { type AttemptContext, runStage } from './attempt.ts';
import type { CheckAsker } from './checks/ask.ts';
import { RunChecks } from './checks/run-checks.ts';
import type { ReadFreshness } from './freshness.ts';
import { CancelRequestedError } from './interruption.ts';
import { Readings } from './readings.ts';
import { hasEnded, type Stage } from './run.ts';
import { neededBy } from './stage-graph.ts';
import type { StageRunners } from './stage-runner.ts';
import { Turn } from './turn.ts';

export interface ExecutionContext extends Omit<AttemptContext, 'beforeCall' | 'onEnd' | 'turn'> {
  runners: StageRunners;
  leases: Leases;
  readFreshness: ReadFreshness;
  askChecks: CheckAsker;
}

/**
 * Runs what is still pending until everything has ended, the slice is over or the signal is
 * aborted. What happened is in the document.
 *
 * @throws only when the document cannot be written
 */
export async function executeStages(context: ExecutionContext): Promise<void> {
  const { journal, signal, sliceOver } = context;
  const { stages } = journal.run;
  /** Aborted when no lane may begin another stage. */
  const halt = new AbortController();
  const ended = new Map(stages.map((stage) => [stage.id, Promise.withResolvers<void>()]));
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const readings = new Readings(context);
  const checks = new RunChecks(context);
  const onEnd = (stage: Stage) => {
    ended.get(stage.id)?.resolve();
    readings.stageEnded(stage);
    checks.stageEnded(stage);
  };
  const beforeCall = (stage: Stage, until: AbortSignal) => checks.beforeCall(stage, until);
  for (const stage of stages) {
    if (hasEnded(stage)) ended.get(stage.id)?.resolve();
  }
  const stop = () => halt.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const halted = new Promise<void>((resolve) => {
    halt.signal.addEventListener('abort', () => resolve(), { once: true });
    if (halt.signal.aborted) resolve();
  });

  const isOpen = (id: string) => {
    const needed = byId.get(id);
    return needed !== undefined && !hasEnded(needed);
  };

  const hasSucceeded = (id: string) => byId.get(id)?.state === 'succeeded';

  async function runLane(lane: readonly Stage[], turn: Turn): Promise<void> {
    for (const stage of lane) {
      if (hasEnded(stage)) continue;
      if (neededBy(stage).some(isOpen)) {
        await turn.giveBack();
        const needed = neededBy(stage).map((id) => ended.get(id)?.promise);
        await Promise.race([Promise.all(needed), halted]);
      }
      if (halt.signal.aborted) return;
      if (!mayBegin(stage, hasSucceeded)) {
        journal.note(() => {
          stage.state = 'skipped';
        });
        onEnd(stage);
        continue;
      }
      const without = stage.anyOf?.filter((id) => !hasSucceeded(id)) ?? [];
      if (without.length > 0) {
        journal.note(() => {
          stage.without = without;
        });
      }
      if (readings.isReading(stage)) {
        await turn.giveBack();
        await readings.before(stage);
      }
      if (sliceOver.aborted) return stop();
      if (halt.signal.aborted) return;
      await runStage({ ...context, turn, beforeCall, onEnd }, stage);
      if (!hasEnded(stage)) return stop();
    }
  }

  try {
    const lanes = Map.groupBy(stages, (stage) => stage.server);
    const results = await Promise.allSettled(
      [...lanes.values()].map(async (lane) => {
        const turn = new Turn({ ...context, runId: journal.run.id });
        try {
          await runLane(lane, turn);
        } catch (error) {
          stop();
          throw error;
        } finally {
          await turn.giveBack();
        }
      }),
    );
    await Promise.all([readings.finish(), checks.finish()]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (signal.aborted && signal.reason instanceof CancelRequestedError) {
    journal.note(() => {
      for (const stage of stages) if (!hasEnded(stage)) stage.state = 'cancelled';
    });
  }
}

/** Of what it needs, once that has ended. */
function mayBegin(
  { needs, anyOf }: Pick<Stage, 'needs' | 'anyOf'>,
  hasSucceeded: (id: string) => boolean,
): boolean {
  return needs.every(hasSucceeded) && (anyOf === undefined || anyOf.some(hasSucceeded));
}
