/** Calls the procedures that the catalogue names after the load of an evidence. */

import type { Catalog } from '../catalog/index.ts';
import { DatabaseError } from '../database/database-error.ts';
import type { Returned } from '../flexibee/returned.ts';
import type { Leases } from '../lock/leases.ts';
import { planStages } from '../sync/plan.ts';
import type { Stage } from '../sync/run.ts';
import type { StageRunner } from '../sync/stage-runner.ts';
import { Turn } from '../sync/turn.ts';

export interface AfterChangesDependencies {
  catalog: Catalog;
  /** Runs stages of kind `procedure`. */
  procedure: StageRunner;
  leases(signal: AbortSignal): Promise<Leases>;
  /** Is told of each procedure that succeeded. */
  returned: Returned;
  /** Gets what a procedure says: there is no run that would keep it. */
  onMessage(procedure: string, text: string): void;
}

/**
 * In the order of a run, one by one, each in a turn at its server as the stages of runs are. What
 * a procedure returns is judged as in a run: a failure is called again at the next poll.
 */
export async function callAfterChanges(
  dependencies: AfterChangesDependencies,
  code: string,
  evidences: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { catalog, procedure, returned, onMessage } = dependencies;
  const names = catalog.entityOrder(code).filter((name) => evidences.includes(name));
  const { stages } = planStages(catalog, { names, codes: [code] });
  const calls = stages.filter(({ kind }) => kind === 'procedure');
  if (calls.length === 0) return;
  const leases = await dependencies.leases(signal);
  const context = { runners: { procedure }, leases, runId: `poll-${code}` };
  for (const lane of chunksByServer(calls)) {
    const turn = new Turn(context);
    try {
      for (const stage of lane) {
        const name = nameOf(stage);
        const warning = await callStage(turn, stage, (text) => onMessage(name, text), signal);
        returned.set(name, warning);
      }
    } finally {
      await turn.giveBack();
    }
  }
}

const nameOf = ({ procedure: { schema, name } }: Stage) => `${schema}.${name}`;

/** @returns the warning, where there is one */
async function callStage(
  turn: Turn,
  stage: Stage,
  onMessage: (text: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { slot, lost } = await turn.take(stage, signal);
  const { timeoutSeconds } = stage;
  const limit = timeoutSeconds === undefined ? [] : [AbortSignal.timeout(timeoutSeconds * 1000)];
  try {
    const running = AbortSignal.any([signal, lost, ...limit]);
    const { warnings } = await slot.run(stage, onMessage, running);
    return warnings?.join('; ');
  } catch (error) {
    if (limit.some(({ aborted, reason }) => aborted && reason === error)) {
      const text = `${nameOf(stage)} timed out after ${timeoutSeconds} s`;
      throw new DatabaseError(text, 'timed out');
    }
    throw error;
  }
}

/** Neighbours at one server share a turn; no turns are held at two servers. */
function chunksByServer(stages: readonly Stage[]): Stage[][] {
  const chunks: Stage[][] = [];
  for (const stage of stages) {
    const last = chunks.at(-1);
    if (last?.[0]?.server === stage.server) last.push(stage);
    else chunks.push([stage]);
  }
  return chunks;
}
