import { say } from '../../text/say.ts';
import type { Row } from './answer.ts';
import { cellText, isNumber } from './cells.ts';
import type { Shown } from './results.tsx';

/** So many are drawn of a row; a file has all. */
const mostRows = 500;

/** Rows of a dataset below a row, and what is below them. */
export function Nested({ shown, rows }: { shown: Shown; rows: readonly Row[] }) {
  if (rows.length === 0) return null;
  const { columns, below } = shown;
  const more = rows.length - mostRows;
  return (
    <table class="nested">
      <caption>
        {shown.title} <small>{say('queries.rows', { count: rows.length })}</small>
      </caption>
      <thead>
        <tr>
          {columns.map(({ key, title, datatype }) => (
            <th key={key} scope="col" class={isNumber(datatype) ? 'number' : ''}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, mostRows).map((row, index) => (
          <NestedLine key={index} {...{ row, columns, below }} />
        ))}
        {more > 0 && (
          <tr>
            <td colSpan={columns.length} class="quiet">
              {say('queries.moreRows', { count: more })}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function NestedLine({ row, columns, below }: { row: Row } & Pick<Shown, 'columns' | 'below'>) {
  const tables = below.map((one) => ({
    one,
    rows: row.datasets?.find(({ name }) => name === one.name)?.items ?? [],
  }));
  const hasBelow = tables.some(({ rows }) => rows.length > 0);
  return (
    <>
      {columns.length > 0 && (
        <tr>
          {columns.map(({ key, datatype }) => (
            <td key={key} class={isNumber(datatype) ? 'number' : ''}>
              <bdi>{cellText(row[key] as string | undefined, datatype)}</bdi>
            </td>
          ))}
        </tr>
      )}
      {hasBelow && (
        <tr>
          <td colSpan={Math.max(1, columns.length)} class="deeper">
            {tables.map(({ one, rows }) => (
              <Nested key={one.name} shown={one} rows={rows} />
            ))}
          </td>
        </tr>
      )}
    </>
  );
}
