/**
 * Whether a call that ended without an error did what it was for: by what it returned, by its output
 * parameters, by the rows it counted.
 */

import { DatabaseError } from '../database/database-error.ts';
import type { ProcedureResult } from '../database/procedure-call.ts';
import { judgedReturn } from '../database/return-value.ts';
import { compareDecimals, readDecimal } from '../json/decimal.ts';
import { cut } from './brief.ts';
import type { CallValue, CheckedCondition, Stage, SuccessCondition } from './run.ts';
import type { StageResult } from './stage-runner.ts';

/** What a run keeps of one that did not succeed. */
export type Judged = Pick<StageResult, 'returnValue' | 'outputs' | 'checked' | 'log'>;

/** The procedure ended without an error, and not as it must. Calling again is no cure. */
export class NotSucceededError extends DatabaseError {
  readonly judged: Judged;

  constructor(message: string, procedure: string, judged: Judged) {
    super(message, 'permanent', { procedure });
    this.name = 'NotSucceededError';
    this.judged = judged;
  }
}

/** What was judged, where that is what an error is about. */
export function judgedIn(error: unknown): Judged | undefined {
  if (error instanceof NotSucceededError) return error.judged;
  return error instanceof Error ? judgedIn(error.cause) : undefined;
}

type Judging = Pick<Stage, 'procedure' | 'parameters' | 'returnCheck' | 'succeeds'>;

/**
 * To be asked before what the call did is committed. All that is wrong is told at once.
 *
 * @throws NotSucceededError, ReturnValueError
 */
export function judgedCall(stage: Judging, result: ProcedureResult): StageResult {
  const { returnValue, rows } = result;
  const { returnCheck = 'warn', succeeds = [], parameters } = stage;
  const name = `${stage.procedure.schema}.${stage.procedure.name}`;
  const outputs = outputsOf(stage, result);
  const failures = parameters.flatMap(({ name: parameter, required }) =>
    required && (result.output[parameter] ?? null) === null
      ? [`@${parameter} has no value, and needs one`]
      : [],
  );
  const warnings: string[] = [];
  const checked = succeeds.map((condition): CheckedCondition => {
    const found = foundBy(condition, result);
    const met = isMet(condition, found, typeOf(condition, stage));
    const told = `${condition.of} is ${inWords(found)}: ${demandOf(condition)} would be success`;
    if (!met) (condition.otherwise === 'fail' ? failures : warnings).push(told);
    return {
      of: condition.of,
      found: typeof found === 'string' ? cut(found, mostBytes) : found,
      met,
    };
  });
  const judged = {
    returnValue,
    ...(outputs && { outputs }),
    ...(checked.length > 0 && { checked }),
    log: outputLines(stage, result),
  };
  if (failures.length > 0) {
    throw new NotSucceededError(`${name}: ${failures.join('; ')}`, name, judged);
  }
  const returned = judgedReturn(stage.procedure, returnValue, returnCheck);
  const told = [...(returned ? [returned] : []), ...warnings.map((text) => `${name}: ${text}`)];
  return { rows, ...judged, ...(told.length > 0 && { warnings: told }) };
}

/** Enough to tell a status or a key; whole values are in the run's log. */
const mostBytes = 96;
const leastBytes = 24;
/** Of all outputs of a stage together. */
const roomBytes = 384;

/** Of one name each, texts cut so that all have room; undefined: there are none to be seen. */
function outputsOf({ parameters }: Judging, { output }: ProcedureResult): StageResult['outputs'] {
  const seen = parameters.filter((parameter) => parameter.output && !parameter.secret);
  if (seen.length === 0) return undefined;
  const room = Math.max(leastBytes, Math.min(mostBytes, Math.floor(roomBytes / seen.length)));
  return Object.fromEntries(
    seen.map(({ name }) => {
      const value = asValue(output[name]);
      return [name, typeof value === 'string' ? cut(value, room) : value];
    }),
  );
}

/** Outputs in full. */
function outputLines({ parameters }: Judging, { output }: ProcedureResult): string[] {
  return parameters
    .filter((parameter) => parameter.output && !parameter.secret)
    .map(({ name }) => `Output: @${name} is ${inWords(asValue(output[name]))}`);
}

function asValue(value: unknown): CallValue {
  if (value === null || value === undefined) return null;
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}

function foundBy({ of }: SuccessCondition, { returnValue, rows, output }: ProcedureResult) {
  if (of === 'return value') return returnValue;
  if (of === 'rows') return rows.sum;
  if (of === 'returned rows') return rows.returned ?? 0;
  return asValue(output[of.slice(1)]);
}

function typeOf({ of }: SuccessCondition, { parameters }: Judging): string {
  return parameters.find(({ name }) => `@${name}` === of)?.type ?? 'int';
}

function isMet({ is, atLeast, atMost }: SuccessCondition, found: CallValue, type: string): boolean {
  if (is !== undefined && !is.some((one) => isSame(one, found, type))) return false;
  const bounds = [[atLeast, 1] as const, [atMost, -1] as const];
  return bounds.every(([bound, sign]) => {
    if (bound === undefined) return true;
    const difference = compared(found, bound);
    return difference !== undefined && difference * sign >= 0;
  });
}

/** Letter by letter, but for blanks at the end, with which SQL Server fills a char(n). */
function isSame(one: CallValue, found: CallValue, type: string): boolean {
  if (one === null || found === null) return one === found;
  if (/int|decimal|numeric/.test(type)) return compared(found, one) === 0;
  if (typeof one !== 'string' || typeof found !== 'string') return one === found;
  return one.trimEnd() === found.trimEnd();
}

/** Undefined: one of them is no number. */
function compared(one: CallValue, other: CallValue): number | undefined {
  const [a, b] = [readDecimal(one), readDecimal(other)];
  return a && b && compareDecimals(a, b);
}

/** `"OK" or "EMPTY"`, `at least 1`, `from 1 to 10`. */
function demandOf({ is, atLeast, atMost }: SuccessCondition): string {
  const demands = [];
  if (is !== undefined) demands.push(is.map(inWords).join(' or '));
  if (atLeast !== undefined && atMost !== undefined) demands.push(`${atLeast} to ${atMost}`);
  else if (atLeast !== undefined) demands.push(`at least ${atLeast}`);
  else if (atMost !== undefined) demands.push(`at most ${atMost}`);
  return demands.join(' and ');
}

const inWords = (value: CallValue): string =>
  value === null ? 'NULL' : typeof value === 'string' ? JSON.stringify(value) : String(value);
