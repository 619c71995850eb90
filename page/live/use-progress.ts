/** How far a run is: what was started here, until it has ended. */

import { api } from '../api/client.ts';
import type { RunProgress } from '../api/schema.d.ts';
import { useEnding } from './use-ending.ts';
import { useLive } from './use-live.ts';

/** Its end is told to whoever listens. @returns undefined until it is known */
export function useProgress(id: string): RunProgress | undefined {
  const live = useLive(`progress ${id}`, (how) =>
    api.GET('/runs/{id}', { params: { path: { id }, query: { view: 'progress' } }, ...how }),
  );
  // Asked for by `view`.
  const progress = live.value.data as RunProgress | undefined;
  useEnding(progress?.state);
  return progress;
}
