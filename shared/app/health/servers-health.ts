/** Servers whose fence is held by a session that its client has left: nothing runs there. */

import type { Catalog } from '../../catalog/index.ts';
import type { Databases } from '../../database/databases.ts';
import { type RestingHolder, restingHolders } from '../../database/resting-holders.ts';
import { usualWatch } from '../../sync/fence-watch.ts';
import { fencePrefix } from '../runners/fence.ts';
import { checkPart } from './check-part.ts';
import type { HealthPart } from './part.ts';

export interface ServersHealthDependencies {
  catalog: Pick<Catalog, 'databases'>;
  databases: Databases;
  /** Whether a database answers: only then it is asked, on the connection that has answered. */
  answers(database: string): Promise<boolean>;
  now(): Date;
  /** How long a session may rest with the fence, in milliseconds. */
  restMs?: number;
}

/**
 * A line for each server of databases, by its id. One that cannot be asked has a line of its
 * databases' as well, which says so: here that is no reason for worry.
 */
export function serversHealth(
  { catalog, databases, answers, now, restMs = usualWatch.restMs }: ServersHealthDependencies,
  signal: AbortSignal,
): Promise<HealthPart[]> {
  const servers = new Map(catalog.databases.toReversed().map(({ id, server }) => [server, id]));
  const checks = [...servers].map(async ([server, database]): Promise<HealthPart> => {
    let found: Pick<HealthPart, 'state' | 'reason'> = { state: 'ok' };
    if (!(await answers(database))) return { part: `server ${server}`, ...unasked };
    const part = await checkPart(
      `server ${server}`,
      async (bounded) => {
        const asked = { resource: fencePrefix, restMs };
        const { isVisible, mayKill, holders } = await restingHolders(
          ...[databases, database, asked, bounded],
        );
        if (!isVisible) found = { state: 'ok', reason: unseen };
        const told = holders.map((holder) => textOf(holder, mayKill, now()));
        if (told.length > 0) found = { state: 'degraded', reason: told.join(' ') };
      },
      AbortSignal.any([signal, AbortSignal.timeout(lookMs)]),
    );
    return { ...part, ...(part.state === 'ok' ? found : unasked) };
  });
  return Promise.all(checks.toReversed());
}

/** Two round trips at most; the databases have been waited for before. */
const lookMs = 2_000;

const unasked = { state: 'ok', reason: 'who holds it could not be asked' } as const;

const unseen =
  'whether a frozen session holds it cannot be seen: the login lacks VIEW SERVER STATE (docs/sql-server.md)';

function textOf(
  { session, host, program, holder, restsMs }: RestingHolder,
  mayKill: boolean,
  now: Date,
): string {
  const since = new Date(now.getTime() - restsMs).toISOString();
  const who = `Session ${session} of ${host} (${program}, ${holder}) has held the server since ${since} and does nothing; nothing else runs there.`;
  return mayKill
    ? `${who} Whoever waits for the server ends it; KILL ${session} does so now.`
    : `${who} The login may not end it (ALTER ANY CONNECTION is missing): an administrator runs KILL ${session} there.`;
}
