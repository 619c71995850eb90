/** What is asked when it is shown, and again when somebody has done something: no more often. */

import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { answered, Refusal } from '../api/client.ts';
import { language } from '../text/languages.ts';
import type { Asked, Live } from './use-live.ts';

export interface AskedOnce<T> {
  answer: ReadonlySignal<Live<T>>;
  /** Asks anew; what is known stays until then. */
  again(): void;
}

const againMs = 3_000;

/** @param key as of `useLive` */
export function useAsked<T>(key: string, ask: (signal: AbortSignal) => Asked<T>): AskedOnce<T> {
  const answer = useSignal<Live<T>>({ data: undefined, refusal: undefined });
  const round = useSignal(0);
  const again = () => {
    round.value += 1;
  };
  useEffect(() => {
    answer.value = { data: undefined, refusal: undefined };
  }, [key]);
  useEffect(() => {
    const ended = new AbortController();
    let timer: number | undefined;
    answered(ask(ended.signal)).then(
      (data) => {
        if (!ended.signal.aborted) answer.value = { data, refusal: undefined };
      },
      (error: unknown) => {
        if (ended.signal.aborted) return;
        if (error instanceof Refusal) answer.value = { data: undefined, refusal: error };
        // Nobody answers: the long poll of all views says so meanwhile.
        else timer = window.setTimeout(again, againMs);
      },
    );
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [key, language.value, round.value]);
  return { answer, again };
}
