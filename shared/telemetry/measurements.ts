/** Measurements, named in docs/telemetry.md. */

import { metrics } from '@opentelemetry/api';
import { isTelling } from './telling.ts';

type Measurements = ReturnType<typeof make>;
let made: Measurements | undefined;

/** Of one worker, asked when measurements are sent. */
export function observePools(uses: () => readonly PoolMeasurement[]): void {
  const gauge = metrics.getMeter('syncboard').createObservableGauge('syncboard.pool.connections', {
    unit: '{connection}',
    description: 'Connections of a pool that are used, and those who wait for one',
  });
  gauge.addCallback((result) => {
    for (const { pool, database, used, waiting } of uses()) {
      result.observe(used, { pool, database, state: 'used' });
      result.observe(waiting, { pool, database, state: 'waiting' });
    }
  });
}

/** Likewise. */
export function observeCalls(use: () => CallsUse): void {
  const gauge = metrics.getMeter('syncboard').createObservableGauge('syncboard.calls', {
    unit: '{call}',
    description: 'Calls of routes that work, and those that wait for a place',
  });
  gauge.addCallback((result) => {
    const { working, waiting } = use();
    result.observe(working, { state: 'working' });
    result.observe(waiting, { state: 'waiting' });
  });
}

export interface CallsUse {
  working: number;
  waiting: number;
}

export interface PoolMeasurement {
  pool: string;
  database: string;
  used: number;
  waiting: number;
}

/** Undefined where nobody wants to know: `measured()?.runs.add(1, …)`. */
export function measured(): Measurements | undefined {
  if (!isTelling()) return undefined;
  // An instrument that is made before somebody measures measures nothing for good.
  made ??= make();
  return made;
}

function make() {
  const meter = metrics.getMeter('syncboard');
  const seconds = (name: string, description: string) =>
    meter.createHistogram(name, {
      unit: 's',
      description,
      advice: { explicitBucketBoundaries: [0.05, 0.25, 1, 5, 15, 60, 300, 900, 3_600, 10_800] },
    });
  const count = (name: string, unit: string, description: string) =>
    meter.createCounter(name, { unit, description });
  const level = (name: string, unit: string, description: string) =>
    meter.createGauge(name, { unit, description });
  return {
    requestDuration: seconds('http.server.request.duration', 'Calls of routes'),
    runs: count('syncboard.runs', '{run}', 'Runs that have ended, by how'),
    runDuration: seconds('syncboard.run.duration', 'From its beginning to its end'),
    runWaiting: seconds('syncboard.run.waiting', 'From its asking to its beginning'),
    stageDuration: seconds('syncboard.stage.duration', 'Each attempt of a stage'),
    rows: count('syncboard.stage.rows', '{row}', 'Rows that procedures counted'),
    polls: count('syncboard.company.polls', '{poll}', 'Polls of companies, by what came of them'),
    pollDuration: seconds('syncboard.company.poll.duration', 'Polls of companies'),
    appliedRows: count('syncboard.company.rows', '{row}', 'Rows of mirrors that were written'),
    companyLag: seconds('syncboard.company.lag', 'How far a mirror was behind after a poll'),
    companyGaps: meter.createHistogram('syncboard.company.gaps', {
      unit: '{version}',
      description: 'Versions that are waited for after a poll',
    }),
    openRuns: level('syncboard.runs.open', '{run}', 'Runs that run or wait'),
    companies: level('syncboard.companies', '{company}', 'Companies by how they are'),
    dataAge: level('syncboard.data.age', 's', 'How old watched data are'),
    queueMessages: level('syncboard.queue.messages', '{message}', 'Messages in a queue, about'),
    notifications: count('syncboard.notifications', '{event}', 'Deliveries, by what came of them'),
    queryDuration: seconds('syncboard.query.duration', 'Queries of dynsql, to their last row'),
    queryRows: count('syncboard.query.rows', '{row}', 'Rows of queries'),
  };
}
