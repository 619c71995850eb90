/** Request bodies: JSON. */

import type { IncomingMessage } from 'node:http';
import { Refusal, readText } from 'stand-in-kit';
import { badRequest } from './refusal.ts';

/** A list of ten thousand ids takes 130 KB. */
const limit = 16 * 1024 * 1024;

/** @throws Refusal 400 for what is not JSON, 413 for more than 16 MB */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const tooLong = () => new Refusal(413, `Požadavek je delší než ${limit} bajtů`);
  const text = await readText(request, limit, tooLong);
  try {
    return JSON.parse(text);
  } catch (error) {
    return badRequest(
      `Tělo požadavku není JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
}
