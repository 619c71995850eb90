/** Somebody who asks for runs that wait, each by a key of its own until somebody has answered. */

import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from 'stand-in-kit/testing/patience';
import type { Fleet } from '../fleet.ts';
import { entity } from './catalog.ts';

/** The app itself answers within 30 s. */
const answerMs = 35_000;

export interface Asked {
  codes: readonly string[];
  /** When somebody said yes, by this machine's clock. */
  answeredAt: number;
  id: string;
}

/** Asks one worker after another until it is accepted. @throws Error for any other refusal */
export async function ask(
  fleet: Fleet,
  codes: readonly string[],
  key: string,
  signal: AbortSignal,
): Promise<Asked> {
  for (let turn = 0; ; turn += 1) {
    signal.throwIfAborted();
    const serving = fleet.serving;
    const worker = serving[(turn + key.length) % serving.length];
    const id = worker && (await post(worker.url, codes, key, signal));
    if (id !== undefined) return { codes, answeredAt: Date.now(), id };
    await sleep(200, undefined, { signal });
  }
}

/** @returns undefined where it is to be asked again */
async function post(
  url: string,
  codes: readonly string[],
  key: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/entity_sync`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({
        ...{ token: 'demo-token', user: key, code: codes, name: entity, whenBusy: 'wait' },
      }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(scaled(answerMs))]),
    });
    const text = await response.text();
    if (response.status === 202) return String(JSON.parse(text).id);
    const isAgain = response.status === 503 || /key-in-use/.test(text);
    if (!isAgain) throw new Error(`A POST that waits got ${response.status} ${text}`);
  } catch (error) {
    signal.throwIfAborted();
    // The worker was killed.
    if (!(error instanceof TypeError) && (error as Error).name !== 'TimeoutError') throw error;
  }
  return undefined;
}
