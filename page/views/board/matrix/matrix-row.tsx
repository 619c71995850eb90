import { memo } from 'preact/compat';
import { monthNumbers } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import type { Condition } from './condition.ts';
import type { Column, Row } from './layout.ts';
import { matrixCell } from './matrix-cell.tsx';

interface MatrixRowProps {
  row: Row;
  line: number;
  columns: readonly Column[];
  /** By column, of the first of a wide slot. */
  conditions: readonly (Condition | undefined)[];
  /** Of all conditions: as long as it is the same nothing else is drawn. */
  signature: string;
  /** `1` for each column whose slot is chosen. */
  chosen: string;
  /** The cell that Tab leads to, if it is in this row. */
  tabColumn: number | undefined;
  /** Milliseconds since 1970, to the minute. */
  at: number;
}

/** Drawn anew when something of it is another, and each minute, by which its ages grow. */
export const MatrixRow = memo(
  function MatrixRow({ row, line, columns, conditions, chosen, tabColumn, at }: MatrixRowProps) {
    return (
      <tr role="row">
        <th
          role="rowheader"
          data-row={line}
          data-column={-1}
          tabIndex={tabColumn === -1 ? 0 : -1}
          title={row.title}
        >
          <span class="name">{row.title}</span>
          <Months conditions={conditions} isDated={row.dated} />
        </th>
        {row.slots.map((slot, column) => {
          if (slot !== undefined && slot.from !== column) return null;
          const to = slot?.to ?? column;
          const isTab = tabColumn !== undefined && tabColumn >= column && tabColumn <= to;
          const condition = conditions[column];
          const first = columns[column]?.code ?? '';
          if (slot === undefined || condition === undefined) {
            return (
              <td
                key={column}
                role="gridcell"
                class="none"
                aria-disabled="true"
                aria-label={say('board.lacks', { source: first, entity: row.title })}
                data-row={line}
                data-column={column}
                tabIndex={isTab ? 0 : -1}
              />
            );
          }
          return matrixCell({
            where: `${row.title}, ${to > column ? `${first}–${columns[to]?.code}` : first}`,
            row: line,
            ...{ column, span: to - column + 1, isTab, condition, at },
            isChosen: chosen[column] === '1',
          });
        })}
      </tr>
    );
  },
  (one, other) =>
    one.row === other.row &&
    one.line === other.line &&
    one.signature === other.signature &&
    one.chosen === other.chosen &&
    one.tabColumn === other.tabColumn &&
    one.at === other.at,
);

/** The month that was synced last, the newest of all sources. */
function Months({
  conditions,
  isDated,
}: Pick<MatrixRowProps, 'conditions'> & { isDated: boolean }) {
  if (!isDated) return null;
  const found = conditions.flatMap((one) => one?.cell?.success?.period ?? []);
  const [newest] = found.toSorted((a, b) => b.year - a.year || b.month - a.month);
  if (newest === undefined) return null;
  return (
    <span class="month" title={say('board.lastMonth')}>
      {monthNumbers(newest)}
    </span>
  );
}
