/** Data of a view: asked for when it is shown, and again whenever something has changed. */

import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type Refusal, refusalOf } from '../api/client.ts';
import { token } from '../session/session.ts';
import { language } from '../text/languages.ts';
import { connection } from './connection.ts';
import { changes } from './overview.ts';

export interface Live<T> {
  /** The newest that is known; undefined until the first answer. */
  data: T | undefined;
  /** Why there is none, or no newer one. */
  refusal: Refusal | undefined;
}

/** What the API answers with: `api.GET('/runs', …)`. */
export type Asked<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

export interface Pace<T> {
  /** For so long it is not asked again, however much changes: what costs the app more is asked seldom. */
  pauseMs?(data: T | undefined): number;
  /** So often it is asked by itself: what the overview does not tell of. A 304 where nothing has changed. */
  everyMs?: number;
}

/**
 * @param ask what is asked, with headers (`If-None-Match` of the answer before) and a signal that
 * ends with the view
 * @param key of what is asked: another one begins anew; in another language it is asked again, and what
 * was known stays until then, with whatever somebody is typing in it
 */
export function useLive<T>(
  key: string,
  ask: (how: { headers: Record<string, string>; signal: AbortSignal }) => Asked<T>,
  pace?: Pace<T>,
): ReadonlySignal<Live<T>> {
  const live = useSignal<Live<T>>({ data: undefined, refusal: undefined });
  useEffect(() => {
    live.value = { data: undefined, refusal: undefined };
  }, [key]);
  useEffect(() => {
    const ended = new AbortController();
    let etag: string | undefined;
    let isAsking = false;
    let isStale = false;
    let notBefore = 0;
    let timer: number | undefined;
    const look = async () => {
      // What was asked wrong is wrong whatever changes.
      if (live.peek().refusal?.status === 400) return;
      if (token.value === undefined || document.hidden) return;
      // One at a time: what changes meanwhile is asked for once more.
      if (isAsking) {
        isStale = true;
        return;
      }
      const early = notBefore - performance.now();
      if (early > 0) {
        clearTimeout(timer);
        timer = window.setTimeout(() => void look(), early);
        return;
      }
      isAsking = true;
      const headers: Record<string, string> = etag === undefined ? {} : { 'if-none-match': etag };
      try {
        const { data, error, response } = await ask({ headers, signal: ended.signal });
        if (ended.signal.aborted) return;
        if (response.ok) {
          etag = response.headers.get('etag') ?? undefined;
          live.value = { data, refusal: undefined };
        } else if (response.status !== 304) {
          const refusal = refusalOf(response, error);
          live.value = { data: live.value.data, refusal };
          if (refusal.retryAfterMs > 0) isStale = true;
        }
      } catch {
        // Nobody answers: the long poll says so, and everything is asked for when it is heard.
        isStale = !ended.signal.aborted && connection.value === 'heard';
      } finally {
        isAsking = false;
        const { data, refusal } = live.peek();
        const paceMs = Math.max(pace?.pauseMs?.(data) ?? 0, refusal?.retryAfterMs ?? 0);
        notBefore = performance.now() + paceMs;
        if (isStale) {
          isStale = false;
          void look();
        }
      }
    };
    const unsubscribe = [changes, connection].map((one) => one.subscribe(() => void look()));
    const turns =
      pace?.everyMs === undefined
        ? undefined
        : window.setInterval(() => {
            if (!isAsking && connection.value === 'heard') void look();
          }, pace.everyMs);
    return () => {
      ended.abort();
      clearTimeout(timer);
      clearInterval(turns);
      for (const end of unsubscribe) end();
    };
  }, [key, language.value]);
  return live;
}
