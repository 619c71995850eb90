/** A run that is asked for with an `Idempotency-Key` is started once, however often it is asked for. */

import { keyOf } from '../../shared/http/caller.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import {
  digestOf,
  type FoundKey,
  type HeldKey,
  type KeptAnswer,
  KeyUnreadableError,
  keyName,
} from '../../shared/idempotency/idempotency-keys.ts';
import { newRunId, timeOfRun } from '../../shared/sync/run-id.ts';
import type { ChangeCall } from '../changes.ts';
import { keyHeader } from '../shapes/idempotency-key.ts';

/** What tells one request from another that has the same key. */
export interface Keyed {
  key: string;
  /** The route, and everything that was asked for; never a token. */
  asked: unknown;
}

/** What came of a request: the same for whoever sends it again. */
export interface Outcome<T> {
  value: T;
  isReplayed: boolean;
}

/** How an outcome is kept as JSON, and found again. */
export interface Keeping<T extends KeptAnswer> {
  /** Starts the run under this id; throws `HttpProblem` where nothing was started. */
  start(id: string): Promise<T>;
  /** What was answered, or would have been, where the run with this id is there. */
  startedBefore(id: string): Promise<T | undefined>;
  parse(answer: KeptAnswer): T;
}

/** The answer was given; that it is kept is not waited for longer. */
const keepMs = 5_000;

/** Milliseconds. No call lasts as long: whoever reserved a key before cannot be at it any more. */
const longestCallMs = 60_000;

/**
 * An id tells when its run was asked for, to within half an hour (`run-index-document.ts`): an older
 * one is not used any more. Nobody can be at it after so long, either.
 */
const idLifeMs = 600_000;

/**
 * @throws HttpProblem 409 while the first request is being answered, 422 where it was another one,
 *   what `start` throws, or storage's error
 */
export async function once<T extends KeptAnswer>(
  call: ChangeCall,
  { key, asked }: Keyed,
  keeping: Keeping<T>,
): Promise<Outcome<T>> {
  const { app, caller, signal } = call;
  const keys = await app.keys(signal);
  const name = keyName(keyOf(caller), key);
  const digest = digestOf(asked);
  for (;;) {
    const anew = { digest, run: newRunId(app.now()) };
    const found = await keys.reserve(name, anew, signal).catch(refuseUnreadable);
    const known = found.isOwn ? undefined : await outcomeOf(found, digest, keeping);
    if (known !== undefined) return { value: known, isReplayed: true };
    const { record, isOwn } = found;
    const isOurs = record.digest === digest && isFresh(record.run, app.now());
    const held = isOwn ? found : await keys.takeOver(found, isOurs ? undefined : anew, signal);
    const outcome = held && (await startOwn(call, held, keeping));
    if (outcome !== undefined) return outcome;
  }
}

/** What came of somebody else's record; undefined where it may be taken over. */
async function outcomeOf<T extends KeptAnswer>(
  { record, ageMs }: Extract<FoundKey, { isOwn: false }>,
  digest: string,
  keeping: Keeping<T>,
): Promise<T | undefined> {
  if (record.released) return undefined;
  if (record.digest !== digest) throw reused();
  if (record.answer !== undefined) return keeping.parse(record.answer);
  const before = await keeping.startedBefore(record.run);
  if (before === undefined && ageMs <= longestCallMs) throw inUse(ageMs);
  return before;
}

function isFresh(run: string, now: Date): boolean {
  return now.getTime() - (timeOfRun(run)?.getTime() ?? 0) < idLifeMs;
}

/** @returns undefined where somebody else has the key by now: its answer is what counts */
async function startOwn<T extends KeptAnswer>(
  { app, context, signal }: ChangeCall,
  held: HeldKey,
  keeping: Keeping<T>,
): Promise<Outcome<T> | undefined> {
  const keys = await app.keys(signal);
  let value: T;
  try {
    value = await keeping.start(held.record.run);
  } catch (error) {
    if (error instanceof HttpProblem && error.status < 500) {
      // A refusal is not kept. Where that cannot be written down the next try waits for a minute.
      const isOurs = await keys.release(held, AbortSignal.timeout(keepMs)).catch(() => true);
      if (isOurs) throw error;
      return undefined;
    }
    // Once its document is there, what becomes of a run is in it, whoever wrote it.
    const before = await keeping.startedBefore(held.record.run).catch(() => undefined);
    if (before === undefined) throw error;
    value = before;
  }
  await keys.keep(held, value, AbortSignal.timeout(keepMs)).catch((error: unknown) => {
    // Whoever comes again finds the run.
    context.warn(`The answer to a request with a key could not be kept: ${String(error)}`);
  });
  return { value, isReplayed: false };
}

function reused(): HttpProblem {
  const message = `The ${keyHeader} was sent with another request before: use a new one.`;
  const allowed = 'a key of its own for each request, for 24 hours';
  return new HttpProblem('key-reused', message, {
    errors: [{ field: keyHeader, message, allowed }],
  });
}

/** To be waited for as long as it has lasted: most are answered at once, and none after a minute. */
function inUse(ageMs: number): HttpProblem {
  const message = `The request with this ${keyHeader} is still being answered, try again later.`;
  const leftMs = Math.min(longestCallMs - ageMs, ageMs);
  const seconds = Math.max(1, Math.ceil(leftMs / 1_000));
  return new HttpProblem('key-in-use', message, { headers: { 'retry-after': String(seconds) } });
}

function refuseUnreadable(error: unknown): never {
  if (!(error instanceof KeyUnreadableError)) throw error;
  const message = `What came of the request with this ${keyHeader} cannot be told: look at /runs, and use a new key.`;
  throw new HttpProblem('key-in-use', message, { cause: error });
}
