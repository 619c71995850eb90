/** The mirror in the aggregate base: pages go to stored procedures. See docs/flexibee.md. */

import { sideBySide } from '../async/side-by-side.ts';
import type { Databases } from '../database/databases.ts';
import type { SqlParameter } from '../database/link.ts';
import { callRepeatable } from '../database/repeatable-call.ts';
import type { ReturnCheck } from '../database/return-value.ts';
import { sum } from './applied-rows.ts';
import { batchParameters, batchRows, pageParameters, pageRows } from './apply-parameters.ts';
import { type Part, partsOf } from './apply-parts.ts';
import { newestGeneration } from './base-procedures.ts';
import type { AppliedRows, Batch, Mirror, MirrorPage } from './types.ts';

/** Which procedure takes an evidence, as the catalogue says. */
export interface ApplyProcedure {
  /** The catalogue's id of the database: `ab`. */
  database: string;
  procedure: { schema: string; name: string };
  /** What a return value other than 0 means; `zero` unless told, as the contract says. */
  returnCheck?: ReturnCheck;
}

export interface MirrorOptions {
  /** The run or the poll that writes, 100 letters at most; it stands in the journal. */
  writtenBy?: string;
  /** Told after each call: the procedure, and the warning about what it returned. */
  onReturn?(procedure: string, warning: string | undefined): void;
  /** Gets what the procedure says. */
  onMessage?(procedure: string, text: string): void;
  /** Letters of JSON in one call; tests take fewer. */
  maxLength?: number;
}

/** The shipped one, which takes a page over several evidences; every other takes one evidence. */
export const pageProcedure = { schema: 'crude', name: 'sp_apply_flexibee_page' };

/** 8 MB on the wire, where a letter takes two bytes. */
const partLength = 4_000_000;

/** Evidences that have procedures of their own do not wait for one another. */
const callsAtOnce = 4;

/** Of what one procedure takes together. */
interface Call extends ApplyProcedure {
  page: MirrorPage;
  parametersOf(part: Part, isLast: boolean): SqlParameter[];
  rowsOf(output: Record<string, unknown>): [string, AppliedRows][];
}

/**
 * One call a page, and one more for each evidence that has a procedure of its own. Records that are
 * larger than 8 MB take as many calls as they need, in their order, with the journal and what is
 * gone in the last one. A call that fails for a passing reason is made again.
 *
 * `apply` throws DatabaseError, or the reason of its signal: some of it may be applied then, and the
 * whole page is to be applied again. RangeError, before anything is sent, for a change of another
 * evidence.
 *
 * @param procedureOf is asked for every batch; throws for an evidence that nobody follows
 */
export function sqlMirror(
  databases: Databases,
  procedureOf: (evidence: string) => ApplyProcedure,
  options: MirrorOptions = {},
): Mirror {
  const { maxLength = partLength } = options;
  return {
    async apply(page, signal) {
      for (const { evidence, changes } of page.batches) {
        const other = changes.find((change) => change.evidence !== evidence);
        if (other) throw new RangeError(`a change of ${other.evidence} in a batch of ${evidence}`);
      }
      const total = new Map<string, AppliedRows>();
      const make = async (call: Call, either: AbortSignal) => {
        const parts = partsOf(call.page.batches, maxLength);
        for (const [index, part] of parts.entries()) {
          const parameters = call.parametersOf(part, index === parts.length - 1);
          const output = await callOnce(databases, call, parameters, options, either);
          for (const [evidence, rows] of call.rowsOf(output)) {
            total.set(evidence, sum(total.get(evidence), rows));
          }
        }
      };
      await sideBySide(callsOf(page, procedureOf, options), callsAtOnce, make, signal);
      return total;
    },
    async generation(company, evidences, signal) {
      const ids = new Set(evidences.map((evidence) => procedureOf(evidence).database));
      return await newestGeneration(databases, ids, company, signal);
    },
  };
}

/** Whatever its schema is called. */
function takesPages({ name }: ApplyProcedure['procedure']): boolean {
  return name === pageProcedure.name;
}

/** What a procedure is passed by the contract: names and types. */
export function applyParameters(procedure: ApplyProcedure['procedure']): SqlParameter[] {
  const nothing: MirrorPage = { company: '', generation: 0, readAt: '', batches: [] };
  const part: Part = new Map();
  return takesPages(procedure)
    ? pageParameters(nothing, undefined, part, true)
    : batchParameters(nothing, { evidence: '', changes: [], records: [] }, part, true);
}

function callsOf(
  page: MirrorPage,
  procedureOf: (evidence: string) => ApplyProcedure,
  { writtenBy }: MirrorOptions,
): Call[] {
  const together = new Map<string, { applied: ApplyProcedure; batches: Batch[] }>();
  const calls: Call[] = [];
  for (const batch of page.batches) {
    const applied = procedureOf(batch.evidence);
    if (takesPages(applied.procedure)) {
      const found = together.get(applied.database) ?? { applied, batches: [] };
      together.set(applied.database, found);
      found.batches.push(batch);
    } else {
      const own = { ...page, batches: [batch] };
      calls.push({
        ...applied,
        page: own,
        parametersOf: (part, isLast) => batchParameters(own, batch, part, isLast),
        rowsOf: (output) => batchRows(batch, output),
      });
    }
  }
  for (const { applied, batches } of together.values()) {
    const own = { ...page, batches };
    calls.push({
      ...applied,
      page: own,
      parametersOf: (part, isLast) => pageParameters(own, writtenBy, part, isLast),
      rowsOf: pageRows,
    });
  }
  return calls;
}

async function callOnce(
  databases: Databases,
  { database, procedure, returnCheck = 'zero' }: ApplyProcedure,
  parameters: SqlParameter[],
  { onReturn, onMessage }: MirrorOptions,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const name = `${procedure.schema}.${procedure.name}`;
  const call = {
    procedure,
    parameters,
    returnCheck,
    onReturn: (warning: string | undefined) => onReturn?.(name, warning),
    onMessage: (text: string) => onMessage?.(name, text),
  };
  return await callRepeatable(databases, database, call, signal);
}
