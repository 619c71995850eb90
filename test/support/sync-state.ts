/** What syncs keep in storage, and the service that POSTs go to, on a test's container. */

import type { ContainerClient } from '@azure/storage-blob';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { rowCounts } from '../../shared/database/row-counts.ts';
import type { EngineDependencies } from '../../shared/sync/engine.ts';
import { SyncService, type SyncServiceDependencies } from '../../shared/sync/service.ts';
import type { StageRunner, StageSlot } from '../../shared/sync/stage-runner.ts';
import { type SyncState, syncState } from '../../shared/sync/sync-state.ts';
import { noChecks } from './no-checks.ts';

/** @param seconds life of a lease */
export function syncStateOf(container: ContainerClient, seconds = 15): SyncState {
  return syncState(container, seconds);
}

/** Messages of runs that wait go nowhere, unless told. */
export function postingService(
  state: SyncState,
  others: Partial<SyncServiceDependencies> = {},
): SyncService {
  return new SyncService({
    catalog: shippedCatalog(),
    state: async () => state,
    now: () => new Date(),
    send: async () => {},
    ...others,
  });
}

/** An engine whose procedures do what `run` does. */
export function engineOn(
  state: SyncState,
  run: StageSlot['run'] = async () => ({ rows: rowCounts([1]), returnValue: 0 }),
  runner: Partial<StageRunner> = {},
): EngineDependencies {
  return {
    ...state,
    catalog: shippedCatalog(),
    send: async () => {},
    now: () => new Date(),
    sliceMs: 60_000,
    log: () => {},
    askChecks: noChecks,
    readFreshness: async () => ({ at: new Date().toISOString() }),
    runners: {
      procedure: {
        open: async () => ({ fits: () => true, run, close: async () => {} }),
        ...runner,
      },
    },
  };
}
