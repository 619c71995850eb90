/** No procedure was called that the record does not name: documents, logs, what was set aside. */

import { text } from 'node:stream/consumers';
import type { ProcedureCall } from 'tds-sqlite';
import type { Run, Stage } from '../../shared/sync/run.ts';
import { callKey, stageKey } from './call-key.ts';
import type { Harmed } from './harm.ts';
import type { World } from './world.ts';

/** @returns what is not in the record, in words */
export async function checkRecord(
  { container, state }: Pick<World, 'container' | 'state'>,
  calls: readonly ProcedureCall[],
  runs: readonly Run[],
  harmed: readonly Harmed[],
): Promise<string[]> {
  const signal = AbortSignal.timeout(60_000);
  const faults: string[] = [];
  const records = [...runs, ...harmed.flatMap(({ run }) => run ?? [])];
  const byRun = Map.groupBy(records, ({ id }) => id);
  for (const [id, own] of Map.groupBy(calls, ({ context }) => context)) {
    const stages = (byRun.get(id) ?? []).flatMap((run) => run.stages);
    const named = new Set(stages.filter(isNamed).map(stageKey));
    const missing = own.filter((call) => !named.has(callKey(call)));
    if (missing.length === 0) continue;
    const log = await state.logs.read(id, signal);
    const said = await text(log.read({ from: 0 }, signal));
    for (const call of missing) {
      const stage = stages.find((one) => stageKey(one) === callKey(call));
      if (stage !== undefined && said.includes(` ${stage.id} `)) continue;
      faults.push(`call ${call.id} of ${call.procedure} for run ${id || '?'} is in no record`);
    }
  }
  return [...faults, ...(await notSetAside(container, harmed))];
}

/** Attempts are written before their call. */
function isNamed({ attempts }: Stage): boolean {
  return attempts.length > 0;
}

/** A run's document that was damaged is under `broken/` as it was found. */
async function notSetAside(
  container: World['container'],
  harmed: readonly Harmed[],
): Promise<string[]> {
  const faults: string[] = [];
  for (const { name, harm, body } of harmed) {
    if (harm.what !== 'run' || body === undefined) continue;
    const copies: Buffer[] = [];
    for await (const blob of container.listBlobsFlat({ prefix: `broken/${name}/` })) {
      copies.push(await container.getBlobClient(blob.name).downloadToBuffer());
    }
    if (!copies.some((copy) => copy.equals(body))) faults.push(`${name} was not set aside`);
  }
  return faults;
}
