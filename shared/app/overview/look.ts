/** Looks at everything that the overview is made of. */

import type { ContainerClient } from '@azure/storage-blob';
import type { Acknowledgements } from '../../acknowledgements/acknowledgements.ts';
import type { Boards } from '../../board/boards.ts';
import { type FactPart, type Facts, noFacts } from '../../board/overview/facts.ts';
import type { Schedules } from '../../board/schedule/schedules.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { Closures } from '../../closures/closures.ts';
import { GivenUp } from '../../storage/given-up.ts';
import { tellLog } from '../../storage/tell.ts';
import { keptSince } from '../../sync/retention.ts';
import type { SyncState } from '../../sync/sync-state.ts';
import { lookAtCompanies } from './companies.ts';
import { lookAtRuns } from './runs.ts';
import { lookAtSchedules } from './schedules.ts';
import { type SystemLook, systemFacts } from './system.ts';

export interface LookDependencies {
  catalog: Pick<
    Catalog,
    'codes' | 'entityOrder' | 'hasEntity' | 'isDated' | 'servers' | 'companies'
  >;
  container: ContainerClient;
  state: SyncState;
  schedules: Pick<Schedules, 'list'>;
  boards: Pick<Boards, 'list'>;
  closures: Pick<Closures, 'current'>;
  acknowledgements: Pick<Acknowledgements, 'current'>;
  /** What this process has seen of the system itself, and when. */
  system: SystemLook | undefined;
  retentionDays: number;
  now(): Date;
}

/**
 * What cannot be read stays as it was before and is named: one odd blob harms one thing.
 *
 * @param before as they were at the last look; undefined: everything is made anew
 * @throws the reason of `signal`
 */
export async function lookAtAll(
  dependencies: LookDependencies,
  before: Facts | undefined,
  signal: AbortSignal,
): Promise<Facts> {
  const { catalog, container, state, closures, acknowledgements, retentionDays } = dependencies;
  // Opened first: storage has answered by then, so that its clock is known.
  const now = dependencies.now();
  const kept = keptSince(retentionDays, now);
  const unread: FactPart[] = [];
  const part = async <T>(name: FactPart, look: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await look();
    } catch (error) {
      signal.throwIfAborted();
      tellLog(`The overview could not look at ${name}: ${String(error)}`);
      unread.push(name);
      return undefined;
    }
  };
  const known = before ?? noFacts(now);
  const codes = catalog.companies.filter(({ paused }) => !paused).map(({ code }) => code);
  const ofRuns = part('runs', () =>
    lookAtRuns({ state, catalog, before, now, keptSince: kept }, signal),
  );
  const [runs, schedules, failures, ages, companies, givenUp, closed, acknowledged] =
    await Promise.all([
      ofRuns,
      part('schedules', async () => {
        const seen = await ofRuns;
        // Without runs nothing of them can be told: they are as they were.
        if (seen === undefined) throw new Error('its runs could not be looked at');
        return await lookAtSchedules(dependencies, seen, { before, keptSince: kept }, signal);
      }),
      part('failures', async () =>
        currentFailures(catalog, await state.failures.read(signal), kept),
      ),
      part('ages', async () =>
        ofCatalog(catalog, await state.ages.read(signal)).map((age) => ({
          ...age,
          ...(catalog.isDated(age.entity, age.code) && { isDated: true as const }),
        })),
      ),
      part('companies', () =>
        lookAtCompanies(container, codes, { before: before?.companies, now }, signal),
      ),
      // One of its own: it remembers nothing.
      part('queues', () => new GivenUp(container).known(signal)),
      part('closures', () => closures.current(signal)),
      part('acknowledgements', () => acknowledgements.current(signal)),
    ]);
  const system = systemFacts(before?.system, dependencies.system);
  return {
    lookedAt: now.toISOString(),
    unread,
    runs: runs?.runs ?? known.runs,
    cells: runs?.cells ?? known.cells,
    met: runs === undefined ? known.met : Object.fromEntries(runs.met),
    servers: runs?.servers ?? known.servers,
    failures: failures ?? known.failures,
    ages: ages ?? known.ages,
    schedules: schedules ?? known.schedules,
    companies: companies ?? known.companies,
    givenUp:
      givenUp?.map(({ queue, id, about, at }) => ({ queue, id, about, at })) ?? known.givenUp,
    ...(system && { system }),
    closures: closed ? [...closed] : known.closures,
    acknowledgements: acknowledged ? [...acknowledged] : known.acknowledgements,
  };
}

/** As long as runs are kept. */
function currentFailures(
  catalog: LookDependencies['catalog'],
  all: readonly Facts['failures'][number][],
  kept: Date,
): Facts['failures'] {
  return ofCatalog(catalog, all).filter(({ since }) => new Date(since) >= kept);
}

function ofCatalog<T extends { code: string; entity: string }>(
  catalog: LookDependencies['catalog'],
  all: readonly T[],
): T[] {
  const codes = catalog.codes();
  return all.filter(({ code, entity }) => Object.hasOwn(codes, code) && catalog.hasEntity(entity));
}
