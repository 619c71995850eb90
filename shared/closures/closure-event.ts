/** That something is closed for now, for whoever should hear of it. */

import type { NewEvent } from '../events/event.ts';
import type { Closure } from './closures.ts';

/** The reason is the closure's own words. */
export function closureEvent(closure: Closure): NewEvent {
  const { id, at, server, company, until, reason, user } = closure;
  return {
    ...{ kind: 'closure.begins', cause: id, causedAt: new Date(at), until, reason, user },
    ...(server !== undefined && { server }),
    ...(company !== undefined && { codes: [company] }),
  };
}
