/**
 * A board from the operators' `board.py` as it is: each of its lines is a call, `run=True` its
 * switch, the comment behind it its note. The months stay those that stand there.
 */

import shipped from '../../../catalog/board-constants.json' with { type: 'json' };
import type { FieldError } from '../../faults/field-error.ts';
import { didYouMean } from '../../faults/near-name.ts';
import { show } from '../../faults/show.ts';
import { askedCall, type CallCatalog, mostCalls } from '../../sync/asked-call.ts';
import type { PeriodLimits } from '../../sync/period.ts';
import type { AskedBoard } from '../asked-board.ts';
import { type BoardCall, boardCallSchema, longestText, newCallId } from '../board.ts';
import { PythonFault } from './fault.ts';
import { type Argument, type CallStatement, callsIn } from './statements.ts';
import { tokensOf } from './tokens.ts';

/**
 * @param source the text of the file; constants that it does not have itself are the original's
 * @returns the board, or what is wrong, line by line: `field` is `line 12`, or `line 12.month`
 */
export function importedBoard(
  source: string,
  catalog: CallCatalog,
  limits: PeriodLimits,
): AskedBoard {
  let statements: CallStatement[];
  try {
    statements = callsIn(tokensOf(source));
  } catch (error) {
    if (error instanceof PythonFault) return { errors: [faultOf(error)] };
    throw error;
  }
  if (statements.length === 0 || statements.length > mostCalls) {
    const allowed = `1 to ${mostCalls} calls of sync_entity and sync_data_source`;
    const message = `the text has ${statements.length} calls, and a board has ${allowed}`;
    return { errors: [{ field: 'body', message, allowed }] };
  }
  const taken = new Set<string>();
  const calls: BoardCall[] = [];
  const errors: FieldError[] = [];
  for (const statement of statements) {
    const read = callOf(statement, catalog, limits);
    if ('errors' in read) errors.push(...read.errors);
    else calls.push({ ...read.call, id: newCallId(read.call, taken) });
  }
  return errors.length > 0 ? { errors } : { board: { calls } };
}

function callOf(
  { arguments: given, line, comment }: CallStatement,
  catalog: CallCatalog,
  limits: PeriodLimits,
): { call: BoardCall } | { errors: FieldError[] } {
  const asked: Record<string, unknown> = {};
  const errors: FieldError[] = [];
  for (const [name, argument] of given) {
    try {
      const value = argumentValue(argument);
      if (name === 'run' && typeof value !== 'boolean') {
        throw new PythonFault(argument, `run is ${show(value)}`, 'True or False');
      }
      if (name !== 'run' && typeof value === 'boolean') {
        throw new PythonFault(argument, `${name} is ${show(value)}`, 'a text or a whole number');
      }
      if (value !== undefined) asked[name] = value;
    } catch (error) {
      if (!(error instanceof PythonFault)) throw error;
      errors.push(faultOf(error));
    }
  }
  if (errors.length > 0) return { errors };
  const { run = false, ...call } = asked;
  const checked = askedCall(call, `line ${line}`, catalog, limits);
  if ('errors' in checked) return checked;
  const note = noteOf(comment);
  const board = { id: 'new', ...call, run, ...(note !== undefined && { note }) };
  return { call: boardCallSchema.parse(board) };
}

function argumentValue(argument: Argument): string | number | boolean | undefined {
  if (argument.kind === 'none') return undefined;
  if (argument.kind !== 'constant') return argument.value;
  const { name } = argument;
  const constants: Readonly<Record<string, string>> = shipped;
  const value = Object.hasOwn(constants, name) ? constants[name] : undefined;
  if (value !== undefined) return value;
  const message = `${show(name)} is no constant that is known${didYouMean(name, Object.keys(constants))}`;
  const allowed = "one of the original's constants, or one that is set above it: NAME = 'text'";
  throw new PythonFault(argument, message, allowed);
}

/** One line, cut where it is longer than a note may be. */
function noteOf(comment: string | undefined): string | undefined {
  const line = comment
    ?.replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed()
    .trim();
  if (line === undefined || line === '') return undefined;
  return line.length > longestText ? `${line.slice(0, longestText - 1).toWellFormed()}…` : line;
}

function faultOf({ line, column, message, allowed }: PythonFault): FieldError {
  const field = `line ${line}`;
  return { field, message: `${field}, column ${column}: ${message}`, allowed };
}
