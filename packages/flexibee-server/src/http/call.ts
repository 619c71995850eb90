/** One request, read as far as its route needs. */

import type { Identity } from '../auth/authenticate.ts';
import type { JsonObject } from '../xml/winstrom.ts';
import type { Format } from './format.ts';

export interface Call {
  method: string;
  /** `http://127.0.0.1:5434`, as the client wrote it. */
  origin: string;
  /** `.json`, or nothing where a header told the format. */
  suffix: string;
  format: Format;
  /** Of the pattern: `company`, `evidence`, … */
  parameters: Record<string, string>;
  filter?: string;
  query: URLSearchParams;
  /** Aborted when the server closes. */
  closing: AbortSignal;
  /** Absent on routes for everybody. */
  identity?: Identity;
  /** Of the body. */
  contentType: string | undefined;
  /** The body. @throws Refusal 413 */
  bytes(): Promise<Buffer>;
  text(): Promise<string>;
  /** @throws Refusal 400, 415 */
  winstrom(): Promise<JsonObject>;
}
