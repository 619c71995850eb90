/** JSON that another server answered: whoever it is, it decides neither our memory nor our time. */

import { JsonError, parseBounded } from '../json/bounded-json.ts';
import { depthLimit } from '../json/bounds.ts';
import type { Answer } from './exchange.ts';
import type { Failure } from './failure.ts';

export interface AnsweredJson {
  status: number;
  text: string;
  /** Numbers that a double cannot hold come as text; undefined of an empty body. */
  value: unknown;
}

/** @param answer bounded in bytes by `exchange`; what is told of it holds nothing of it */
export function readJson({ status, body }: Answer, maxValues: number): AnsweredJson | Failure {
  if (body.length === 0) return { status, text: '', value: undefined };
  try {
    return { status, ...parseBounded(body, { depth: depthLimit, values: maxValues }) };
  } catch (error) {
    const kind = 'answer not understood';
    if (error instanceof JsonError && (error.kind === 'depth' || error.kind === 'values')) {
      const isTooMuch = error.kind === 'values';
      return { kind, status, fault: `the answer has ${error.message}`, isTooMuch };
    }
    // What began as JSON was cut off on the way; anything else comes again the same.
    const isTransient = /^\s*[{[]/.test(body.toString('latin1', 0, 64));
    const fault = isTransient ? 'the answer is cut off or damaged' : 'the answer is no JSON';
    return { kind, status, fault, isTransient };
  }
}
