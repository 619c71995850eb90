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
  /** The columns that are drawn, both included; of a large matrix not all are. */
  from: number;
  to: number;
  isLarge: boolean;
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
  function MatrixRow(props: MatrixRowProps) {
    const { row, line, columns, from, to, isLarge, conditions, chosen, tabColumn } = props;
    const at = minute.value;
    const slots = row.slots.flatMap((slot, column) => {
      const isDrawn = column <= to && (slot?.to ?? column) >= from;
      return isDrawn && (slot === undefined || slot.from === column) ? { slot, column } : [];
    });
    const first = slots[0]?.column ?? 0;
    const last = slots.at(-1);
    const after = columns.length - 1 - (last?.slot?.to ?? last?.column ?? -1);
    const isTabDrawn = tabColumn === undefined || (tabColumn >= first && tabColumn <= to);
    const number = (column: number) => (isLarge ? { 'aria-colindex': column + 2 } : {});
    return (
      <tr {...(isLarge && { 'aria-rowindex': line + 3 })}>
        <th
          scope="row"
          data-row={line}
          data-column={-1}
          tabIndex={isTabDrawn && tabColumn !== -1 ? -1 : 0}
          title={row.title}
        >
          <span class="name">{row.title}</span>
          <Months conditions={conditions} isDated={row.dated} />
        </th>
        {first > 0 && <td colSpan={first} aria-hidden="true" />}
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
                {...number(column)}
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
              number={number(column)}
              condition={condition}
              isChosen={chosen[column] === '1'}
              at={at}
            />
          );
        })}
        {after > 0 && <td colSpan={after} aria-hidden="true" />}
      </tr>
    );
  },
  (one, other) =>
    one.row === other.row &&
    one.line === other.line &&
    one.from === other.from &&
    one.to === other.to &&
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
