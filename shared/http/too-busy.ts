import { HttpProblem } from './problem.ts';

/** A request that could not be begun in time: nothing of it was done. */
export function tooBusy(cause?: unknown): HttpProblem {
  const text = 'The worker has too much to do to begin this request, try again later.';
  return new HttpProblem('unavailable', text, { headers: { 'retry-after': '10' }, cause });
}
