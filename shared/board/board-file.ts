/** A board in a file: as people write it beside a catalogue, ids and switches left out where they like. */

import { z } from 'zod';
import { type Board, boardCallSchema, boardSchema, newCallId } from './board.ts';

const fileSchema = boardSchema.extend({
  calls: z.array(boardCallSchema.partial({ id: true, run: true })),
});

/**
 * Ids that are left out are made as for any other board. Whether the catalogue has what it names is
 * looked at where it is shown or run.
 *
 * @throws ZodError for what is no board
 */
export function boardOfFile(value: unknown): Board {
  const { calls, ...board } = fileSchema.parse(value);
  const taken = new Set(calls.flatMap(({ id }) => id ?? []));
  return boardSchema.parse({
    ...board,
    calls: calls.map(({ run = false, id, ...call }) => ({
      id: id ?? newCallId(call, taken),
      ...call,
      run,
    })),
  });
}
