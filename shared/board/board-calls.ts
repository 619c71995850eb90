/** What a board means by a catalogue: its calls with entities and months, or what is wrong. */

import type { FieldError } from '../faults/field-error.ts';
import { askedCall, type CallCatalog } from '../sync/asked-call.ts';
import type { Call } from '../sync/call.ts';
import type { PeriodLimits } from '../sync/period.ts';
import { askedOf, type Board } from './board.ts';

/**
 * Whatever the catalogue no longer has, or has otherwise, switched on or not.
 *
 * @param limits which months there are
 */
export function boardFaults(
  { calls }: Board,
  catalog: CallCatalog,
  limits: PeriodLimits,
): FieldError[] {
  return calls.flatMap((call, index) => {
    const checked = askedCall(askedOf(call), `calls[${index}]`, catalog, limits);
    return 'errors' in checked ? checked.errors : [];
  });
}

/**
 * The calls that are switched on, in the board's order; or what is wrong with any of them. Those
 * that are off do no harm.
 *
 * @param limits of the moment at which the board is started: relative months count from its last
 */
export function callsOn(
  { calls }: Board,
  catalog: CallCatalog,
  limits: PeriodLimits,
): { calls: Call[] } | { errors: FieldError[] } {
  const asked = calls.flatMap((call, index) =>
    call.run ? [askedCall(askedOf(call), `calls[${index}]`, catalog, limits)] : [],
  );
  const errors = asked.flatMap((one) => ('errors' in one ? one.errors : []));
  if (errors.length > 0) return { errors };
  return { calls: asked.flatMap((one) => ('call' in one ? [one.call] : [])) };
}
