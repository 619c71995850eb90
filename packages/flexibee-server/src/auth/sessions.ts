/** Sessions of `/login-logout/login`: a token in a header, a cookie or the query. */

import { randomBytes } from 'node:crypto';

/** FlexiBee ends a session that is left alone for half an hour. */
const idleLimitMilliseconds = 30 * 60_000;

export interface Session {
  readonly id: string;
  readonly user: string;
  usedAt: number;
}

export class Sessions {
  readonly #open = new Map<string, Session>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  open(user: string): Session {
    const session = { id: randomBytes(32).toString('hex'), user, usedAt: this.#now().getTime() };
    this.#open.set(session.id, session);
    return session;
  }

  /** Counts as a use. */
  find(id: string): Session | undefined {
    const session = this.list().find((other) => other.id === id);
    if (session) session.usedAt = this.#now().getTime();
    return session;
  }

  close(id: string): void {
    this.#open.delete(id);
  }

  /** @returns how many sessions of the user ended; of everybody when there is none given */
  end(user?: string): number {
    const ending = this.list().filter((session) => user === undefined || session.user === user);
    for (const { id } of ending) this.#open.delete(id);
    return ending.length;
  }

  list(): Session[] {
    const oldest = this.#now().getTime() - idleLimitMilliseconds;
    for (const session of this.#open.values()) {
      if (session.usedAt < oldest) this.#open.delete(session.id);
    }
    return [...this.#open.values()];
  }
}
