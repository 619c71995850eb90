/** What the SDK finds wrong with a message, in words: by itself it shows its checker's own list. */

import { ProtocolErrorCode } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { jsonOf } from './problem-text.ts';

const issuesSchema = z
  .array(z.looseObject({ path: z.array(z.union([z.string(), z.number()])), message: z.string() }))
  .min(1);

interface Told {
  code: number;
  message: string;
}

/** The same error, of one line, with the code that JSON-RPC has for parameters that are wrong. */
export function readableError<Error extends Told>(error: Error): Error {
  const list = error.message.slice(Math.max(0, error.message.indexOf('[\n')));
  const issues = issuesSchema.safeParse(jsonOf(list));
  if (!issues.success) return error;
  const faults = issues.data.map(({ path, message }) => {
    return `${path.join('.')}: ${message.replace(/^Invalid \w+: /, '')}`;
  });
  const message = `The message is not as the protocol has it: ${faults.join('; ')}`;
  return { ...error, code: ProtocolErrorCode.InvalidParams, message };
}
