/** Boards as lines for people. */

import type { BoardView } from '../../functions/shapes/boards.ts';
import type { BoardCall } from '../../shared/board/board.ts';
import type { Surroundings } from '../command.ts';
import { clean, widthOf, wrapped } from '../terminal/text.ts';

type ShownBoard = Pick<BoardView, 'name' | 'description' | 'on' | 'calls' | 'errors'>;

/** An id may be as long as its list of sources. */
const widest = 40;

export function boardLines(
  { name, description, on, calls, errors }: ShownBoard,
  { say, terminal }: Pick<Surroundings, 'say' | 'terminal'>,
): string[] {
  const counts = say('{on} of {calls} on', { on, calls: calls.length });
  const about = description === undefined ? '' : ` - ${description}`;
  return [
    ...wrapped(`${name}: ${counts}${about}`, terminal),
    ...callLines(calls, terminal),
    ...errors.flatMap(({ message }) => wrapped(`! ${message}`, terminal)),
  ];
}

/** Ids below one another, but for those that are too long; all of what is beside them is told. */
function callLines(
  calls: readonly BoardCall[],
  terminal: Pick<Surroundings, 'terminal'>['terminal'],
): string[] {
  const width = Math.min(widest, Math.max(0, ...calls.map(({ id }) => widthOf(id))));
  return calls.flatMap((call) => {
    const { id, run } = call;
    const head = `[${run ? 'x' : ' '}] ${id}${' '.repeat(Math.max(0, width - widthOf(id)))}`;
    const whole = `${head}  ${whatOf(call)}`;
    if (terminal === undefined || widthOf(clean(whole)) <= terminal.columns) return [clean(whole)];
    return [head.trimEnd(), `      ${whatOf(call)}`].flatMap((line) => wrapped(line, terminal));
  });
}

function whatOf({ code, name = '*', note, ...call }: BoardCall): string {
  const noted = note === undefined ? '' : `  # ${note}`;
  return `${name} ${[code].flat().join(',')}${monthsOf(call)}${noted}`;
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
