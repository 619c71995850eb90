/** Small pieces of T-SQL text. Every name comes from the demo's own lists. */

/** `[heap].[meter]` */
export const bracketed = (name: string) =>
  name
    .split('.')
    .map((part) => `[${part.replaceAll(']', ']]')}]`)
    .join('.');

/** `N'…'` */
export const literal = (text: string) => `N'${text.replaceAll("'", "''")}'`;

/** `alias.[a], alias.[b]` */
export const list = (columns: readonly string[], alias = '') =>
  columns.map((column) => `${alias && `${alias}.`}${bracketed(column)}`).join(', ');

/** `a.[k] = b.[k] AND …` */
export const joinOn = (columns: readonly string[], a: string, b: string) =>
  columns.map((c) => `${a}.${bracketed(c)} = ${b}.${bracketed(c)}`).join(' AND ');

/** `[a] = source.[a], …`, one a line. */
export const assign = (columns: readonly string[], source: string) =>
  columns.map((c) => `${bracketed(c)} = ${source}.${bracketed(c)}`);

/** A list of clauses, one a line. */
export const lines = (clauses: readonly string[], indent: string, separator = ',') =>
  clauses.join(`${separator}\n${indent}`);

/** Statements that must be alone are batches of their own: `GO` is the line between them. */
export const batches = (parts: readonly string[]) =>
  parts.map((part) => `${part.trim()}\nGO\n`).join('\n');

export interface Parameter {
  /** With the leading `@`. */
  name: string;
  type: string;
  /** Absent: the caller must pass it. */
  default?: null;
}

/**
 * A procedure that takes the place of the one there is, whose grants it keeps. CREATE OR ALTER would
 * do it in one batch, but not every T-SQL engine has it.
 */
export function createProcedure(
  name: string,
  parameters: readonly Parameter[],
  body: string,
): string {
  const declared = parameters.map(
    (p) => `  ${p.name} ${p.type}${p.default === null ? ' = NULL' : ''}`,
  );
  return batches([
    `IF OBJECT_ID(${literal(name)}, N'P') IS NULL EXEC(${literal(`CREATE PROCEDURE ${bracketed(name)} AS RETURN 0`)});`,
    `ALTER PROCEDURE ${bracketed(name)}${declared.length > 0 ? `\n${declared.join(',\n')}` : ''}
AS
BEGIN
${body.trimEnd()}
END;`,
  ]);
}
