/** Short queries that are asked in one request, each for itself: one that fails takes no other along. */

import type { SqlParameter } from './link.ts';

export interface Question {
  readonly sql: string;
  readonly parameters: readonly SqlParameter[];
}

/** What came of one: the first value of its first row, undefined where there was no row. */
export type Answered = { value: unknown } | { failed: true };

/** Parameters of one request (SQL Server: 2,100), and two of the driver's own. */
export const mostParameters = 2_000;

const answered = 'answered by';

/**
 * One batch for all. Each runs by itself (sp_executesql), so that a table which is missing is an
 * error in it alone that can be caught, and its parameters are its own. They are no branches of one
 * UNION ALL, which would give all of them one type: a `datetime` would come with digits that the
 * server does not hold.
 *
 * @param questions whose texts are the catalogue's
 */
export function oneBatch(questions: readonly Question[]): {
  text: string;
  parameters: SqlParameter[];
} {
  const parameters: SqlParameter[] = [];
  const places = new Map<string, string>();
  const placeOf = ({ type, value }: SqlParameter) => {
    const key = JSON.stringify([type, value]);
    const place = places.get(key) ?? `p${parameters.length}`;
    if (!places.has(key)) parameters.push({ name: place, type, value });
    places.set(key, place);
    return place;
  };
  const parts = questions.map(({ sql, parameters: own }, index) => {
    const declared = own.map(({ name, type }) => `@${name} ${type}`).join(', ');
    const passed = own.map((one) => `, @${one.name} = @${placeOf(one)}`).join('');
    const how = own.length === 0 ? '' : `, N'${quoted(declared)}'${passed}`;
    return `BEGIN TRY EXEC sp_executesql N'${quoted(sql)}'${how}; END TRY
BEGIN CATCH SELECT 1 AS [failed]; END CATCH;
SELECT ${index} AS [${answered}];`;
  });
  return { text: parts.join('\n'), parameters };
}

/** Takes the rows of that batch, and tells what came of each question as soon as it is known. */
export function answersIn(
  tell: (index: number, answer: Answered) => void,
): (row: Record<string, unknown>) => void {
  let answer: Answered | undefined;
  return (row) => {
    if (answered in row) {
      tell(Number(row[answered]), answer ?? { value: undefined });
      answer = undefined;
    } else if ('failed' in row) answer = { failed: true };
    else answer ??= { value: Object.values(row)[0] };
  };
}

const quoted = (text: string) => text.replaceAll("'", "''");
