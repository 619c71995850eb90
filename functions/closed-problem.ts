import { type Closure, closureText } from '../shared/closures/closures.ts';
import { HttpProblem } from '../shared/http/problem.ts';

/** What is asked for is closed for now; at its end it is worth another try. */
export function closed(closure: Closure, now: Date): HttpProblem {
  const seconds = Math.max(1, Math.ceil((Date.parse(closure.until) - now.getTime()) / 1_000));
  const { id, server, company, until, reason } = closure;
  const servers = server === undefined ? {} : { servers: [server] };
  return new HttpProblem('closed', `${closureText(closure)}`, {
    headers: { 'retry-after': String(seconds) },
    members: { closure: id, until, reason, ...servers, ...(company !== undefined && { company }) },
  });
}
