/** Templates of procedure names and SQL: `{entity}` and `{sourceName}` stand for checked names. */

import { didYouMean } from '../faults/near-name.ts';

const placeholders = ['entity', 'sourceName'] as const;
const known = new Set<string>(placeholders);

/** A name in SQL Server, plain enough never to need quoting; at most 128 characters (sysname). */
export const namePattern = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** A name of a parameter, without `@`: they cannot be quoted. */
export const parameterPattern = /^[\p{L}\p{N}_#$][\p{L}\p{N}_#$@]{0,126}$/u;

/**
 * A name of an entity. In names of SQL Server a hyphen becomes an underscore, so that those never
 * need quoting either.
 */
export const entityPattern = /^[A-Za-z_][A-Za-z0-9_-]{0,127}$/;

/** How an entity is called in SQL Server: `faktura_vydana`. */
export const sqlName = (entity: string): string => entity.replaceAll('-', '_');

/** Why the braces of a template are wrong; undefined: they are right. */
export function placeholderFault(template: string): string | undefined {
  for (const [brace, inside] of template.matchAll(/\{([^{}]*)\}|[{}]/g)) {
    if (inside === undefined) return `has a lone ${brace}`;
    if (!known.has(inside)) {
      const near = didYouMean(inside, placeholders);
      return `has the unknown placeholder ${brace}; use {entity} or {sourceName}${near}`;
    }
  }
  return undefined;
}

/** The names a template is filled with: `sourceName` is what the source systems call the entity. */
export interface Names {
  name: string;
  sourceName?: string | undefined;
}

export function filled(template: string, { name, sourceName = name }: Names): string {
  return template
    .replaceAll('{entity}', sqlName(name))
    .replaceAll('{sourceName}', sqlName(sourceName));
}

/** Splits `schema.name`; undefined where a part is not a name. */
export function procedureName(text: string): { schema: string; name: string } | undefined {
  const [schema = '', name = '', ...more] = text.split('.');
  const right = more.length === 0 && namePattern.test(schema) && namePattern.test(name);
  return right ? { schema, name } : undefined;
}

/** The `@variables` of a query, without `@`, each once. */
export function variablesOf(sql: string): string[] {
  const found = [...sql.matchAll(/(?<![@\w])@([A-Za-z_]\w*)/g)];
  return [...new Set(found.map(([, name = '']) => name))];
}
