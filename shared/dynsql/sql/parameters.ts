/** The parameters of one statement, numbered as they are used. */

import type { SqlParameter } from '../../database/link.ts';
import type { SqlText, TypedValue } from '../definition.ts';

/**
 * SQL Server plans for 50 rows of an OPENJSON, however many it has. A longer list is put into a table
 * of the session first, whose rows are counted: a plan made for a few values is not used for ten
 * thousand.
 */
const longList = 500;

export class Parameters {
  readonly #list: SqlParameter[] = [];
  /** What comes before the statement. */
  readonly #before: string[] = [];

  /** Takes the value along; returns SQL that stands for it. */
  add(value: TypedValue): string {
    if (!('list' in value)) return this.#push(value.type, value.value);
    // One parameter however many values: SQL Server allows 2,100 in a statement.
    const name = this.#push('nvarchar(max)', JSON.stringify(value.list));
    const rows = `FROM OPENJSON(${name}) WITH ([v] ${value.type} '$')`;
    if (value.list.length <= longList) return `(SELECT [v] ${rows})`;
    const table = `[#${name.slice(1)}]`;
    this.#before.push(`SELECT [v] INTO ${table} ${rows}; `);
    return `(SELECT [v] FROM ${table})`;
  }

  /** @param sql with what `add` has returned */
  textOf(sql: string): SqlText {
    return { sql: `${this.#before.join('')}${sql}`, parameters: this.#list };
  }

  #push(type: string, value: SqlParameter['value']): string {
    const name = `p${this.#list.length + 1}`;
    this.#list.push({ name, type, value });
    return `@${name}`;
  }
}
