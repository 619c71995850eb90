/**
 * What all views live by: one request that the app holds until something has changed. Who shows
 * more asks for it when `changes` has moved.
 */

import { signal } from '@preact/signals';
import { answered, api, Refusal } from '../api/client.ts';
import type { Overview } from '../api/schema.d.ts';
import { me, signOut, token } from '../session/session.ts';
import { timeNow } from './clock.ts';
import { connection, nextTry, turnedAway } from './connection.ts';

/** As of now, or as it was when the app was heard last; undefined until the first answer. */
export const overview = signal<Overview | undefined>(undefined);

/** Counts what has changed: whatever else is shown of the app may be another now. */
export const changes = signal(0);

const holdSeconds = 25;
/** Longer than the app holds an answer, so that one that never comes is noticed. */
const deadlineMs = 40_000;
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** However often something changes, nobody reads faster. */
const shortestTurnMs = 300;

/** Why a turn ends that was held for longer than the app does. */
const overdue = new DOMException('the app holds no answer for so long', 'TimeoutError');

let etag: string | undefined;
let turn = new AbortController();

/** Asks anew at once: after something was done, what it has changed is to be seen. */
export function lookNow(): void {
  etag = undefined;
  turn.abort();
}

/** Runs for as long as the page does; sleeps while nobody is signed in or looks. */
export async function follow(): Promise<never> {
  let failures = 0;
  for (;;) {
    await awake();
    turn = new AbortController();
    const { signal } = turn;
    const begun = performance.now();
    // No `AbortSignal.timeout`: each would keep its answer until it is over.
    const deadline = setTimeout(() => turn.abort(overdue), deadlineMs);
    try {
      if (me.value === undefined) me.value = await answered(api.GET('/me', { signal }));
      await look(signal);
      failures = 0;
      connection.value = 'heard';
      nextTry.value = undefined;
      await pause(shortestTurnMs - (performance.now() - begun));
    } catch (error) {
      if (signal.aborted && signal.reason !== overdue) continue;
      // A token that is not known ends the session, and so does one that may not look.
      if (error instanceof Refusal && error.status === 401) continue;
      if (error instanceof Refusal && error.status === 403) {
        signOut('may not read');
        continue;
      }
      failures += 1;
      connection.value = 'lost';
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
      const isTold = error instanceof Refusal;
      turnedAway.value = isTold ? error.message : undefined;
      const spread = pauseMs * (0.75 + Math.random() / 2) + (isTold ? error.retryAfterMs : 0);
      nextTry.value = timeNow() + spread;
      turn = new AbortController();
      await pause(spread);
    } finally {
      clearTimeout(deadline);
    }
  }
}

async function look(signal: AbortSignal): Promise<void> {
  const known = overview.value !== undefined && etag !== undefined;
  const asked = await api.GET('/overview', {
    params: { query: { progress: 'true', ...(known && { wait: String(holdSeconds) }) } },
    headers: known ? { 'if-none-match': etag } : {},
    signal,
  });
  if (asked.response.status === 304) return;
  overview.value = await answered(Promise.resolve(asked));
  etag = asked.response.headers.get('etag') ?? undefined;
  changes.value += 1;
}

/** Resolves when somebody is signed in and looks at the page. */
async function awake(): Promise<void> {
  while (token.value === undefined || document.hidden) await woken(undefined);
}

function pause(milliseconds: number): Promise<void> {
  return milliseconds <= 0 ? Promise.resolve() : woken(milliseconds);
}

/** After the time, or earlier: the tab is shown or hidden, the network is back, somebody signs in. */
function woken(milliseconds: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    const ended = new AbortController();
    const wake = () => {
      ended.abort();
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = milliseconds === undefined ? undefined : setTimeout(wake, milliseconds);
    document.addEventListener('visibilitychange', wake, { signal: ended.signal });
    window.addEventListener('online', wake, { signal: ended.signal });
    turn.signal.addEventListener('abort', wake, { signal: ended.signal });
    const before = token.value;
    const unsubscribe = token.subscribe((value) => {
      if (value !== before) queueMicrotask(wake);
    });
  });
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) turn.abort();
});
token.subscribe(() => {
  overview.value = undefined;
  etag = undefined;
  connection.value = 'starting';
  turn.abort();
});
