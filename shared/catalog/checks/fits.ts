import { sqlName } from '../name-template.ts';
import type { Variable } from '../parameter-schema.ts';
import type { Subject } from '../resolve.ts';
import { readSqlType } from '../sql-type.ts';
import type { ValueSource } from '../value-source.ts';
import type { Context } from './check-context.ts';

/** Where the name stands that the sources call an entity by. */
export function sourceNamePath({ at }: Pick<Context, 'at'>, { entity, sourceName }: Subject) {
  if (sourceName === undefined) return at(entity, 'name');
  const given = entity.overrides.findLastIndex((override) => override.sourceName === sourceName);
  return given < 0 ? at(entity, 'sourceName') : at(entity, 'overrides', given, 'sourceName');
}

/** Codes and names must fit into the parameters they are passed in: SQL Server would cut them. */
export function checkFits(
  { at, fault }: Pick<Context, 'at' | 'fault'>,
  parameters: readonly (Pick<Variable, 'name' | 'type'> & { from?: ValueSource | undefined })[],
  subject: Subject,
  where: string,
): void {
  const { entity, source, sourceName } = subject;
  const passed: Partial<Record<ValueSource, { text: string; path: ReturnType<typeof at> }>> = {
    code: { text: source.code, path: at(source, 'code') },
    entity: { text: entity.name, path: at(entity, 'name') },
    'source name': {
      text: sourceName ?? sqlName(entity.name),
      path: sourceNamePath({ at }, subject),
    },
  };
  for (const { name, type, from } of parameters) {
    const value = from && passed[from];
    const { length } = readSqlType(type) ?? { length: 0 };
    if (value === undefined || value.text.length <= length) continue;
    const text = `"${value.text}" is too long for @${name} ${type} of ${where}; use at most ${length} characters`;
    fault(value.path, text);
  }
}
