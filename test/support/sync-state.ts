/** What syncs keep in storage, and the service that POSTs go to, on a test's container. */

import type { ContainerClient } from '@azure/storage-blob';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { rowCounts } from '../../shared/database/row-counts.ts';
import { Leases } from '../../shared/lock/leases.ts';
import { Cancellations } from '../../shared/sync/cancellations.ts';
import { DurationStore } from '../../shared/sync/durations.ts';
import type { EngineDependencies } from '../../shared/sync/engine.ts';
import { RunLogs } from '../../shared/sync/log/run-logs.ts';
import { RunStore } from '../../shared/sync/run-store.ts';
import {
  SyncService,
  type SyncServiceDependencies,
  type SyncState,
} from '../../shared/sync/service.ts';
import type { StageRunner, StageSlot } from '../../shared/sync/stage-runner.ts';
import { WaitingStore } from '../../shared/sync/waiting/waiting-store.ts';

/** @param seconds life of a lease */
export function syncStateOf(container: ContainerClient, seconds = 15): SyncState {
  return {
    leases: new Leases(container, seconds),
    runs: new RunStore(container),
    cancellations: new Cancellations(container),
    durations: new DurationStore(container),
    logs: new RunLogs(container),
    waiting: new WaitingStore(container),
  };
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
    readFreshness: async () => ({ at: new Date().toISOString() }),
    runners: {
      procedure: {
        open: async () => ({ fits: () => true, run, close: async () => {} }),
        ...runner,
      },
    },
  };
}
