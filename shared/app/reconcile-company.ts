/** Holds a company of the catalogue against its mirror. */

import type { Databases } from '../database/databases.ts';
import type { ApplyProcedure } from '../flexibee/apply.ts';
import type { FollowContext } from '../flexibee/context.ts';
import { sqlMirrorRows } from '../flexibee/reconcile/mirror-rows.ts';
import {
  type ReconcileOutcome,
  type ReconciliationStore,
  reconcile,
} from '../flexibee/reconcile/reconcile.ts';
import { type CompanyMessage, companyQueueName } from './company-queue.ts';

/** One that cannot go on now comes again. */
const laterSeconds = 300;

/** What puts rows where the mirror's list reads them. */
const shipped = /^crude\.sp_apply_flexibee_(changes|page)$/;

export interface ReconcilePlace {
  databases: Databases;
  documents: ReconciliationStore;
  follow: FollowContext;
  /** The stage that applies an evidence. */
  applying(evidence: string): ApplyProcedure;
  /** Puts a message on a queue. */
  send(queue: string, message: object, signal: AbortSignal, delaySeconds?: number): Promise<void>;
  now(): Date;
}

/** @throws what `reconcile` throws; then the message shall come again */
export async function reconcileCompany(
  { databases, documents, follow, applying, send, now }: ReconcilePlace,
  { company, at, wish = `asked for at ${at}` }: CompanyMessage,
  signal: AbortSignal,
): Promise<ReconcileOutcome> {
  const context = {
    follow,
    documents,
    rows: sqlMirrorRows(databases, company, (evidence) => applying(evidence).database),
    unknown: (evidence: string) => {
      const { schema, name } = applying(evidence).procedure;
      const procedure = `${schema}.${name}`;
      return shipped.test(procedure) ? undefined : `its rows are where ${procedure} has put them`;
    },
  };
  const outcome = await reconcile(context, wish, signal);
  if (outcome === 'later') {
    const again = { company, why: 'reconcile' as const, at: now().toISOString(), wish };
    await send(companyQueueName, again, signal, laterSeconds);
  }
  return outcome;
}
