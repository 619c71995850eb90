/** T-SQL scripts as SQL Server's own tools read them. */

/** The batches of a script: a line that holds nothing but GO ends one. */
export function batchesOf(script: string): string[] {
  return script
    .split(/^[ \t]*GO[ \t]*;?[ \t]*$/im)
    .map((batch) => batch.replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd())
    .filter((batch) => batch !== '');
}
