/**
 * What a server is locked by: its id in the catalogue and its address. Whoever shares either with
 * it shares the lock: two ids on one address are one server, an id that was renamed finds the old
 * one's holder at the address, an address that was changed finds it at the id, and so does a worker
 * of a version that knew ids only.
 */

import { addressOf } from '../catalog/index.ts';
import type { Run, Stage } from './run.ts';

export { addressOf } from '../catalog/index.ts';

type Placed = Pick<Stage, 'server' | 'location'>;

/** Names below `sync/` and `procedure/`, sorted: whoever takes several takes them in this order. */
export function locksOf(...stages: readonly Placed[]): string[] {
  const names = stages.flatMap((stage) => [stage.server, addressOf(stage) ?? []].flat());
  return [...new Set(names)].sort();
}

/** Ids of the servers among the locks that a run holds. */
export function serversOf({ locks }: Pick<Run, 'locks'>): string[] {
  return locks.map(({ server }) => server).filter((name) => !name.includes(':'));
}
