/** Writing what a request brings, in one transaction or in one for each record. */

import type { Changelog } from '../changelog.ts';
import type { Database } from '../database.ts';
import type { Evidence } from '../evidence/index.ts';
import type { WriteResult } from '../types.ts';
import { Records } from './records.ts';
import { Refusal } from './refusal.ts';
import { execute, type Order, Report } from './request.ts';
import { Writer } from './writer.ts';

export interface WritePlace {
  company: string;
  db: Database;
  log: Changelog;
  /** Milliseconds since 1970. */
  now: number;
  /** Numbers of the records that a filter matches. */
  matching(evidence: Evidence, filter: string): number[];
  /** Hears of a transaction's versions, once they are visible. */
  committed(versions: readonly number[]): void;
}

export interface Transaction {
  atomic: boolean;
  dryRun?: boolean;
  /** Versions that were taken before. */
  reserved?: readonly number[];
}

/** Ends a transaction whose work is not to stay. */
class Undo extends Error {}

export function writeOrders(
  orders: readonly Order[],
  place: WritePlace,
  options: Transaction,
): WriteResult {
  const report = new Report(place.company);
  const groups = options.atomic ? [orders] : orders.map((order) => [order]);
  for (const group of groups) transact(group, report, place, options);
  return report.result();
}

/** All orders or none; who listens hears of them afterwards. */
function transact(
  orders: readonly Order[],
  report: Report,
  { db, log, now, matching, committed }: WritePlace,
  { atomic, dryRun, reserved }: Transaction,
): void {
  const recorder = log.recorder(now * 1000 + (log.last % 1000), reserved);
  const writer = new Writer(new Records(db, recorder, now));
  let current: Order | undefined;
  try {
    db.transaction(() => {
      for (current of orders) execute(writer, current, report, matching);
      recorder.finish();
      if (dryRun === true) throw new Undo();
    });
  } catch (error) {
    if (error instanceof Undo) return;
    if (!(error instanceof Refusal) || current === undefined) throw error;
    report.failed(current, error, atomic);
    return;
  }
  committed(recorder.versions);
}
