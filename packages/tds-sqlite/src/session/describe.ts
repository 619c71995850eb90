/** sys.dm_exec_describe_first_result_set: the columns of a text's first query, or why it has none. */

import { SqlServerError, type SqlValue } from '../procedure.ts';
import { parseBatch, parseParameterList } from '../syntax/statements.ts';
import type { Relation, ResultColumn, Translation } from '../translate/context.ts';
import { decimalSize, sqlType, types } from '../values/types.ts';
import { type Frame, newFrame } from './state.ts';

const columns: ResultColumn[] = [
  ['is_hidden', types.bit],
  ['column_ordinal', types.int],
  ['name', types.sysname],
  ['is_nullable', types.bit],
  ['system_type_name', sqlType('nvarchar', 256)],
  ['precision', types.tinyint],
  ['scale', types.tinyint],
  ['error_number', types.int],
  ['error_severity', types.int],
  ['error_state', types.int],
  ['error_message', types.nvarcharMax],
].map(([name, type]) => ({ name, type, nullable: true }) as ResultColumn);

/**
 * Nothing is run.
 *
 * @param args the text, and the declaration of its parameters
 * @param translationIn reads it as a session would
 */
export function describedResult(
  [text = null, declaration = null]: readonly SqlValue[],
  translationIn: (frame: Frame) => Translation,
): Relation {
  const rows = text === null ? [] : rowsOf(String(text), String(declaration ?? ''), translationIn);
  return { kind: 'rows', name: 'dm_exec_describe_first_result_set', columns, rows };
}

function rowsOf(
  text: string,
  declaration: string,
  translationIn: (frame: Frame) => Translation,
): SqlValue[][] {
  try {
    const frame = newFrame();
    for (const { name, type } of parseParameterList(declaration)) {
      frame.variables.set(name.toLowerCase(), { type, value: null });
    }
    const statement = parseBatch(text, frame.variables.keys()).find(
      ({ kind }) => kind === 'select',
    );
    if (statement?.kind !== 'select') return [];
    return translationIn(frame)
      .query(statement.query)
      .columns.map(({ name, type, nullable }, index) => {
        const { precision, scale } = decimalSize(type);
        const own = [name === '' ? null : name, nullable, type.text, precision, scale];
        return [false, index + 1, ...own, null, null, null, null];
      });
  } catch (error) {
    if (!(error instanceof SqlServerError)) throw error;
    const { number, severity, state, message } = error;
    return [[false, 0, null, null, null, null, null, number, severity, state, message]];
  }
}
