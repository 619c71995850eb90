/**
 * Questions to one database, in the order in which they come: as many in one request as take a
 * second together. How long one takes shows with the first ones, which go out one by one, three at
 * a time: so nobody waits longer for an answer than by himself, on a base where each takes 15 s
 * (the original's log), and on one where each takes a millisecond all are one request.
 */

import { DatabaseError, toDatabaseError } from '../database/database-error.ts';
import type { Databases } from '../database/databases.ts';
import { type Answered, mostParameters, oneBatch, type Question } from '../database/questions.ts';

/** Requests to a database at a time: few enough to leave procedures their connections. */
const atOnce = 3;

/** What one request may take as far as that can be told. */
const requestMs = 1_000;

/** An operator can do without an answer; the run must not wait for it longer than this. */
const deadlineMs = 30_000;

interface Asked {
  question: Question;
  signal: AbortSignal;
  isLeft(): boolean;
  resolve(answer: { value: unknown } | undefined): void;
  reject(error: unknown): void;
}

export class Questions {
  readonly #databases: Databases;
  readonly #database: string;
  #waiting: Asked[] = [];
  #running = 0;
  #isDue = false;
  /** Milliseconds that one took lately; undefined: none has been asked. */
  #paceMs: number | undefined;

  constructor(databases: Databases, database: string) {
    this.#databases = databases;
    this.#database = database;
  }

  /**
   * @param signal whose abort ends the request when nobody else waits for it either
   * @param isLeft asked when its turn comes
   * @returns the first value of the first row; undefined where it was left
   * @throws DatabaseError
   */
  ask(
    question: Question,
    signal: AbortSignal,
    isLeft: () => boolean,
  ): Promise<{ value: unknown } | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<{ value: unknown } | undefined>();
    this.#waiting.push({ question, signal, isLeft, resolve, reject });
    if (!this.#isDue) {
      this.#isDue = true;
      setImmediate(() => {
        this.#isDue = false;
        this.#send();
      });
    }
    return promise;
  }

  #send(): void {
    while (this.#running < atOnce && this.#waiting.length > 0) {
      const batch = this.#next();
      if (batch.length === 0) continue;
      this.#running += 1;
      void this.#together(batch).finally(() => {
        this.#running -= 1;
        this.#send();
      });
    }
  }

  #next(): Asked[] {
    const most = this.#paceMs === undefined ? 1 : Math.max(1, requestMs / this.#paceMs);
    const batch: Asked[] = [];
    let parameters = 0;
    while (batch.length + 1 <= most && this.#waiting.length > 0) {
      const [next] = this.#waiting;
      parameters += next?.question.parameters.length ?? 0;
      if (next === undefined || (batch.length > 0 && parameters > mostParameters)) break;
      this.#waiting.shift();
      if (next.signal.aborted) next.reject(next.signal.reason);
      else if (next.isLeft()) next.resolve(undefined);
      else batch.push(next);
    }
    return batch;
  }

  /**
   * In one request; what fails in it, or is not answered, is asked alone, and says why. Never
   * rejects.
   */
  async #together(batch: readonly Asked[]): Promise<void> {
    const open = new Set(batch);
    const stop = new AbortController();
    const late = () => stop.abort(tooLate());
    let timer = setTimeout(late, deadlineMs);
    const leave = () => {
      if ([...open].every(({ signal }) => signal.aborted)) stop.abort(new Error('nobody waits'));
    };
    for (const { signal } of batch) signal.addEventListener('abort', leave, { once: true });
    const failed: Asked[] = [];
    const tell = (index: number, answer: Answered) => {
      clearTimeout(timer);
      timer = setTimeout(late, deadlineMs);
      const one = batch[index];
      if (one === undefined) return;
      open.delete(one);
      if ('failed' in answer) failed.push(one);
      else one.resolve(answer);
    };
    try {
      const asked = oneBatch(batch.map(({ question }) => question));
      const ms = await this.#databases.answers(this.#database, asked, tell, stop.signal);
      this.#paceMs = ms / batch.length;
    } catch (error) {
      // A database that is not there is not asked as often as there are questions.
      const { meaning } = toDatabaseError(error);
      const isAway = meaning === 'unreachable' || meaning === 'login';
      for (const one of isAway ? open : []) one.reject(error);
      if (isAway) open.clear();
    } finally {
      clearTimeout(timer);
      for (const { signal } of batch) signal.removeEventListener('abort', leave);
    }
    for (const one of [...failed, ...open]) await this.#alone(one);
  }

  async #alone({ question: { sql, parameters }, signal, resolve, reject }: Asked): Promise<void> {
    const deadline = AbortSignal.timeout(deadlineMs);
    const limit = AbortSignal.any([signal, deadline]);
    try {
      const [row] = await this.#databases.query(this.#database, sql, parameters, limit);
      resolve({ value: Object.values(row ?? {})[0] });
    } catch (error) {
      reject(deadline.aborted ? tooLate() : error);
    }
  }
}

function tooLate(): DatabaseError {
  return new DatabaseError(`There was no answer within ${deadlineMs / 1000} s`, 'timed out');
}
