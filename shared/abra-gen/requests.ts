/** Requests of one connection: authenticated, in turn, repeated before the answer has begun. */

import { pause, withRetries } from '../async/retry.ts';
import { JsonError } from '../json/bounded-json.ts';
import { basicAuthorization } from '../outbound/address.ts';
import { type Answer, exchange } from '../outbound/exchange.ts';
import { readAnswer } from '../outbound/json.ts';
import { openStream, type StreamedAnswer } from '../outbound/stream.ts';
import type { AbraGenAddress } from './address.ts';
import { AbraGenError } from './errors.ts';
import { brokenAnswer, type Failure, refusal } from './failures.ts';
import type { AbraGenServers } from './servers.ts';

export interface AbraGenConnection {
  /** In the catalogue. */
  id: string;
  /** At the server: `demodata`. */
  name: string;
  address: AbraGenAddress;
}

/** Nothing that is asked changes anything at the server, so all of it may be asked again. */
export interface Ask {
  method: 'GET' | 'POST';
  /** Below the connection, encoded: `dynsql`. */
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  accept: 'application/json' | 'application/pdf';
  definition?: string;
}

/** Of a list or a definition; ABRA Gen's largest definition has a hundredth. */
const mostValues = 200_000;

/** Of a refusal: more than enough for its words. */
const refusalBytes = 65_536;

export class Requests {
  readonly #connection: AbraGenConnection;
  readonly #servers: AbraGenServers;

  constructor(connection: AbraGenConnection, servers: AbraGenServers) {
    this.#connection = connection;
    this.#servers = servers;
  }

  /** A whole answer, JSON. @throws AbraGenError, or the reason of `signal` */
  json(ask: Ask, signal: AbortSignal): Promise<{ text: string; value: unknown }> {
    const { deadlineMs, maxBytes } = this.#servers.options;
    return this.#patiently(signal, async () => {
      const call = { ...this.#call(ask), deadlineMs, maxBytes };
      const answer = await exchange(call, signal).catch((error) => {
        signal.throwIfAborted();
        throw this.error(ask, brokenAnswer(error), error);
      });
      const refused = refusal(answer.status, answer.headers, answer.body);
      if (refused !== undefined) throw this.error(ask, refused);
      return this.#read(ask, answer);
    });
  }

  /**
   * An answer whose body is read as it comes; a body that breaks ends with an AbraGenError.
   *
   * @throws AbraGenError, or the reason of `signal`
   */
  stream(ask: Ask, signal: AbortSignal): Promise<StreamedAnswer> {
    const { places } = this.#servers.server(this.#connection.address);
    return this.#patiently(signal, async () => {
      const giveBack = await places.take(signal);
      try {
        const answer = await this.#open(ask, signal);
        if (answer.body.closed) giveBack();
        else answer.body.once('close', giveBack);
        return answer;
      } catch (error) {
        giveBack();
        throw error;
      }
    });
  }

  async #open(ask: Ask, signal: AbortSignal): Promise<StreamedAnswer> {
    const { headMs, idleMs } = this.#servers.options;
    const explain = (error: unknown) => this.error(ask, brokenAnswer(error), error);
    const call = { ...this.#call(ask), headMs, idleMs, explain };
    const answer = await openStream(call, signal);
    const { status, headers, body } = answer;
    const isRight = headers['content-type']?.toLowerCase().startsWith(ask.accept) ?? false;
    if (status === 200 && isRight) return answer;
    const beginning = await beginningOf(body);
    signal.throwIfAborted();
    const fault = `the answer is no ${ask.accept === 'application/pdf' ? 'PDF' : 'JSON'} (${
      headers['content-type'] ?? 'no content type'
    })`;
    const misread: Failure = { kind: 'answer not understood', status, fault };
    throw this.error(ask, refusal(status, headers, beginning) ?? misread);
  }

  /** Again after a passing trouble, not before the server wants it. */
  #patiently<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    const { retry, retryAfterCapMs } = this.#servers.options;
    let notBefore = 0;
    return withRetries(
      async () => {
        const rest = notBefore - performance.now();
        if (rest > 0) await pause(rest, signal);
        return attempt();
      },
      (error) => {
        if (!(error instanceof AbraGenError)) return false;
        notBefore = performance.now() + error.retryAfterMs;
        return error.isTransient && error.retryAfterMs <= retryAfterCapMs;
      },
      retry,
      signal,
    );
  }

  #call(ask: Ask) {
    const { address } = this.#connection;
    const url = new URL(this.#path(ask), address.origin);
    url.search = new URLSearchParams(ask.query).toString();
    return {
      method: ask.method,
      url,
      headers: {
        authorization: basicAuthorization(address),
        accept: ask.accept,
        'accept-encoding': 'gzip',
        'user-agent': 'syncboard',
        ...(ask.body !== undefined && { 'content-type': 'application/json' }),
      },
      body: ask.body === undefined ? undefined : JSON.stringify(ask.body),
      agent: this.#servers.server(address).agent,
      rejectUnauthorized: !address.trustServerCertificate,
      connectMs: this.#servers.options.connectMs,
    };
  }

  #read(ask: Ask, { status, body }: Answer): { text: string; value: unknown } {
    try {
      return readAnswer(body, mostValues);
    } catch (error) {
      const isOversize =
        error instanceof JsonError && (error.kind === 'depth' || error.kind === 'values');
      const fault = isOversize
        ? `the answer has ${error.message}`
        : 'the answer is no JSON, or is cut off';
      throw this.error(ask, { kind: 'answer not understood', status, fault });
    }
  }

  #path({ path }: Ask): string {
    return `/${encodeURIComponent(this.#connection.name)}/${path}`;
  }

  /** A failure, with whose request it was. */
  error(ask: Ask, failure: Failure, cause?: unknown): AbraGenError {
    const { id, address } = this.#connection;
    // A server, or what stands before it, may repeat what it was sent.
    const hushed = (text: string | undefined) => text?.replaceAll(address.password || '\0', '…');
    const { fault, said } = failure;
    const details = { ...failure, fault: hushed(fault) ?? '', said: hushed(said) };
    const whose = { connection: id, definition: ask.definition };
    const request = `${ask.method} ${this.#path(ask)}`;
    const options = cause === undefined ? undefined : { cause };
    return new AbraGenError({ ...details, ...whose, request }, options);
  }
}

/** What there is of a refusal; the rest is not waited for. */
async function beginningOf(body: StreamedAnswer['body']): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > refusalBytes) break;
    }
  } catch {
    // The status says enough.
  }
  return Buffer.concat(chunks).subarray(0, refusalBytes);
}
