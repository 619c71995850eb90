/** When hooks are called; tests bring a clock of their own. */

export interface HookTimings {
  /** From a change to the call, so that changes of one import go together. */
  delayMilliseconds: number;
  /** Waiting after the first failure; it doubles with each further one. */
  penaltyMilliseconds: number;
  /** The wait grows no further than this. */
  longestPenaltyMilliseconds: number;
  /** FlexiBee counts a call as failed that is not answered in 30 s. */
  timeoutMilliseconds: number;
}

/** FlexiBee tells "a few seconds" and "growing intervals"; these figures are ours. */
export const defaultTimings: HookTimings = {
  delayMilliseconds: 300,
  penaltyMilliseconds: 15_000,
  longestPenaltyMilliseconds: 3_600_000,
  timeoutMilliseconds: 30_000,
};

export function penaltyWait(penalty: number, timings: HookTimings): number {
  const wait = timings.penaltyMilliseconds * 2 ** (penalty - 1);
  return Math.min(wait, timings.longestPenaltyMilliseconds);
}

export interface Timer {
  /** @returns cancels it */
  after(milliseconds: number, run: () => void): () => void;
}

export const systemTimer: Timer = {
  after(milliseconds, run) {
    const timeout = setTimeout(run, milliseconds);
    return () => clearTimeout(timeout);
  },
};
