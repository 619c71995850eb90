/** What a change of a board was: which of its lines came, went, or are others now. */

import type { Board, BoardCall } from '../../../api/schema.d.ts';

/** What of a line is another; `call`: what it is of, or its months. */
export type ChangedPart = 'on' | 'off' | 'note' | 'call';

export interface ChangedLine {
  /** As it is after the change; of one that went as it was. */
  call: BoardCall;
  kind: 'added' | 'removed' | readonly ChangedPart[];
  /** As it was. */
  before?: BoardCall;
}

export interface Difference {
  lines: readonly ChangedLine[];
  /** The lines that stayed stand in another order. */
  isReordered: boolean;
  isRenamed: boolean;
}

/** @param before the board before the change; undefined: there was none */
export function differenceOf(before: Board | undefined, after: Board): Difference {
  const old = new Map(before?.calls.map((call) => [call.id, call]));
  const ids = new Set(after.calls.map(({ id }) => id));
  const lines = after.calls.flatMap((call): ChangedLine[] => {
    const was = old.get(call.id);
    if (was === undefined) return [{ call, kind: 'added' }];
    const kind = changedParts(was, call);
    return kind.length === 0 ? [] : [{ call, kind, before: was }];
  });
  const gone = [...old.values()].filter(({ id }) => !ids.has(id));
  const kept = after.calls.flatMap(({ id }) => (old.has(id) ? id : []));
  const order = [...old.keys()].filter((id) => ids.has(id));
  return {
    lines: [...lines, ...gone.map((call): ChangedLine => ({ call, kind: 'removed' }))],
    isReordered: kept.some((id, index) => id !== order[index]),
    isRenamed: before !== undefined && before.description !== after.description,
  };
}

function changedParts(was: BoardCall, is: BoardCall): ChangedPart[] {
  const asked = ({ id: _, run: __, note: ___, ...rest }: BoardCall) =>
    JSON.stringify(Object.entries(rest).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  return [
    ...(was.run === is.run ? [] : [is.run ? ('on' as const) : ('off' as const)]),
    ...(was.note === is.note ? [] : ['note' as const]),
    ...(asked(was) === asked(is) ? [] : ['call' as const]),
  ];
}
