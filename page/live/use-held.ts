/**
 * What the overview does not tell: one thing that a view is about, by a request of its own that the
 * app holds until it has changed.
 */

import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { refusalOf } from '../api/client.ts';
import { language } from '../text/languages.ts';
import { connection } from './connection.ts';
import { pause } from './pause.ts';
import type { Asked, Live } from './use-live.ts';

const holdSeconds = '25';
/** Longer than the app holds an answer. */
const deadlineMs = 40_000;
/** However often it changes, nobody reads faster. */
const shortestTurnMs = 300;
const pauseMs = 5_000;

export interface Held {
  headers: Record<string, string>;
  /** Of the query: absent until something is known. */
  wait: { wait?: string };
  signal: AbortSignal;
}

/** @param key as of `useLive` */
export function useHeld<T>(key: string, ask: (how: Held) => Asked<T>): ReadonlySignal<Live<T>> {
  const live = useSignal<Live<T>>({ data: undefined, refusal: undefined });
  useEffect(() => {
    live.value = { data: undefined, refusal: undefined };
  }, [key]);
  useEffect(() => {
    const ended = new AbortController();
    void (async () => {
      let etag: string | undefined;
      while (!ended.signal.aborted) {
        await shown(ended.signal);
        const begun = performance.now();
        try {
          const { data, error, response } = await ask({
            headers: etag === undefined ? {} : { 'if-none-match': etag },
            wait: etag === undefined ? {} : { wait: holdSeconds },
            signal: AbortSignal.any([ended.signal, AbortSignal.timeout(deadlineMs)]),
          });
          if (ended.signal.aborted) return;
          if (response.ok) {
            etag = response.headers.get('etag') ?? undefined;
            live.value = { data, refusal: undefined };
          } else if (response.status !== 304) {
            const refusal = refusalOf(response, error);
            live.value = { data: live.value.data, refusal };
            await pause(Math.max(pauseMs, refusal.retryAfterMs), ended.signal);
          }
        } catch {
          // Nobody answers: the long poll of all views says so.
          await pause(connection.value === 'heard' ? shortestTurnMs : pauseMs, ended.signal);
        }
        await pause(shortestTurnMs - (performance.now() - begun), ended.signal);
      }
    })();
    return () => ended.abort();
  }, [key, language.value]);
  return live;
}

/** Resolves when somebody looks at the page, or nobody will. */
function shown(ended: AbortSignal): Promise<void> {
  if (!document.hidden || ended.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = new AbortController();
    const wake = () => {
      if (document.hidden && !ended.aborted) return;
      done.abort();
      resolve();
    };
    document.addEventListener('visibilitychange', wake, { signal: done.signal });
    ended.addEventListener('abort', wake, { signal: done.signal });
  });
}
