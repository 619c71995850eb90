/** Request bodies: JSON. */

import type { IncomingMessage } from 'node:http';
import { badRequest, Refusal } from './refusal.ts';

/** A list of ten thousand ids takes 130 KB. */
const limit = 16 * 1024 * 1024;

/** @throws Refusal 400 for what is not JSON, 413 for more than 16 MB */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new Refusal(413, `Požadavek je delší než ${limit} bajtů`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    return badRequest(
      `Tělo požadavku není JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
}
