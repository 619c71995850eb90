/** The catalogue's time limit of a procedure. */

/** It is over. */
export class StageTimeoutError extends Error {
  constructor(seconds: number) {
    super(`timed out after ${seconds} s`);
    this.name = 'StageTimeoutError';
  }
}

export interface TimeLimit {
  /** Aborted with a StageTimeoutError. */
  signal: AbortSignal;
  start(): void;
  clear(): void;
}

/** Starts when the procedure does: waiting for the server's turn does not count. */
export function timeLimit({ timeoutSeconds }: { timeoutSeconds?: number | undefined }): TimeLimit {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: controller.signal,
    start() {
      if (timeoutSeconds === undefined) return;
      timer = setTimeout(
        () => controller.abort(new StageTimeoutError(timeoutSeconds)),
        timeoutSeconds * 1000,
      );
    },
    clear() {
      clearTimeout(timer);
    },
  };
}
