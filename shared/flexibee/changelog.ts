/** Turning a company's changelog on and off from here, and whether it is on. */

import type { FollowContext } from './context.ts';
import { type Cursor, owing } from './cursor.ts';
import { FlexibeeError } from './errors.ts';
import { acquireWithin } from './follow.ts';

/** The changelog at the company's server. Calls throw FlexibeeError, or the reason of the signal. */
export interface ChangelogControl {
  status(signal: AbortSignal): Promise<boolean>;
  enable(signal: AbortSignal): Promise<void>;
  disable(signal: AbortSignal): Promise<void>;
}

/**
 * Turns it on or off under the company's lock. What is written while it is off is in no list, and
 * it may be on again before anybody polls: so the cursor is told before. It is told otherwise only
 * where the server refused; whoever gave no answer may carry out later what it was told.
 *
 * @returns false while somebody else is at work on the company
 * @throws FlexibeeError, LeaseLostError, storage's errors, or the reason of `signal`
 */
export async function turnChangelog(
  to: 'on' | 'off',
  { company, cursors, now }: Pick<FollowContext, 'company' | 'cursors' | 'now'>,
  control: ChangelogControl,
  options: { waitForLockMs: number },
  signal: AbortSignal,
): Promise<boolean> {
  const held = await acquireWithin(cursors, company.code, options.waitForLockMs, signal);
  if (held === undefined) return false;
  try {
    const abort = AbortSignal.any([signal, held.lost]);
    const before = held.value;
    const stays = to === 'on' && (await isKnownOn(control, abort));
    // Of a company that was never polled everything is to be loaded anyway.
    if (before !== undefined && !stays) {
      const fault = `the changelog was turned ${to} here`;
      const since = now().toISOString();
      await held.replace(owing(before, { why: 'changelog off', since, fault }), abort);
    }
    try {
      await (to === 'on' ? control.enable(abort) : control.disable(abort));
    } catch (error) {
      if (before !== undefined && !stays && isRefusal(error)) await held.replace(before, abort);
      throw error;
    }
    return true;
  } finally {
    await held.release();
  }
}

/**
 * Somebody saw that it is off: until the next poll it may be on again, and nobody would know.
 *
 * @returns false while somebody else is at work on the company
 * @throws LeaseLostError, storage's errors, or the reason of `signal`
 */
export async function noteOff(
  { company, cursors, now }: Pick<FollowContext, 'company' | 'cursors' | 'now'>,
  options: { waitForLockMs: number },
  signal: AbortSignal,
): Promise<boolean> {
  const isKnown = (cursor: Cursor | undefined) => cursor === undefined || cursor.due.reload;
  // Looking is free to everybody, and mostly it is known.
  if (isKnown(await cursors.read(company.code, signal))) return true;
  const held = await acquireWithin(cursors, company.code, options.waitForLockMs, signal);
  if (held === undefined) return false;
  try {
    if (held.value === undefined) return true;
    const fault = 'the changelog was off when somebody asked';
    const since = now().toISOString();
    const owed = owing(held.value, { why: 'changelog off', since, fault });
    if (owed !== held.value) await held.replace(owed, AbortSignal.any([signal, held.lost]));
    return true;
  } finally {
    await held.release();
  }
}

async function isKnownOn(control: ChangelogControl, signal: AbortSignal): Promise<boolean> {
  try {
    return await control.status(signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FlexibeeError) return false;
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof FlexibeeError)) return false;
  const { kind, status = 0 } = error;
  return kind === 'company in use' || (status >= 400 && status < 500);
}

/** How long one answer is good for, in milliseconds. */
const goodForMs = 5 * 60_000;

/** Whether the changelogs of companies are on, asked seldom: an idle poll costs one request. */
export class ChangelogWatch {
  /** Monotonic. */
  readonly #seenOnAt = new Map<string, number>();

  async isOn(
    code: string,
    control: Pick<ChangelogControl, 'status'>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const seenAt = this.#seenOnAt.get(code);
    if (seenAt !== undefined && performance.now() - seenAt < goodForMs) return true;
    const isOn = await control.status(signal);
    if (isOn) this.#seenOnAt.set(code, performance.now());
    else this.#seenOnAt.delete(code);
    return isOn;
  }
}
