/** A refusal in ABRA Gen's form: a title, the status again, and what is wrong in words. */

import { STATUS_CODES } from 'node:http';

export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, description: string, headers: Record<string, string> = {}) {
    super(description);
    this.name = 'Refusal';
    this.status = status;
    this.headers = headers;
  }

  body(): Record<string, unknown> {
    const title = STATUS_CODES[this.status] ?? 'Error';
    return { title, status: this.status, description: this.message };
  }
}

/** @throws Refusal 400 */
export function badRequest(description: string): never {
  throw new Refusal(400, description);
}
