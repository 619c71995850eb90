/** Why a run stops before its stages are done; the reason of the abort says what to write. */

/** Somebody asked for it: what runs becomes `cancelled`, and so does what has not begun. */
export class CancelRequestedError extends Error {
  constructor(by: string) {
    super(`Cancelled by ${by}`);
    this.name = 'CancelRequestedError';
  }
}

/** This worker leaves; another one, or this one restarted, goes on with the run. */
export class WorkerStoppingError extends Error {
  constructor() {
    super('The worker is stopping');
    this.name = 'WorkerStoppingError';
  }
}

/** The time slice is over: what has not begun is left to the next call. */
export class SliceOverError extends Error {
  constructor() {
    super('The time slice is over');
    this.name = 'SliceOverError';
  }
}
