import type { Facts } from '../../shared/board/overview/facts.ts';
import { visibleTo } from '../../shared/board/overview/visible.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { mayTouch } from '../../shared/http/callers.ts';

/** The facts of the overview that a caller may see. */
export function seenBy(facts: Facts, caller: Caller): Facts {
  if (caller.codes.includes('*')) return facts;
  return visibleTo(facts, (codes) => mayTouch(caller, codes));
}
