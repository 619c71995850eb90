/** Requests to one server, of one of ours: authenticated, in turn, again where that does no harm. */

import { pause, withRetries } from '../async/retry.ts';
import { inSpan, type SpanOptions } from '../telemetry/spans.ts';
import { basicAuthorization, type ServerAddress } from './address.ts';
import { type AnsweredJson, readJson } from './answered-json.ts';
import { type Answer, exchange } from './exchange.ts';
import { brokenCall, type CommonTrouble, type Failure, ServerError } from './failure.ts';
import { mostBytes, retryAfterMs } from './refusal.ts';
import type { Servers } from './servers.ts';
import { openStream, type StreamedAnswer } from './stream.ts';

/** What is asked for within a path, in brackets, may be values of rows. */
const spanName = ({ method, path }: Ask) => `${method} ${path.replace(/[(?;].*$/, '')}`;

export interface Ask {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the base, encoded: `changes.json`. */
  path: string;
  query?: Record<string, string>;
  /** JSON. */
  body?: string;
  /** Whether it changes nothing, and may be sent again; default: GET only. */
  isRepeatable?: boolean;
  /** Whoever asks asks for less where this was too much, and does not send it again unchanged. */
  shrinks?: boolean;
}

export interface StreamAsk extends Ask {
  /** The content type that the answer must have. */
  accept: string;
  /** For the head of the answer, in milliseconds. */
  headMs: number;
  /** The longest silence within the answer, in milliseconds. */
  idleMs: number;
}

/** Who is asked, and what differs by system. */
export interface Peer<A extends Ask, E extends ServerError> {
  address: ServerAddress;
  /** Before every path, encoded: `/c/demo/`. */
  base: string;
  /** The most requests at once to its server; default as of the servers. */
  requestsAtOnce?: number | undefined;
  /** Called with every request that is sent, repeated ones too. */
  onRequest?(): void;
  /** @param answer whole, or its beginning; undefined: a success, as far as its status tells */
  refusal(answer: Answer, ask: A): Failure<E['kind']> | undefined;
  /** @param request method and path, without the query */
  error(
    failure: Failure<E['kind'] | CommonTrouble>,
    request: string,
    ask: A,
    options?: ErrorOptions,
  ): E;
}

/** A server that asks for more is asked once a day: the header may be wrong. */
const longestRestMs = 86_400_000;

type Outcome<T, Trouble extends string> =
  | { got: T }
  | { refused: Failure<Trouble>; retryAfter: string | undefined };

export class OutboundClient<A extends Ask, E extends ServerError> {
  readonly #peer: Peer<A, E>;
  readonly #servers: Servers;

  constructor(peer: Peer<A, E>, servers: Servers) {
    this.#peer = peer;
    this.#servers = servers;
  }

  /** A whole answer, JSON. @throws E, or the reason of `signal` */
  json(ask: A, signal: AbortSignal): Promise<AnsweredJson> {
    const json = () =>
      this.#patiently(ask, signal, async () => {
        const answer = await this.#exchange(ask, signal);
        const refused = this.#peer.refusal(answer, ask);
        if (refused !== undefined) return refusedWith(refused, answer);
        const read = readJson(answer, this.#servers.limits.maxValues);
        if ('fault' in read) throw this.error(ask, read);
        return { got: read };
      });
    return inSpan(spanName(ask), () => this.#described(ask), json);
  }

