/** Boards as lines for people. */

import type { BoardView } from '../../functions/shapes/boards.ts';
import type { BoardCall } from '../../shared/board/board.ts';
import type { Surroundings } from '../command.ts';
import { fitted, widthOf } from '../terminal/text.ts';

type ShownBoard = Pick<BoardView, 'name' | 'description' | 'on' | 'calls' | 'errors'>;

const widest = 40;

export function boardLines(
  { name, description, on, calls, errors }: ShownBoard,
  { say, terminal }: Pick<Surroundings, 'say' | 'terminal'>,
): string[] {
  const width = Math.min(widest, Math.max(0, ...calls.map(({ id }) => widthOf(id))));
  const counts = say('{on} of {calls} on', { on, calls: calls.length });
  return [
    `${name}: ${counts}${description === undefined ? '' : ` - ${description}`}`,
    ...calls.map((call) => callLine(call, width)),
    ...errors.map(({ message }) => `! ${message}`),
  ].map((line) => fitted(line, terminal));
}

function callLine({ id, run, code, name = '*', note, ...call }: BoardCall, width: number): string {
  const codes = [code].flat().join(',');
  const noted = note === undefined ? '' : `  # ${note}`;
  return `[${run ? 'x' : ' '}] ${id}${' '.repeat(Math.max(0, width - widthOf(id)))}  ${name} ${codes}${monthsOf(call)}${noted}`;
}

function monthsOf({ month, year, months }: Omit<BoardCall, 'id' | 'run' | 'code'>): string {
  if (months !== undefined) return ` ${months.map(endText).join('..')}`;
  if (month === undefined) return '';
  return ` ${year === undefined ? month : endText({ month, year })}`;
}

function endText(end: NonNullable<BoardCall['months']>[number]): string {
  if (typeof end !== 'object') return String(end);
  return `${end.year}-${String(end.month).padStart(2, '0')}`;
}
