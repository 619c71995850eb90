import { useEffect, useRef } from 'preact/hooks';
import { say } from '../../../text/say.ts';
import { type Condition, conditionOf, type Known } from './condition.ts';
import type { Block, Slot } from './layout.ts';
import { MatrixRow } from './matrix-row.tsx';
import { moved } from './moves.ts';
import { choose, chooseAll, chosen, clear, extend, goTo, type Spot, spot } from './selection.ts';

interface GridProps {
  blocks: readonly Block[];
  index: number;
  known: Known;
  /** A cell is to be shown more of; with the keyboard that is where the focus goes. */
  open(slot: Slot, cell: HTMLElement, byKeyboard: boolean): void;
  /** What was shown of a cell is in the way. */
  close(): void;
}

const selector = ({ row, column }: Pick<Spot, 'row' | 'column'>) =>
  `[data-row="${row}"][data-column="${column}"]`;

/**
 * The cells of one block: a grid as the ARIA Authoring Practices have it. Arrows move, Space and
 * Shift choose, Enter opens; a header stands for its row or column.
 */
export function Grid({ blocks, index, known, open, close }: GridProps) {
  const table = useRef<HTMLTableElement>(null);
  const drag = useRef<{ moved: boolean } | undefined>(undefined);
  const block = blocks[index];
  const at = spot.value;
  const here = at.block === index ? at : undefined;

  useEffect(() => {
    const end = () => {
      drag.current = undefined;
    };
    document.addEventListener('pointerup', end);
    document.addEventListener('pointercancel', end);
    return () => {
      document.removeEventListener('pointerup', end);
      document.removeEventListener('pointercancel', end);
    };
  }, []);
  if (block === undefined) return null;

  const focus = (to: Spot) => {
    const slot = block.rows[to.row]?.slots[to.column];
    const found = table.current?.querySelector<HTMLElement>(
      selector({ row: to.row, column: slot?.from ?? to.column }),
    );
    found?.focus({ preventScroll: true });
    found?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  const placeOf = (target: EventTarget | null): { to: Spot; cell: HTMLElement } | undefined => {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null;
    if (cell === null) return undefined;
    const { row, column } = cell.dataset;
    return { cell, to: { block: index, row: Number(row), column: Number(column) } };
  };
  const slotAt = ({ row, column }: Spot) => block.rows[row]?.slots[column];

  const press = (event: PointerEvent) => {
    if (event.button !== 0) return;
    close();
    const server = (event.target as Element).closest<HTMLElement>('[data-last]')?.dataset;
    if (server !== undefined) {
      const header = { block: index, row: -1 };
      choose(blocks, { ...header, column: Number(server['from']) }, event.ctrlKey || event.metaKey);
      extend(blocks, { ...header, column: Number(server['last']) });
      return;
    }
    const found = placeOf(event.target);
    if (found === undefined) return;
    if (event.shiftKey) {
      event.preventDefault();
      extend(blocks, found.to);
    } else choose(blocks, found.to, event.ctrlKey || event.metaKey);
    // A finger scrolls with the same movement.
    if (event.pointerType !== 'touch') drag.current = { moved: false };
  };
  const hover = (event: PointerEvent) => {
    const found = drag.current && placeOf(event.target);
    if (found === undefined || drag.current === undefined) return;
    if (found.to.row === spot.peek().row && found.to.column === spot.peek().column) return;
    drag.current.moved = true;
    extend(blocks, found.to);
  };
  const click = (event: MouseEvent) => {
    const found = placeOf(event.target);
    const slot = found && slotAt(found.to);
    const isPlain = !event.shiftKey && !event.ctrlKey && !event.metaKey;
    if (found && slot && isPlain && chosen.value.size === 1) open(slot, found.cell, false);
  };
  const keys = (event: KeyboardEvent) => {
    const found = placeOf(event.target);
    if (found === undefined || event.altKey) return;
    const from = here ?? found.to;
    const to = moved(event, from, block);
    if (to !== undefined) {
      if (event.shiftKey) extend(blocks, to);
      else goTo(to);
      focus(to);
      close();
    } else if (event.key === ' ') choose(blocks, from, true);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) chooseAll(blocks, index);
    else if (event.key === 'Escape' && chosen.value.size > 0) clear();
    else if (event.key === 'Enter') {
      const slot = slotAt(from);
      if (slot === undefined) choose(blocks, from, false);
      else {
        if (!chosen.value.has(slot.key)) choose(blocks, from, false);
        open(slot, found.cell, true);
      }
    } else return;
    event.preventDefault();
  };
  const enter = (event: FocusEvent) => {
    const found = placeOf(event.target);
    const current = here && (slotAt(here)?.from ?? here.column);
    const isHere = here?.row === found?.to.row && current === found?.to.column;
    if (found !== undefined && !isHere && drag.current === undefined) spot.value = found.to;
  };

  const conditions = block.rows.map(({ slots }) =>
    slots.map((slot, column) =>
      slot === undefined || slot.from !== column ? undefined : conditionOf(known, slot.key),
    ),
  );
  const { columns, servers, rows } = block;
  const tab = (row: number, column: number) => {
    if (here === undefined) return row === 0 && column === -1 ? 0 : -1;
    return here.row === row && here.column === column ? 0 : -1;
  };

  return (
    <table
      ref={table}
      class="matrix"
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA makes a table a grid, and its cells grid cells
      role="grid"
      aria-multiselectable="true"
      aria-label={say('board.gridLabel', { sources: columns.length, entities: rows.length })}
      style={{ '--columns': columns.length }}
      onPointerDown={press}
      onPointerOver={hover}
      onClick={click}
      onKeyDown={keys}
      onFocusIn={enter}
    >
      <colgroup>
        <col class="names" />
        {columns.map(({ code }) => (
          <col key={code} />
        ))}
      </colgroup>
      <thead>
        <tr>
          <td class="corner" />
          {servers.map(({ server, from, count }) => (
            <th
              key={from}
              scope="colgroup"
              colSpan={count}
              data-from={from}
              data-last={from + count - 1}
              title={say('board.chooseServer', { server })}
            >
              <span>{server}</span>
            </th>
          ))}
        </tr>
        <tr>
          <th scope="col" data-row={-1} data-column={-1} tabIndex={tab(-1, -1)}>
            <span>{say('board.all')}</span>
          </th>
          {columns.map(({ code, title }, column) => (
            <th
              key={code}
              scope="col"
              data-row={-1}
              data-column={column}
              tabIndex={tab(-1, column)}
              title={title}
            >
              <span>{code}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, line) => (
          <MatrixRow
            key={row.entity}
            row={row}
            line={line}
            columns={columns}
            conditions={conditions[line] ?? []}
            signature={signatureOf(conditions[line] ?? [])}
            chosen={row.slots
              .map((slot) => (slot && chosen.value.has(slot.key) ? '1' : '0'))
              .join('')}
            tabColumn={here?.row === line ? here.column : line === 0 && !here ? -1 : undefined}
          />
        ))}
      </tbody>
    </table>
  );
}

function signatureOf(conditions: readonly (Condition | undefined)[]): string {
  return conditions.map((condition) => condition?.signature ?? '').join(';');
}