  /**
   * An answer whose body is read as it comes; a body that breaks ends with an E.
   *
   * @throws E, or the reason of `signal`
   */
  stream(ask: A & StreamAsk, signal: AbortSignal): Promise<StreamedAnswer> {
    const { streams } = this.#server;
    return this.#patiently(ask, signal, async () => {
      const giveBack = await streams.take(signal);
      try {
        const outcome = await this.#open(ask, signal);
        const body = 'got' in outcome ? outcome.got.body : undefined;
        if (body === undefined || body.closed) giveBack();
        else body.once('close', giveBack);
        return outcome;
      } catch (error) {
        giveBack();
        throw error;
      }
    });
  }

  /** A failure, with whose request it was. */
  error(ask: A, failure: Failure<E['kind'] | CommonTrouble>, cause?: unknown): E {
    const { address, base } = this.#peer;
    // A server, or what stands before it, may repeat what it was sent.
    const hushed = (text: string) => text.replaceAll(address.password || '\0', '…');
    const { fault, said } = failure;
    const told = { ...failure, fault: hushed(fault), said: said && hushed(said) };
    const options = cause === undefined ? undefined : { cause };
    return this.#peer.error(told, `${ask.method} ${base}${ask.path}`, ask, options);
  }

  #described({ method }: A): SpanOptions {
    const { hostname } = new URL(this.#peer.address.origin);
    return {
      kind: 'client',
      attributes: { 'http.request.method': method, 'server.address': hostname },
    };
  }

  get #server() {
    const { address, requestsAtOnce } = this.#peer;
    return this.#servers.server(address, requestsAtOnce);
  }

  async #exchange(ask: A, signal: AbortSignal): Promise<Answer> {
    const { deadlineMs, maxBytes } = this.#servers.limits;
    const call = { ...this.#call(ask, 'application/json'), deadlineMs, maxBytes };
    const giveBack = await this.#server.requests.take(signal);
    try {
      this.#peer.onRequest?.();
      return await exchange(call, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw this.error(ask, brokenCall(error), error);
    } finally {
      giveBack();
    }
  }

  async #open(
    ask: A & StreamAsk,
    signal: AbortSignal,
  ): Promise<Outcome<StreamedAnswer, E['kind'] | CommonTrouble>> {
    const { accept, headMs, idleMs } = ask;
    const explain = (error: unknown) => this.error(ask, brokenCall(error), error);
    const call = { ...this.#call(ask, accept), headMs, idleMs, explain };
    this.#peer.onRequest?.();
    const answer = await openStream(call, signal);
    const { status, headers } = answer;
    const type = headers['content-type'];
    if (status === 200 && type?.toLowerCase().startsWith(accept)) return { got: answer };
    const body = await beginningOf(answer.body);
    signal.throwIfAborted();
    const refused = this.#peer.refusal({ status, headers, body }, ask);
    if (refused !== undefined) return refusedWith(refused, answer);
    const fault = `the answer is no ${accept} (${type ?? 'no content type'})`;
    throw this.error(ask, { kind: 'answer not understood', status, fault });
  }

  /** Again after a passing trouble, not before the server wants it. */
  #patiently<T>(
    ask: A,
    signal: AbortSignal,
    attempt: () => Promise<Outcome<T, E['kind'] | CommonTrouble>>,
  ): Promise<T> {
    const { retry, retryAfterCapMs } = this.#servers.limits;
    let notBefore = 0;
    const once = async () => {
      const rest = notBefore - performance.now();
      if (rest > 0) await pause(rest, signal);
      const outcome = await attempt();
      if ('got' in outcome) return outcome.got;
      const { refused, retryAfter } = outcome;
      const askedFor = retryAfterMs(retryAfter, Date.now());
      notBefore = performance.now() + askedFor;
      if (askedFor <= retryAfterCapMs) throw this.error(ask, refused);
      // Longer than anybody waits here: whoever polls comes back later anyway.
      const fault = `${refused.fault}, and asks to be left alone for ${Math.ceil(askedFor / 1000)} s`;
      throw this.error(ask, {
        ...refused,
        fault,
        retryAfterMs: Math.min(askedFor, longestRestMs),
      });
    };
    const isWorthAnother = (error: unknown) =>
      isRepeatable(ask) &&
      error instanceof ServerError &&
      error.isTransient &&
      error.retryAfterMs === undefined &&
      !(error.isTooMuch && ask.shrinks);
    return withRetries(once, isWorthAnother, retry, signal);
  }

  #call(ask: A, accept: string) {
    const { address, base } = this.#peer;
    const { method, path, query, body } = ask;
    const url = new URL(`${base}${path}`, address.origin);
    url.search = new URLSearchParams(query).toString();
    return {
      method,
      url,
      headers: {
        authorization: basicAuthorization(address),
        accept,
        'accept-encoding': 'gzip',
        'user-agent': 'syncboard',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(body === undefined && method !== 'GET' && { 'content-length': '0' }),
      },
      body,
      // A kept connection may be closed by the server as we write: fine for what can be sent
      // again, but of anything else nobody would know whether it was done.
      agent: isRepeatable(ask) ? this.#server.agent : (false as const),
      rejectUnauthorized: !address.trustServerCertificate,
      connectMs: this.#servers.limits.connectMs,
    };
  }
}

function isRepeatable({ isRepeatable, method }: Ask): boolean {
  return isRepeatable ?? method === 'GET';
}

function refusedWith<Trouble extends string>(
  refused: Failure<Trouble>,
  { headers }: Pick<Answer, 'headers'>,
) {
  return { refused, retryAfter: headers['retry-after'] };
}

/** What there is of a refusal; the rest is not waited for. */
async function beginningOf(body: StreamedAnswer['body']): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > mostBytes) break;
    }
  } catch {
    // The status says enough.
  }
  return Buffer.concat(chunks).subarray(0, mostBytes);
}
