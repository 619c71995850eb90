/**
 * Templates of procedure names and SQL: `{entity}` and `{sourceName}` stand for checked names,
 * `{sums}` and `{sums where …}` in a query of a check for the sums of the entity's columns, each
 * after a comma.
 */

import { didYouMean } from '../faults/near-name.ts';

const placeholders = ['entity', 'sourceName'] as const;
/** Those of a query of a check. */
export const checkPlaceholders = [...placeholders, 'sums'] as const;

/** A name in SQL Server that needs no quoting (a regular identifier); at most 128 characters. */
const plainPattern = /^[\p{L}_#][\p{L}\p{N}_@$#]{0,127}$/u;

/** A name of a stage, in paths and ids of ours. */
export const namePattern = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** A name of a parameter, without `@`: they cannot be quoted. */
export const parameterPattern = /^[\p{L}\p{N}_#$][\p{L}\p{N}_#$@]{0,126}$/u;

/**
 * A name of an entity. In names of SQL Server a hyphen becomes an underscore, so that those need no
 * quoting.
 */
export const entityPattern = /^[A-Za-z_][A-Za-z0-9_-]{0,127}$/;

/** Longest name in SQL Server (sysname), in characters. */
const longestName = 128;

/** How an entity is called in SQL Server: `faktura_vydana`. */
export const sqlName = (entity: string): string => entity.replaceAll('-', '_');

/** Why the braces of a template are wrong; undefined: they are right. */
export function placeholderFault(
  template: string,
  allowed: readonly string[] = placeholders,
): string | undefined {
  for (const [brace, inside] of template.matchAll(/\{([^{}]*)\}|[{}]/g)) {
    if (inside === undefined) return `has a lone ${brace}`;
    if (!allowed.includes(inside.replace(/^sums where .+$/s, 'sums'))) {
      const near = didYouMean(inside, allowed);
      const use = allowed
        .map((one) => `{${one}}`)
        .join(', ')
        .replace(/, (?=[^,]*$)/, ' or ');
      return `has the unknown placeholder ${brace}; use ${use}${near}`;
    }
  }
  return undefined;
}

/** The names a template is filled with: `sourceName` is what the source systems call the entity. */
export interface Names {
  name: string;
  sourceName?: string | undefined;
  /** Columns that are summed up. */
  sums?: readonly string[] | undefined;
}

function filled(template: string, { name, sourceName = sqlName(name), sums = [] }: Names): string {
  const pattern = /\{(entity|sourceName|sums(?: where ([^{}]+))?)\}/g;
  return template.replaceAll(pattern, (_, which: string, condition?: string) => {
    if (which.startsWith('sums')) return sums.map((one) => `, ${sumOf(one, condition)}`).join('');
    return which === 'entity' ? sqlName(name) : sourceName;
  });
}

function sumOf(column: string, condition: string | undefined): string {
  const quoted = `[${column.replaceAll(']', ']]')}]`;
  const summed = condition === undefined ? quoted : `CASE WHEN ${condition} THEN ${quoted} END`;
  return `SUM(${summed}) AS ${quoted}`;
}

/** SQL with names in it; whatever they have in them, they end no `[name]`. */
export function filledSql(sql: string, { name, sourceName, sums }: Names): string {
  const source = sourceName && { sourceName: sourceName.replaceAll(']', ']]') };
  return filled(sql, { name, sums, ...source });
}

/** Whether a name that needs quoting would stand outside of `[` and `]`. */
export function isUnquoted(sql: string, { sourceName }: Names): boolean {
  if (sourceName === undefined || plainPattern.test(sourceName)) return false;
  return /(?<!\[[^\]]*)\{sourceName\}/.test(sql);
}

/** A name in a template: quoted, anything may stand in it. */
interface Part {
  text: string;
  isQuoted: boolean;
}

/** `dbo.sp_{entity}`, `[my schema].[sp {sourceName} ]]x]`. */
const partsPattern = /^(\[(?:[^\]]|\]\])+\]|[^[\].]+)\.(\[(?:[^\]]|\]\])+\]|[^[\].]+)$/;

function partsOf(template: string): [schema: Part, name: Part] | undefined {
  const [, schema, name] = partsPattern.exec(template) ?? [];
  return schema === undefined || name === undefined ? undefined : [partOf(schema), partOf(name)];
}

function partOf(text: string): Part {
  const isQuoted = text.startsWith('[');
  return { text: isQuoted ? text.slice(1, -1).replaceAll(']]', ']') : text, isQuoted };
}

/** Whether a template is `schema.name`, whatever it is filled with. */
export function isProcedure(template: string): boolean {
  const parts = partsOf(template);
  return (
    parts?.every((part) => isName({ ...part, text: filled(part.text, { name: 'x' }) })) ?? false
  );
}

const isName = ({ text, isQuoted }: Part) =>
  text.length <= longestName && (isQuoted || plainPattern.test(text));

/**
 * The procedure of a template that `isProcedure`, each of its names as it is, without quotation.
 *
 * @returns in place of it why there is none: `too long`, or `unquoted` for a name that would need it
 */
export function procedureOf(
  template: string,
  names: Names,
): { schema: string; name: string } | 'too long' | 'unquoted' {
  const parts = (partsOf(template) ?? []).map((part) => ({
    ...part,
    text: filled(part.text, names),
  }));
  const [schema, name] = parts;
  if (schema === undefined || name === undefined) return 'unquoted';
  if (parts.some(({ text }) => text.length > longestName)) return 'too long';
  return parts.every(isName) ? { schema: schema.text, name: name.text } : 'unquoted';
}
