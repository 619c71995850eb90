/** A refusal in ABRA Gen's form: a title, the status again, and what is wrong in words. */

import { STATUS_CODES } from 'node:http';
import { Refusal } from 'stand-in-kit';

export function refusalBody({ status, message }: Refusal): Record<string, unknown> {
  return { title: STATUS_CODES[status] ?? 'Error', status, description: message };
}

/** @throws Refusal 400 */
export function badRequest(description: string): never {
  throw new Refusal(400, description);
}
