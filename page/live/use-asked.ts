/** What is asked when it is shown, and again when somebody has done something: no more often. */

import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { answered, Refusal } from '../api/client.ts';
import type { Asked, Live } from './use-live.ts';

export interface AskedOnce<T> {
  answer: ReadonlySignal<Live<T>>;
  /** Asks anew; what is known stays until then. */
  again(): void;
}

/** @param key of what is asked: another one begins anew */
export function useAsked<T>(key: string, ask: (signal: AbortSignal) => Asked<T>): AskedOnce<T> {
  const answer = useSignal<Live<T>>({ data: undefined, refusal: undefined });
  const round = useSignal(0);
  useEffect(() => {
    answer.value = { data: undefined, refusal: undefined };
  }, [key]);
  useEffect(() => {
    const ended = new AbortController();
    answered(ask(ended.signal)).then(
      (data) => {
        if (!ended.signal.aborted) answer.value = { data, refusal: undefined };
      },
      (error: unknown) => {
        if (ended.signal.aborted || !(error instanceof Refusal)) return;
        answer.value = { data: undefined, refusal: error };
      },
    );
    return () => ended.abort();
  }, [key, round.value]);
  return {
    answer,
    again() {
      round.value += 1;
    },
  };
}
