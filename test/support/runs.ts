import assert from 'node:assert/strict';
import { type ClaimDependencies, claimServers, ownServers } from '../../shared/sync/claim.ts';
import type { Run, Stage } from '../../shared/sync/run.ts';
import { newRunId } from '../../shared/sync/run-store.ts';
import { soon } from './storage.ts';

/** A run as a POST leaves it: claimed, written, entered as the owner of its servers. */
export async function postRun(
  state: ClaimDependencies,
  stages: Stage[],
  servers: readonly string[],
  id = newRunId(new Date()),
): Promise<string> {
  const claim = await claimServers(state, servers, soon());
  assert.ok('leaseId' in claim);
  const locks = servers.map((server) => ({ server, leaseId: claim.leaseId }));
  const document = run(id, stages, locks);
  await state.runs.create(document, soon());
  assert.deepEqual(await ownServers(state.leases, document, soon()), []);
  return id;
}

/** A stage as the plan makes it; ids are `stage:entity[:code]`. */
export function stage(id: string, server: string, needs: string[] = []): Stage {
  const [name = '', entity = '', code] = id.split(':');
  return {
    id,
    kind: 'procedure',
    stage: name,
    entity,
    ...(code !== undefined && { code }),
    server,
    database: server,
    procedure: { schema: 'dbo', name: `sp_${name}_${entity}` },
    parameters: [],
    setOptions: [],
    repeatable: true,
    needs,
    state: 'pending',
    attempts: [],
    messages: { count: 0 },
  };
}

export function run(id: string, stages: Stage[], locks: Run['locks'] = []): Run {
  return {
    id,
    kind: 'data_source',
    state: 'queued',
    user: 'operator',
    token: 'demo',
    codes: ['0c10'],
    names: [...new Set(stages.map(({ entity }) => entity))],
    createdAt: '2019-07-31T10:00:00.000Z',
    locks,
    stages,
    freshness: [],
    log: [],
  };
}

/** export → crude → heap for each entity, one source server and one aggregate server. */
export function pipelines(entities: readonly string[], source = 'src', target = 'ab'): Stage[] {
  return entities.flatMap((entity) => [
    stage(`export:${entity}:c`, source),
    stage(`crude:${entity}`, target, [`export:${entity}:c`]),
    stage(`heap:${entity}`, target, [`crude:${entity}`]),
  ]);
}
