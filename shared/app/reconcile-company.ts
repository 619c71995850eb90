/** Holds a company of the catalogue against its mirror. */

import type { Catalog } from '../catalog/index.ts';
import type { Databases } from '../database/databases.ts';
import type { FollowContext } from '../flexibee/context.ts';
import {
  type CountedSource,
  type ReconcileOutcome,
  type ReconciliationStore,
  reconcile,
} from '../flexibee/reconcile/reconcile.ts';
import type { CompanyMessage } from './company-message.ts';
import { mirrorRowsOf, procedureOf, unknownRows } from './company-mirrors.ts';
import { companyQueueName } from './company-queue.ts';

/** Of somebody who asks. */
export const wishOf = (at: string) => `asked for at ${at}`;

/** A wish that could not be kept comes again. */
const againSeconds = 300;

export interface ReconcilePlace {
  catalog: Catalog;
  databases: Databases;
  documents: ReconciliationStore;
  follow: FollowContext;
  counted: CountedSource;
  isAffordable(signal: AbortSignal): Promise<boolean>;
  /** Puts a message on a queue. */
  send(queue: string, message: object, signal: AbortSignal, delaySeconds?: number): Promise<void>;
  now(): Date;
}

/** @throws what `reconcile` throws; then the message shall come again */
export async function reconcileCompany(
  { catalog, databases, documents, follow, counted, isAffordable, send, now }: ReconcilePlace,
  { company, at, wish = wishOf(at) }: CompanyMessage,
  signal: AbortSignal,
): Promise<ReconcileOutcome> {
  const applying = procedureOf(catalog, company);
  const context = {
    ...{ follow, counted, documents, isAffordable },
    rows: mirrorRowsOf(databases, company, applying),
    unknown: (evidence: string) => unknownRows(applying(evidence)),
  };
  const outcome = await reconcile(context, wish, signal);
  if (outcome === 'not yet') {
    const again = { company, why: 'reconcile' as const, at: now().toISOString(), wish };
    await send(companyQueueName, again, signal, againSeconds);
  }
  return outcome;
}
