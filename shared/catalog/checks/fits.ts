import type { Variable } from '../parameter-schema.ts';
import type { Subject } from '../resolve.ts';
import { readSqlType } from '../sql-type.ts';
import type { ValueSource } from '../value-source.ts';
import type { Context } from './check-context.ts';

/** Codes and names must fit into the parameters they are passed in: SQL Server would cut them. */
export function checkFits(
  { at, fault }: Pick<Context, 'at' | 'fault'>,
  parameters: readonly (Pick<Variable, 'name' | 'type'> & { from?: ValueSource | undefined })[],
  { entity, source }: Subject,
  where: string,
): void {
  const own = entity.sourceName === undefined ? 'name' : 'sourceName';
  const passed: Partial<Record<ValueSource, { text: string; path: ReturnType<typeof at> }>> = {
    code: { text: source.code, path: at(source, 'code') },
    entity: { text: entity.name, path: at(entity, 'name') },
    'source name': { text: entity.sourceName ?? entity.name, path: at(entity, own) },
  };
  for (const { name, type, from } of parameters) {
    const value = from && passed[from];
    const { length } = readSqlType(type) ?? { length: 0 };
    if (value === undefined || value.text.length <= length) continue;
    const text = `"${value.text}" is too long for @${name} ${type} of ${where}; use at most ${length} characters`;
    fault(value.path, text);
  }
}
