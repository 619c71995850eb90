/** What somebody does: one at a time by each button, with its end told in words. */

import { useSignal } from '@preact/signals';
import { Refusal } from '../api/client.ts';
import { announce } from '../shell/announce.ts';
import { say } from '../text/say.ts';
import { lookNow } from './overview.ts';

export interface Action {
  isBusy: boolean;
  /** Why it was not done, in words; undefined once it is tried again. */
  refusal: string | undefined;
  /** Does it, unless it is being done. */
  run(): void;
  /** What it was done with is another by now: why it was not done is no longer so. */
  forget(): void;
}

/**
 * @param done is told to whoever listens (a screen reader), and shown by the views once they see it
 */
export function useAction(act: () => Promise<unknown>, done?: () => string): Action {
  const isBusy = useSignal(false);
  const refusal = useSignal<string | undefined>(undefined);
  const run = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    refusal.value = undefined;
    try {
      await act();
      lookNow();
      if (done !== undefined) announce(done());
    } catch (error) {
      refusal.value = reasonOf(error);
      announce(refusal.value);
    } finally {
      isBusy.value = false;
    }
  };
  const forget = () => {
    refusal.value = undefined;
  };
  return { isBusy: isBusy.value, refusal: refusal.value, run: () => void run(), forget };
}

/** In the app's own words, or that nobody answers; what else goes wrong is the page's own fault. */
export function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  // What `fetch` throws where nobody answers, or an answer breaks off.
  const isUnheard = error instanceof TypeError || error instanceof DOMException;
  return isUnheard ? say('shell.unheard') : say('shell.brokenMore', { message: String(error) });
}
