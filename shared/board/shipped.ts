import all from '../../catalog/boards/all.json' with { type: 'json' };
import monthEnd from '../../catalog/boards/month-end.json' with { type: 'json' };
import nightly from '../../catalog/boards/nightly.json' with { type: 'json' };
import { type Board, boardSchema, newCallId } from './board.ts';

/** The boards in `catalog/boards`, which the bundle carries; their calls get ids as any others. */
const files: Readonly<Record<string, { calls: object[] }>> = {
  all,
  'month-end': monthEnd,
  nightly,
};

let parsed: Readonly<Record<string, Board>> | undefined;

export function shippedBoards(): Readonly<Record<string, Board>> {
  parsed ??= Object.fromEntries(Object.entries(files).map(([name, file]) => [name, board(file)]));
  return parsed;
}

function board({ calls, ...file }: { calls: object[] }): Board {
  const taken = new Set<string>();
  const withIds = calls.map((call) => ({ id: newCallId(call as never, taken), ...call }));
  return boardSchema.parse({ ...file, calls: withIds });
}
