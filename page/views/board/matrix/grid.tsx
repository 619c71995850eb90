import { useEffect, useMemo, useRef } from 'preact/hooks';
import { say } from '../../../text/say.ts';
import { type Condition, conditionOf, type Known } from './condition.ts';
import { useTurns } from './in-turns.ts';
import type { Block, Slot } from './layout.ts';
import { MatrixHead } from './matrix-head.tsx';
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
  const drag = useRef(false);
  const block = blocks[index];
  const minuteOf = useTurns(block?.rows.length ?? 0, block?.columns.length ?? 0);
  const linesOf = useMemo(() => linesBy(known), [block, known]);
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
  if (block === undefined) return null;
  const { columns, rows } = block;

  const cellAt = ({ row, column }: Spot) => {
    const first = rows[row]?.slots[column]?.from ?? column;
    return box.current?.querySelector<HTMLElement>(`[data-row="${row}"][data-column="${first}"]`);
  };
  const focus = (to: Spot) => {
    const cell = cellAt(to);
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
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

  const tabOf = (line: number) => {
    if (here !== undefined) return here.row === line ? here.column : undefined;
    return line === 0 ? -1 : undefined;
  };
  return (
    <div
      ref={box}
      class="matrix-box sheet"
      style={{ '--columns': columns.length }}
      onScroll={close}
    >
      <table
        tabIndex={-1}
        class="matrix"
        // Roles are written of each part: what its style shows as a grid has none by its element.
        role="grid"
        aria-multiselectable="true"
        aria-label={say('board.gridLabel', { sources: columns.length, entities: rows.length })}
        aria-description={`${say('board.about')}. ${say('board.gridKeys')}`}
        onPointerDown={press}
        onPointerOver={hover}
        onClick={click}
        onKeyDown={keys}
        onFocusIn={enter}
      >
        <MatrixHead block={block} tabColumn={here?.row === -1 ? here.column : undefined} />
        <tbody role="rowgroup" style={{ '--rows': rows.length }}>
          {rows.map((row, line) => {
            const at = minuteOf(line);
            return (
              at !== undefined && (
                <MatrixRow
                  key={row.entity}
                  row={row}
                  line={line}
                  columns={columns}
                  {...linesOf(row)}
                  chosen={chosenIn(row)}
                  tabColumn={tabOf(line)}
                  at={at}
                />
              )
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Each is made when its row is drawn, and once: of all of them at once nothing else could be done meanwhile. */
function linesBy(known: Known): (row: Block['rows'][number]) => Line {
  const made = new Map<Block['rows'][number], Line>();
  return (row) => {
    const line = made.get(row) ?? lineOf(row, known);
    made.set(row, line);
    return line;
  };
}

function lineOf({ slots }: Block['rows'][number], known: Known): Line {
  const conditions = slots.map((slot, column) =>
    slot === undefined || slot.from !== column ? undefined : conditionOf(known, slot),
  );
  return {
    conditions,
    signature: conditions.map((condition) => condition?.signature ?? '').join(';'),
  };
}

/** `1` for each column whose slot is chosen; none of them: an empty text. */
function chosenIn({ slots }: Block['rows'][number]): string {
  if (chosen.value.size === 0) return '';
  return slots.map((slot) => (slot && chosen.value.has(slot.key) ? '1' : '0')).join('');
}
