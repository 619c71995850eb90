import type { Subject } from '../resolve.ts';
import type { Parameter } from '../schema.ts';
import { capacityOf } from '../sql-type.ts';
import type { Context } from './check-context.ts';

/** Codes and names must fit into the parameters they are passed in: SQL Server would cut them. */
export function checkFits(
  { at, fault }: Pick<Context, 'at' | 'fault'>,
  parameters: readonly Parameter[],
  { entity, source }: Subject,
  where: string,
): void {
  const passed = {
    code: { text: source.code, path: at(source, 'code') },
    entity: { text: entity.name, path: at(entity, 'name') },
  };
  for (const { name, type, from } of parameters) {
    const capacity = capacityOf(type);
    if ((from !== 'code' && from !== 'entity') || typeof capacity !== 'number') continue;
    const { text, path } = passed[from];
    if (text.length <= capacity) continue;
    fault(
      path,
      `"${text}" is too long for @${name} ${type} of ${where}; use at most ${capacity} characters`,
    );
  }
}
