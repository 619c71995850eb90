/** A board: a named list of calls, each switched on or off, in an order of its own. */

import { z } from 'zod';
import { mostCalls } from '../sync/asked-call.ts';

/** A name is part of a path, and of a blob's name. */
export const boardNamePattern = /^[a-z0-9][a-z0-9_-]{0,62}$/;
export const allowedBoardName =
  '1 to 63 lower-case letters, digits, - and _, the first of them a letter or a digit';

/** What a call is known by on its board: part of a path. */
export const callIdPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
export const allowedCallId =
  '1 to 128 letters, digits, points, - and _, the first of them a letter or a digit';

const number = z.union([z.int(), z.string()]);
const rangeEndSchema = z.union([number, z.object({ month: number, year: number })]);

/**
 * As it was asked for, months before it is known which they are. Whether the catalogue has it is
 * looked at where it is shown or run: it may have had it when the board was written.
 */
export const boardCallSchema = z.object({
  id: z.string().regex(callIdPattern),
  code: z.union([z.string(), z.array(z.string())]),
  name: z.string().exactOptional(),
  month: number.exactOptional(),
  year: number.exactOptional(),
  months: z.array(rangeEndSchema).length(2).exactOptional(),
  retries: z.int().exactOptional(),
  after: z.string().exactOptional(),
  run: z.boolean().meta({ description: 'Switched on' }),
  note: z.string().exactOptional(),
});
export type BoardCall = z.infer<typeof boardCallSchema>;

export const longestText = 400;

export const boardSchema = z.object({
  description: z.string().exactOptional(),
  calls: z.array(boardCallSchema).max(mostCalls),
});
export type Board = z.infer<typeof boardSchema>;

/** What `askedCall` reads of it. */
export function askedOf({ id: _, run: __, note: ___, ...asked }: BoardCall): object {
  return asked;
}

/** The data sources that a call names, known or not. */
export function codesOf({ code }: Pick<BoardCall, 'code'>): readonly string[] {
  return typeof code === 'string' ? [code] : code;
}

/**
 * What a call is known by where nobody says: its entity and its data sources, `payment.0c10`, of a
 * whole data source `whole.0c10`; a number behind it where another one is called so.
 */
export function newCallId(call: Pick<BoardCall, 'code' | 'name'>, taken: Set<string>): string {
  const { name = 'whole' } = call;
  const [first = '', ...others] = codesOf(call);
  const codes = others.length === 0 ? first : `${first}-and-${others.length}-more`;
  const text = `${name}.${codes}`.replaceAll(/[^A-Za-z0-9_.-]/g, '-').slice(0, 120);
  const base = callIdPattern.test(text) ? text : `call.${text}`.slice(0, 120);
  let id = base;
  for (let number = 2; taken.has(id); number += 1) id = `${base}.${number}`;
  taken.add(id);
  return id;
}
