/** Which cells are chosen, and where the keyboard is: one of each, whatever shows them. */

import { signal } from '@preact/signals';
import type { Block, Slot } from './layout.ts';

/** Row and column of a block; -1 is the header. */
export interface Spot {
  block: number;
  row: number;
  column: number;
}

/** Keys of slots. */
export const chosen = signal<ReadonlySet<string>>(new Set());
export const spot = signal<Spot>({ block: 0, row: 0, column: 0 });

/** Where a range began. */
let anchor: Spot = spot.value;
/** What was chosen beside the range that is being drawn. */
let beside: ReadonlySet<string> = new Set();

export function clear(): void {
  chosen.value = new Set();
}

/** Begins a choice here: in place of what was chosen, or beside it. */
export function choose(blocks: readonly Block[], at: Spot, isBeside: boolean): void {
  const own = keysIn(blocks, at, at);
  const isOff = isBeside && own.length > 0 && own.every((key) => chosen.value.has(key));
  beside = isBeside ? new Set([...chosen.value].filter((key) => !own.includes(key))) : new Set();
  anchor = at;
  spot.value = at;
  chosen.value = isOff ? beside : new Set([...beside, ...own]);
}

/** From where the choice began up to here. */
export function extend(blocks: readonly Block[], to: Spot): void {
  if (to.block !== anchor.block) return;
  spot.value = to;
  chosen.value = new Set([...beside, ...keysIn(blocks, anchor, to)]);
}

export function chooseAll(blocks: readonly Block[], block: number): void {
  const all = { block, row: -1, column: -1 };
  beside = new Set();
  anchor = all;
  chosen.value = new Set(keysIn(blocks, all, all));
}

/** Goes there and chooses nothing. */
export function goTo(at: Spot): void {
  spot.value = at;
  anchor = at;
  beside = chosen.value;
}

/** Of all slots that the rectangle between two places touches; a header stands for all of its line. */
function keysIn(blocks: readonly Block[], one: Spot, other: Spot): string[] {
  const block = blocks[one.block];
  if (block === undefined) return [];
  const rows = range(one.row, other.row, block.rows.length);
  const columns = range(one.column, other.column, block.columns.length);
  const slots = block.rows
    .slice(rows.from, rows.to + 1)
    .flatMap((row) => row.slots.slice(columns.from, columns.to + 1));
  return [...new Set(slots.flatMap((slot) => slot?.key ?? []))];
}

function range(one: number, other: number, length: number): { from: number; to: number } {
  if (one < 0 || other < 0) return { from: 0, to: length - 1 };
  return { from: Math.min(one, other), to: Math.max(one, other) };
}

/** The slots that are chosen, each once, in the order of the matrix. */
export function chosenSlots(blocks: readonly Block[], keys: ReadonlySet<string>): Slot[] {
  const found = new Map<string, Slot>();
  for (const { rows } of blocks) {
    for (const { slots } of rows) {
      for (const slot of slots) {
        if (slot !== undefined && keys.has(slot.key) && !found.has(slot.key)) {
          found.set(slot.key, slot);
        }
      }
    }
  }
  return [...found.values()];
}
