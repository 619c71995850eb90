/** What syncs keep in storage. */

import type { ContainerClient } from '@azure/storage-blob';
import { EventStore } from '../events/event-store.ts';
import { Leases } from '../lock/leases.ts';
import { storageClock } from '../storage/clock.ts';
import { AgeStore } from './ages/age-store.ts';
import { Cancellations } from './cancellations.ts';
import { DurationStore } from './durations.ts';
import { FailureStore } from './failures.ts';
import { RunLogs } from './log/run-logs.ts';
import type { Run } from './run.ts';
import { RunIndex } from './run-index.ts';
import { RunStore } from './run-store.ts';
import { WaitingStore } from './waiting/waiting-store.ts';

export interface SyncState {
  leases: Leases;
  runs: RunStore;
  cancellations: Cancellations;
  durations: DurationStore;
  failures: FailureStore;
  ages: AgeStore;
  logs: RunLogs;
  index: RunIndex;
  waiting: WaitingStore;
  events: EventStore;
}

/**
 * @param leaseSeconds life of a lock that nobody renews
 * @param onWrite called with each run that was written
 */
export function syncState(
  container: ContainerClient,
  leaseSeconds: number,
  onWrite?: (run: Pick<Run, 'id' | 'state'>) => void,
): SyncState {
  const runs = new RunStore(container, undefined, undefined, onWrite);
  return {
    leases: new Leases(container, leaseSeconds),
    runs,
    cancellations: new Cancellations(container),
    durations: new DurationStore(container),
    failures: new FailureStore(container),
    ages: new AgeStore(container),
    logs: new RunLogs(container),
    index: new RunIndex(container, runs),
    waiting: new WaitingStore(container),
    events: new EventStore(container, () => storageClock.now()),
  };
}
