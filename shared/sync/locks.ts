/**
 * What a server is locked by: its id in the catalogue and its address. Whoever shares either with
 * it shares the lock: two ids on one address are one server, an id that was renamed finds the old
 * one's holder at the address, an address that was changed finds it at the id, and so does a worker
 * of a version that knew ids only.
 */

import type { Run, Stage } from './run.ts';

type Placed = Pick<Stage, 'server' | 'location'>;

/** `sql1.example:1433` out of `sql1.example:1433/HCS`. An id has no colon. */
export function addressOf({ location }: Pick<Stage, 'location'>): string | undefined {
  return location?.slice(0, location.indexOf('/'));
}

/** Names below `sync/` and `procedure/`, sorted: whoever takes several takes them in this order. */
export function locksOf(...stages: readonly Placed[]): string[] {
  const names = stages.flatMap((stage) => [stage.server, addressOf(stage) ?? []].flat());
  return [...new Set(names)].sort();
}

/** Ids of the servers among the locks that a run holds. */
export function serversOf({ locks }: Pick<Run, 'locks'>): string[] {
  return locks.map(({ server }) => server).filter((name) => !name.includes(':'));
}
