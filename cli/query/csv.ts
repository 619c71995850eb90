/** Rows of a query as CSV (RFC 4180), one by one, digit for digit. */

import { CliError, exitCodes } from '../exit-codes.ts';

const end = '\r\n';

/** A member of an object without blanks: its name, and its value or how a list or an object begins. */
const member = /"((?:[^"\\]|\\.)*)":("(?:[^"\\]|\\.)*"|[^,{}[\]"]+|[[{])/y;

export class CsvWriter {
  #columns: readonly string[] | undefined;

  /**
   * @param row a JSON object without blanks
   * @throws CliError for a row with rows below it, or with other members than the first
   */
  line(row: string): string {
    const cells = new Map<string, string>();
    member.lastIndex = 1;
    for (let found = member.exec(row); found !== null; found = member.exec(row)) {
      const name = JSON.parse(`"${found[1]}"`) as string;
      cells.set(name, cellOf(name, found[2] ?? ''));
      // A comma, or the end of the row.
      member.lastIndex += 1;
    }
    const isFirst = this.#columns === undefined;
    this.#columns ??= [...cells.keys()];
    const columns = this.#columns;
    if ([...cells.keys()].some((name) => !columns.includes(name))) {
      throw new CliError(
        exitCodes.failed,
        'rows have different columns: CSV has no place for them',
      );
    }
    const head = isFirst ? columns.map(quoted).join(',') + end : '';
    return `${head}${columns.map((name) => cells.get(name) ?? '').join(',')}${end}`;
  }
}

/** A number stays as it is written: a double has fewer digits than SQL Server. */
function cellOf(name: string, json: string): string {
  if (json === 'null') return '';
  if (json.startsWith('"')) return quoted(JSON.parse(json) as string);
  if (json !== '[' && json !== '{') return json;
  const text = `${name} has rows of its own: CSV has no place for them, leave out --csv`;
  throw new CliError(exitCodes.failed, text);
}

/** NULL is nothing and an empty text two quotes, so that they are kept apart. */
function quoted(text: string): string {
  return text === '' || /[",\r\n]/.test(text) || text.trim() !== text
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}
