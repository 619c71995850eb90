/** What starts something is started once, however often it is sent: the app knows it by a key. */

import { useMemo, useRef } from 'preact/hooks';

/** Starts something under a key; once it has, the next one is another. */
export type Once = <T>(start: (key: string) => Promise<T>) => Promise<T>;

/**
 * The key lives as long as the dialog or the button: where an answer was lost, whoever sends it
 * again is told what came of the first.
 */
export function useOnce(): Once {
  const key = useRef('');
  return useMemo(
    () => async (start) => {
      key.current ||= newKey();
      const answer = await start(key.current);
      key.current = '';
      return answer;
    },
    [],
  );
}

/** There is no `randomUUID` where the page comes over plain HTTP. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
