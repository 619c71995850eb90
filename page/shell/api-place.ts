/** Where the page shows what a path of the API is about. */

import { hrefOf } from './router.ts';

/** @param path as the app says it: `/runs/x`, `/schedules/night/times`. Undefined: nowhere */
export function placeOfPath(path: string): string | undefined {
  const [, first = '', second] = path.split('/').map(decodeURIComponent);
  if (first === 'runs') return hrefOf('runs', second === undefined ? [] : [second]);
  if (first === 'flexibee') return hrefOf('companies', second === undefined ? [] : [second]);
  if (first === 'schedules') return hrefOf('board', [], { schedule: second });
  if (first === 'boards') return hrefOf('board', [], { board: second });
  if (first === 'ages') return hrefOf('board');
  return undefined;
}
