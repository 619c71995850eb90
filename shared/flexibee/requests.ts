/** Requests of one company: authenticated, in turn, repeated where that does no harm, checked. */

import { z } from 'zod';
import { pause, withRetries } from '../async/retry.ts';
import { JsonError } from '../json/bounded-json.ts';
import { basicAuthorization } from '../outbound/address.ts';
import { retryAfterMs } from '../outbound/broken.ts';
import { DeadlineError } from '../outbound/call.ts';
import { type Answer, exchange } from '../outbound/exchange.ts';
import { readAnswer } from '../outbound/json.ts';
import type { FlexibeeAddress } from './address.ts';
import { FlexibeeError } from './errors.ts';
import { brokenExchange, type Failure, refusedAnswer, refusedInside } from './failures.ts';
import type { FlexibeeServers } from './servers.ts';
import { refusalIn } from './wire.ts';

export interface Company {
  /** Of the data source. */
  code: string;
  /** At the server. */
  name: string;
  address: FlexibeeAddress;
  /** The most changes in one answer, where fewer than the server gives. */
  pageSize?: number;
  /** The most requests at once to its server, the same for all companies there; default as of the servers. */
  requestsAtOnce?: number;
  /** Called with every request that is sent, repeated ones too. */
  onRequest?(): void;
}

export interface Ask {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the company, encoded: `changes.json`. */
  path: string;
  query?: Record<string, string>;
  /** JSON. */
  body?: string;
  evidence?: string;
  /** Whether it changes nothing, and may be sent again; default: GET only. */
  isRepeatable?: boolean;
  /** Whoever asks asks for less where this was too much, and does not send it again unchanged. */
  shrinks?: boolean;
}

/** A server that asks for more is asked once a day: the header may be wrong. */
const longestRestMs = 86_400_000;

export class Requests {
  readonly #company: Company;
  readonly #servers: FlexibeeServers;

  constructor(company: Company, servers: FlexibeeServers) {
    this.#company = company;
    this.#servers = servers;
  }

  /** @throws FlexibeeError, or the reason of `signal` */
  async ask<T>(ask: Ask, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    const { retry, retryAfterCapMs } = this.#servers.options;
    let notBefore = 0;
    let timeouts = 0;
    const attempt = async () => {
      const rest = notBefore - performance.now();
      if (rest > 0) await pause(rest, signal);
      const answer = await this.#exchange(ask, signal);
      const refused = refusedAnswer(answer, ask.evidence !== undefined);
      if (refused === undefined) return this.#read(ask, answer);
      const askedFor = retryAfterMs(answer.headers['retry-after'], Date.now());
      notBefore = performance.now() + askedFor;
      if (askedFor <= retryAfterCapMs) throw this.error(ask, refused);
      // Longer than anybody waits here: whoever polls comes back later anyway.
      const fault = `${refused.fault}, and asks to be left alone for ${Math.ceil(askedFor / 1000)} s`;
      throw this.error(ask, {
        ...refused,
        fault,
        isTransient: false,
        retryAfterMs: Math.min(askedFor, longestRestMs),
      });
    };
    const isWorthAnother = (error: unknown) => {
      if (!isRepeatable(ask) || !(error instanceof FlexibeeError)) return false;
      if (error.isTooMuch && ask.shrinks) return false;
      // A second silence of a whole deadline is enough to know.
      if (error.cause instanceof DeadlineError) timeouts += 1;
      return error.isTransient && timeouts < 2;
    };
    const { status, value } = await withRetries(attempt, isWorthAnother, retry, signal);
    const checked = schema.safeParse(value);
    if (checked.success) return checked.data;
    const said = refusalIn(value);
    if (said !== undefined) throw this.error(ask, refusedInside(status, said));
    throw this.error(ask, { kind: 'answer not understood', status, fault: issues(checked.error) });
  }

  async #exchange(ask: Ask, signal: AbortSignal): Promise<Answer> {
    const { address, requestsAtOnce, onRequest } = this.#company;
    const { connectMs, deadlineMs, maxBytes } = this.#servers.options;
    const { agent, places } = this.#servers.server(address, requestsAtOnce);
    const url = new URL(this.#path(ask), address.origin);
    url.search = new URLSearchParams(ask.query).toString();
    const giveBack = await places.take(signal);
    try {
      const call = {
        method: ask.method,
        url,
        headers: this.#headers(ask),
        body: ask.body,
        // A kept connection may be closed by the server as we write: fine for what can be sent
        // again, but of anything else nobody would know whether it was done.
        agent: isRepeatable(ask) ? agent : (false as const),
        rejectUnauthorized: !address.trustServerCertificate,
        connectMs,
        deadlineMs,
        maxBytes,
      };
      onRequest?.();
      return await exchange(call, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw this.error(ask, brokenExchange(error), error);
    } finally {
      giveBack();
    }
  }

  #headers({ body, method }: Ask): Record<string, string> {
    return {
      authorization: basicAuthorization(this.#company.address),
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': 'syncboard',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(body === undefined && method !== 'GET' && { 'content-length': '0' }),
    };
  }

  #read(ask: Ask, { status, body }: Answer): { status: number; value: unknown } {
    if (body.length === 0) return { status, value: undefined };
    try {
      return { status, value: readAnswer(body).value };
    } catch (error) {
      if (error instanceof JsonError && (error.kind === 'depth' || error.kind === 'values')) {
        const fault = `the answer has ${error.message}`;
        const isTooMuch = error.kind === 'values';
        throw this.error(ask, { kind: 'answer not understood', status, fault, isTooMuch });
      }
      // What began as JSON was cut off on the way; anything else comes again the same.
      const isTransient = /^\s*\{/.test(body.toString('latin1', 0, 64));
      const fault = isTransient ? 'the answer is cut off or damaged' : 'the answer is no JSON';
      throw this.error(ask, { kind: 'answer not understood', status, fault, isTransient });
    }
  }

  #path({ path }: Ask): string {
    return `/c/${encodeURIComponent(this.#company.name)}/${path}`;
  }

  /** A failure, with whose request it was. */
  error(ask: Ask, failure: Failure, cause?: unknown): FlexibeeError {
    const { code, address } = this.#company;
    // A server, or what stands before it, may repeat what it was sent.
    const fault = failure.fault.replaceAll(address.password || '\0', '…');
    const request = `${ask.method} ${this.#path(ask)}`;
    const details = { ...failure, fault, company: code, evidence: ask.evidence, request };
    return new FlexibeeError(details, cause === undefined ? undefined : { cause });
  }
}

function isRepeatable({ isRepeatable, method }: Ask): boolean {
  return isRepeatable ?? method === 'GET';
}

/** The first few are enough: a page that is wrong is wrong a thousand times. */
function issues({ issues }: z.ZodError): string {
  const told = issues
    .slice(0, 3)
    .map(({ path, message }) => `${z.core.toDotPath(path) || 'the answer'}: ${message}`);
  const rest = issues.length > 3 ? '; and more' : '';
  return `the answer is not what it should be: ${told.join('; ')}${rest}`;
}
