/** The parameters of one statement, numbered as they are used. */

import type { SqlParameter } from '../../database/link.ts';
import type { TypedValue } from '../definition.ts';

export class Parameters {
  readonly list: SqlParameter[] = [];

  /** Takes the value along; returns SQL that stands for it. */
  add(value: TypedValue): string {
    if ('list' in value) {
      // One parameter however many values: SQL Server allows 2,100 in a statement.
      const name = this.#push('nvarchar(max)', JSON.stringify(value.list));
      return `(SELECT [v] FROM OPENJSON(${name}) WITH ([v] ${value.type} '$'))`;
    }
    return this.#push(value.type, value.value);
  }

  #push(type: string, value: SqlParameter['value']): string {
    const name = `p${this.list.length + 1}`;
    this.list.push({ name, type, value });
    return `@${name}`;
  }
}
