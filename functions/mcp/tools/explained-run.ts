/** Why a run failed: what is known of it in several places, together. */

import { z } from 'zod';
import { overviewSchema } from '../../../shared/board/overview/overview.ts';
import { publicRunSchema } from '../../shapes/runs.ts';
import type { Ask } from '../ask.ts';
import { ToolError } from '../tool-error.ts';

const mostErrors = 20;
const mostStages = 3;
/** Bytes of what a procedure said at last. */
const logEnd = 2_000;

const unwell = ['failed', 'interrupted'];
type Run = z.infer<typeof publicRunSchema>;

/** @throws ToolError where the run cannot be read */
export async function explained(id: string, ask: Ask): Promise<object> {
  const run = publicRunSchema.parse((await ask('run', { params: { id } })).json());
  const failed = run.stages.filter(({ state }) => unwell.includes(state));
  const stages = failed.slice(0, mostStages).map(async (stage) => ({
    ...stage,
    said: await said(ask, id, stage.id),
  }));
  const { errors, checks = [], calls: _, stages: __, freshness: ___, log, ...rest } = run;
  const differing = checks.filter(({ result }) => result?.state !== 'agrees');
  const counts = z.record(z.string(), z.int()).parse(countsOf(run));
  return {
    ...rest,
    errors: errors.slice(0, mostErrors),
    ...(errors.length > mostErrors && { moreErrors: errors.length - mostErrors }),
    stagesByState: counts,
    failedStages: await Promise.all(stages),
    ...(differing.length > 0 && { checks: differing }),
    log: log.slice(-mostErrors),
    overview: await mends(ask, id),
  };
}

function countsOf({ stages }: Run): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of stages) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** The end of what a stage's procedure said. */
async function said(ask: Ask, id: string, stage: string): Promise<string> {
  const reading = { bytes: logEnd, take: 'end' } as const;
  const answer = await ask('run_log', { params: { id }, query: { stage }, reading });
  return answer.text;
}

/** Lines of the overview that are of this run, with what mends them; none where there is none. */
async function mends(ask: Ask, id: string): Promise<object[]> {
  try {
    const { wrong } = overviewSchema.parse((await ask('overview')).json());
    return wrong.filter(({ run }) => run === id);
  } catch (error) {
    if (error instanceof ToolError) return [];
    throw error;
  }
}
