/** Boards as the app tells of them, and as lines for people. */

import { z } from 'zod';
import { type BoardCall, boardCallSchema } from '../../shared/board/board.ts';

export const boardSchema = z.looseObject({
  name: z.string(),
  description: z.string().optional(),
  on: z.int(),
  calls: z.array(boardCallSchema),
  errors: z.array(z.looseObject({ message: z.string() })),
});
export type ShownBoard = z.infer<typeof boardSchema>;

const widest = 40;

export function boardLines({ name, description, on, calls, errors }: ShownBoard): string[] {
  const width = Math.min(widest, Math.max(0, ...calls.map(({ id }) => id.length)));
  return [
    `${name}: ${on} of ${calls.length} on${description === undefined ? '' : ` - ${description}`}`,
    ...calls.map((call) => callLine(call, width)),
    ...errors.map(({ message }) => `! ${message}`),
  ];
}

function callLine({ id, run, code, name = '*', note, ...call }: BoardCall, width: number): string {
  const codes = [code].flat().join(',');
  const noted = note === undefined ? '' : `  # ${note}`;
  return `[${run ? 'x' : ' '}] ${id.padEnd(width)}  ${name} ${codes}${monthsOf(call)}${noted}`;
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
