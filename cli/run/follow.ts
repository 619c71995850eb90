/** What becomes of a run, as it happens: each new state of it once, until it has ended. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { runProgressSchema } from '../../functions/shapes/run-views.ts';
import { finalStates } from '../../shared/sync/run.ts';
import type { Client } from '../client.ts';
import { CliError, exitCodes } from '../exit-codes.ts';

export type Progress = z.infer<typeof runProgressSchema>;

export interface Seen {
  progress: Progress;
  /** By how much the app's clock is ahead of this machine's, in milliseconds. */
  aheadMs: number;
}

/** For how long the app holds an answer that we have. */
const wait = '25';
/** Where something on the way does not hold it. */
const leastMs = 500;
/** An app that is started anew, or a network that comes back, has answered by then. */
const patienceMs = 300_000;
const longestPauseMs = 10_000;
/** Of `Date`, which has whole seconds. */
const noticeableMs = 2_000;

/**
 * @param onSilence hears that nobody answers, once for each time
 * @param pause ends after so many milliseconds
 * @throws CliError for a run that there is not, or where nobody answers for five minutes; at first
 *   at once
 */
export async function* follow(
  client: Client,
  id: string,
  signal: AbortSignal,
  onSilence: (error: CliError) => void,
  pause: (ms: number) => Promise<unknown> = (ms) => sleep(ms, undefined, { signal }),
): AsyncGenerator<Seen, void, undefined> {
  let etag: string | undefined;
  let silentSince: number | undefined;
  let pauseMs = leastMs;
  for (;;) {
    const began = performance.now();
    let answer: { response: Response; progress: Progress | undefined };
    try {
      answer = await look(client, id, etag);
      silentSince = undefined;
      pauseMs = leastMs;
    } catch (error) {
      const isSilence = error instanceof CliError && error.exitCode === exitCodes.unreachable;
      if (!isSilence || etag === undefined) throw error;
      if (silentSince === undefined) onSilence(error);
      silentSince ??= began;
      if (began - silentSince > patienceMs) throw error;
      await pause(pauseMs);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      continue;
    }
    const { response, progress } = answer;
    if (progress !== undefined) {
      etag = response.headers.get('etag') ?? '';
      yield { progress, aheadMs: aheadOf(response) };
      if (finalStates.includes(progress.state)) return;
    }
    const tookMs = performance.now() - began;
    if (tookMs < leastMs) await pause(leastMs - tookMs);
  }
}

async function look(client: Client, id: string, etag: string | undefined) {
  const isKnown = etag !== undefined && etag !== '';
  const response = await client.exchange('GET', `runs/${encodeURIComponent(id)}`, {
    query: { view: 'progress', ...(isKnown && { wait }) },
    ...(isKnown && { headers: { 'if-none-match': etag } }),
  });
  if (response.status === 304) return { response, progress: undefined };
  return {
    response,
    progress: client.understood(runProgressSchema, await client.jsonOf(response)),
  };
}

function aheadOf(response: Response): number {
  const date = Date.parse(response.headers.get('date') ?? '');
  const ahead = date - Date.now();
  return Math.abs(ahead) > noticeableMs ? ahead : 0;
}
