/** What went wrong before the first byte of an answer, as the caller is told. */

import type { InvocationContext } from '@azure/functions';
import { AbraGenError } from '../../shared/abra-gen/errors.ts';
import { NoPlaceError } from '../../shared/async/fair-places.ts';
import { DatabaseError } from '../../shared/database/database-error.ts';
import { QueryFault } from '../../shared/dynsql/language/query-faults.ts';
import { RowLoadError } from '../../shared/dynsql/rows/row-error.ts';
import { DriftError } from '../../shared/dynsql/run/merge.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { ClientGone } from '../../shared/http/outgoing.ts';
import { HttpProblem, type ProblemType } from '../../shared/http/problem.ts';
import { inLog, tellFailure } from '../../shared/http/told-failure.ts';
import { WorkerStoppingError } from '../../shared/sync/interruption.ts';

/** Seconds after which it may be asked again. */
const retryAfter = { 'retry-after': '30' };

/** Places come back as answers end. */
const soon = { 'retry-after': '10' };

/**
 * Does the work for the caller; its failures become problems.
 *
 * @throws HttpProblem, or what it does not know
 */
export async function explained<T>(
  context: InvocationContext,
  caller: Caller | undefined,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof QueryFault) {
      const { kind, message, errors } = error;
      const type = kind === 'unknown' ? 'not-found' : 'invalid-value';
      throw new HttpProblem(type, message, { errors, cause: error });
    }
    if (error instanceof AbraGenError) throw abraGenProblem(error);
    if (error instanceof RowLoadError) {
      throw new HttpProblem('abra-gen', `What ABRA Gen sent: ${error.message}.`, { cause: error });
    }
    if (error instanceof DatabaseError) throw databaseProblem(error, context, caller);
    if (error instanceof NoPlaceError) throw placeProblem(error);
    if (error instanceof DriftError) {
      const text = `${error.message} Try again.`;
      throw new HttpProblem('unavailable', text, { headers: retryAfter, cause: error });
    }
    if (error instanceof ClientGone || error instanceof WorkerStoppingError) {
      throw new HttpProblem('unavailable', `${error.message}.`, { headers: retryAfter });
    }
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      throw new HttpProblem('too-slow', 'No answer in time, try again later.', { cause: error });
    }
    throw error;
  }
}

function placeProblem(error: NoPlaceError): HttpProblem {
  const type = error.isOwn ? 'too-many' : 'unavailable';
  const whose = error.isOwn ? 'The token: ' : '';
  return new HttpProblem(type, `${whose}${error.message}. Try again later.`, { headers: soon });
}

function abraGenProblem(error: AbraGenError): HttpProblem {
  const { kind, cure, status, said } = error;
  return new HttpProblem(problemType(error), `${error.message}. ${cure}`, {
    members: { kind, cure, upstreamStatus: status, upstreamDetail: said },
    ...(kind === 'busy' && { headers: retryAfter }),
    cause: error,
  });
}

/** What the caller asked wrongly, in ABRA Gen's eyes, is told as what it is; the rest is ours. */
function problemType({ kind, status }: AbraGenError): ProblemType {
  if (kind === 'not found') return 'not-found';
  if (kind === 'busy') return 'unavailable';
  return kind === 'refused' && status === 400 ? 'invalid-value' : 'abra-gen';
}

/** What SQL Server says where a sum does not fit its type: a word of types, and none of data. */
const overflow = 8115;

/**
 * Of a definition's SQL that does not fit its tables, or that the login may not read: 102 and 156 syntax,
 * 195 a function, 207 a column, 208 a table, 209 a column of two, 229 and 230 rights, 4104 an alias,
 * 4121 a function again. Their words are of names, which every definition shows, and never of data.
 */
const ofNames: ReadonlySet<number> = new Set([102, 156, 195, 207, 208, 209, 229, 230, 4104, 4121]);

function databaseProblem(
  error: DatabaseError,
  context: InvocationContext,
  caller: Caller | undefined,
): HttpProblem {
  if (error.number === overflow) {
    const text = `What is asked for comes to a number that its type cannot hold (SQL Server: ${error.message}) Ask for fewer rows, in smaller groups, or without the field that is added up.`;
    return new HttpProblem('invalid-value', text, { cause: error });
  }
  tellFailure(context, error);
  const members = { invocation: context.invocationId };
  if (error.meaning === 'permanent' || error.meaning === 'cancelled') {
    const { number = 0, message } = error;
    const mayKnow = ofNames.has(number) || caller?.roles.includes('admin') === true;
    const said = mayKnow && number > 0 ? ` (SQL Server ${number}: ${message})` : '.';
    const text = `The database failed the query${said} ${inLog(context)}`;
    return new HttpProblem('internal', text, { members, cause: error });
  }
  const text = 'The database does not answer, try again later.';
  return new HttpProblem('unavailable', text, { members, headers: retryAfter, cause: error });
}
