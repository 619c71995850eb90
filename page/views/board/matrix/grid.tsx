import { useEffect, useMemo, useRef } from 'preact/hooks';
import { say } from '../../../text/say.ts';
import { type Condition, conditionOf, type Known } from './condition.ts';
import type { Block, Slot } from './layout.ts';
import { MatrixHead } from './matrix-head.tsx';
import { MatrixRow } from './matrix-row.tsx';
import { moved } from './moves.ts';
import { choose, chooseAll, chosen, clear, extend, goTo, type Spot, spot } from './selection.ts';
import { rowPx, useWindow } from './window.ts';

interface GridProps {
  blocks: readonly Block[];
  index: number;
  known: Known;
  /** A cell is to be shown more of; with the keyboard that is where the focus goes. */
  open(slot: Slot, cell: HTMLElement, byKeyboard: boolean): void;
  /** What was shown of a cell is in the way. */
  close(): void;
}

interface Line {
  conditions: readonly (Condition | undefined)[];
  signature: string;
}

/**
 * The cells of one block: a grid as the ARIA Authoring Practices have it. Arrows move, Space and
 * Shift choose, Enter opens; a header stands for its row or column.
 */
export function Grid({ blocks, index, known, open, close }: GridProps) {
  const box = useRef<HTMLDivElement>(null);
  const table = useRef<HTMLTableElement>(null);
  const drag = useRef(false);
  const block = blocks[index];
  const { drawn, isLarge, look } = useWindow(box, block);
  const lines = useMemo(() => block?.rows.map((row) => lineOf(row, known)), [block, known]);
  const at = spot.value;
  const here = at.block === index ? at : undefined;

  useEffect(() => {
    const end = () => {
      drag.current = false;
    };
    document.addEventListener('pointerup', end);
    document.addEventListener('pointercancel', end);
    return () => {
      document.removeEventListener('pointerup', end);
      document.removeEventListener('pointercancel', end);
    };
  }, []);
  if (block === undefined || lines === undefined) return null;
  const { columns, rows } = block;

  const cellAt = ({ row, column }: Spot) => {
    const first = rows[row]?.slots[column]?.from ?? column;
    return box.current?.querySelector<HTMLElement>(`[data-row="${row}"][data-column="${first}"]`);
  };
  const focus = (to: Spot) => {
    const lead = () => {
      const cell = cellAt(to);
      cell?.focus({ preventScroll: true });
      cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      return cell !== undefined && cell !== null;
    };
    if (lead() || box.current === null) return;
    // It is not drawn yet: it is once it is scrolled to.
    const share = to.column / columns.length;
    box.current.scrollTo({ top: to.row * rowPx, left: share * box.current.scrollWidth });
    look();
    requestAnimationFrame(lead);
  };
  const scrolled = () => {
    close();
    if (!isLarge) return;
    const { activeElement } = document;
    look();
    requestAnimationFrame(() => {
      // The cell with the focus is gone from what is drawn: its keys go on from the grid.
      if (activeElement?.isConnected === false) table.current?.focus({ preventScroll: true });
    });
  };

  const placeOf = (target: EventTarget | null): { to: Spot; cell: HTMLElement } | undefined => {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null;
    if (cell === null) return undefined;
    const { row, column } = cell.dataset;
    return { cell, to: { block: index, row: Number(row), column: Number(column) } };
  };
  const slotAt = ({ row, column }: Spot) => rows[row]?.slots[column];

  const press = (event: PointerEvent) => {
    if (event.button !== 0) return;
    close();
    const isBeside = event.ctrlKey || event.metaKey;
    const server = (event.target as Element).closest<HTMLElement>('[data-last]')?.dataset;
    if (server !== undefined) {
      const header = { block: index, row: -1 };
      choose(blocks, { ...header, column: Number(server['from']) }, isBeside);
      extend(blocks, { ...header, column: Number(server['last']) });
      return;
    }
    const found = placeOf(event.target);
    if (found === undefined) return;
    if (event.shiftKey) {
      event.preventDefault();
      extend(blocks, found.to);
    } else choose(blocks, found.to, isBeside);
    // A finger scrolls with the same movement.
    drag.current = event.pointerType !== 'touch';
  };
  const hover = (event: PointerEvent) => {
    const found = drag.current ? placeOf(event.target) : undefined;
    const { row, column } = spot.peek();
    if (found === undefined || (found.to.row === row && found.to.column === column)) return;
    extend(blocks, found.to);
  };
  const click = (event: MouseEvent) => {
    const found = placeOf(event.target);
    const slot = found && slotAt(found.to);
    const isPlain = !event.shiftKey && !event.ctrlKey && !event.metaKey;
    if (found && slot && isPlain && chosen.value.size === 1) open(slot, found.cell, false);
  };
  const keys = (event: KeyboardEvent) => {
    const from = here ?? placeOf(event.target)?.to;
    if (from === undefined || event.altKey) return;
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
      const cell = cellAt(from);
      if (slot === undefined || !chosen.value.has(slot.key)) choose(blocks, from, false);
      if (slot !== undefined && cell) open(slot, cell, true);
    } else return;
    event.preventDefault();
  };
  const enter = (event: FocusEvent) => {
    const found = placeOf(event.target);
    if (found === undefined || drag.current) return;
    const current = here && (slotAt(here)?.from ?? here.column);
    const isHere = here?.row === found.to.row && current === found.to.column;
    if (!isHere) spot.value = found.to;
  };

  const shown = rows.slice(drawn.rows.from, drawn.rows.to + 1);
  const isDrawn =
    here === undefined ||
    here.row < 0 ||
    (here.row >= drawn.rows.from && here.row <= drawn.rows.to);
  const tabOf = (line: number) => {
    if (here !== undefined && isDrawn) return here.row === line ? here.column : undefined;
    return line === drawn.rows.from ? -1 : undefined;
  };
  return (
    <div
      ref={box}
      class="matrix-box sheet"
      style={{ '--columns': columns.length }}
      onScroll={scrolled}
    >
      <table
        ref={table}
        tabIndex={-1}
        class="matrix"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA makes a table a grid, and its cells grid cells
        role="grid"
        aria-multiselectable="true"
        aria-label={say('board.gridLabel', { sources: columns.length, entities: rows.length })}
        aria-description={say('board.about')}
        {...(isLarge && { 'aria-rowcount': rows.length + 2, 'aria-colcount': columns.length + 1 })}
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
        <MatrixHead block={block} tabColumn={here?.row === -1 ? here.column : undefined} />
        <tbody>
          <Gap key="before" count={drawn.rows.from} columns={columns.length} />
          {shown.map((row, offset) => {
            const line = drawn.rows.from + offset;
            const { conditions = [], signature = '' } = lines[line] ?? {};
            return (
              <MatrixRow
                key={row.entity}
                row={row}
                line={line}
                columns={columns}
                from={drawn.columns.from}
                to={drawn.columns.to}
                isLarge={isLarge}
                conditions={conditions}
                signature={signature}
                chosen={row.slots
                  .map((slot) => (slot && chosen.value.has(slot.key) ? '1' : '0'))
                  .join('')}
                tabColumn={tabOf(line)}
              />
            );
          })}
          <Gap key="after" count={rows.length - 1 - drawn.rows.to} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

/** In place of rows that are not drawn. */
function Gap({ count, columns }: { count: number; columns: number }) {
  if (count <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
    <tr aria-hidden="true">
      <td colSpan={columns + 1} style={{ height: `${count * rowPx - 3}px` }} />
    </tr>
  );
}

function lineOf({ slots }: Block['rows'][number], known: Known): Line {
  const conditions = slots.map((slot, column) =>
    slot === undefined || slot.from !== column ? undefined : conditionOf(known, slot.key),
  );
  return {
    conditions,
    signature: conditions.map((condition) => condition?.signature ?? '').join(';'),
  };
}
