import { memo } from 'preact/compat';
import { minute } from '../../../live/clock.ts';
import { monthNumbers } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import type { Condition } from './condition.ts';
import type { Column, Row } from './layout.ts';
import { MatrixCell } from './matrix-cell.tsx';

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
}

/** Drawn anew when something of it is another, and each minute, by which its ages grow. */
export const MatrixRow = memo(
  function MatrixRow({ row, line, columns, conditions, chosen, tabColumn }: MatrixRowProps) {
    const at = minute.value;
    const slots = row.slots.flatMap((slot, column) =>
      slot === undefined || slot.from === column ? { slot, column } : [],
    );
    return (
      <tr>
        <th
          scope="row"
          data-row={line}
          data-column={-1}
          tabIndex={tabColumn === -1 ? 0 : -1}
          title={row.title}
        >
          <span class="name">{row.title}</span>
          <Months conditions={conditions} isDated={row.dated} />
        </th>
        {slots.map(({ slot, column }) => {
          const isTab =
            tabColumn !== undefined && tabColumn >= column && tabColumn <= (slot?.to ?? column);
          const place = { row: line, column, tabIndex: isTab ? 0 : -1 };
          const condition = conditions[column];
          if (slot === undefined || condition === undefined) {
            return (
              <td
                key={column}
                class="none"
                aria-disabled="true"
                data-row={place.row}
                data-column={place.column}
                tabIndex={place.tabIndex}
              >
                <span class="unseen">
                  {say('board.lacks', { source: columns[column]?.code ?? '', entity: row.title })}
                </span>
              </td>
            );
          }
          const isWide = slot.to > slot.from;
          const source = isWide
            ? `${columns[slot.from]?.code}–${columns[slot.to]?.code}`
            : (columns[column]?.code ?? '');
          return (
            <MatrixCell
              key={column}
              where={`${row.title}, ${source}`}
              span={slot.to - slot.from + 1}
              place={place}
              condition={condition}
              isChosen={chosen[column] === '1'}
              at={at}
            />
          );
        })}
      </tr>
    );
  },
  (one, other) =>
    one.row === other.row &&
    one.line === other.line &&
    one.signature === other.signature &&
    one.chosen === other.chosen &&
    one.tabColumn === other.tabColumn,
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
