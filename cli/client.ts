/** The app, over HTTP, as any other client has it. */

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { fieldErrorSchema } from '../shared/faults/field-error.ts';
import { zoneHeader } from '../shared/http/openapi.ts';
import { withWallTexts } from '../shared/time/wall-text.ts';
import { type Access, accessOf, type GivenAccess, usualUrl } from './access.ts';
import type { Surroundings } from './command.ts';
import { CliError, exitCodes } from './exit-codes.ts';
import type { Language } from './language/say.ts';
import { RefusalError } from './refusal.ts';
import { clean } from './terminal/text.ts';
import { type Clock, clockOf } from './terminal/times.ts';

export { accessOptions as clientOptions, type GivenAccess as GivenClient } from './access.ts';

export const clientHelp = `Times are by the clock of the catalogue, those that are shown and those that are typed.
Exit codes: 0 succeeded, 1 refused or failed, 2 wrong arguments, 3 busy or closed for now, 4 the app does not answer.`;

/** An answer begins within the 230 s that Azure allows it. */
const answerMs = 240_000;
const usualMs = 60_000;
/** A body that says nothing for so long has been forgotten. */
const quietMs = 120_000;
/** Before a POST that nobody has answered is sent again under its key. */
const againMs = [1_000, 3_000];

export interface Asked {
  query?: Readonly<Record<string, string | undefined>>;
  json?: unknown;
  /** In place of JSON. */
  text?: string;
  headers?: Readonly<Record<string, string>>;
  /** Until the answer begins. */
  isSlow?: boolean;
  /** A status that is an answer, beside those of success. */
  taken?: number;
}

/** A path of the API; each part is one, whatever stands in it. */
export const apiPath = (...parts: string[]): string => parts.map(encodeURIComponent).join('/');

const problemSchema = z.looseObject({
  type: z.string(),
  detail: z.string(),
  cure: z.string().optional(),
  errors: z.array(fieldErrorSchema).catch([]),
});

/** @throws CliError for an address or a token that is none */
export async function clientOf(given: GivenAccess, surroundings: Surroundings): Promise<Client> {
  return new Client(await accessOf(given, surroundings), surroundings);
}

export class Client {
  readonly #access: Access;
  readonly #signal: AbortSignal;
  readonly #language: Language;
  #zone: string | undefined;

  /** @param surroundings of whose language are the texts that there are in several */
  constructor(access: Access, { signal, language }: Pick<Surroundings, 'signal' | 'language'>) {
    this.#access = access;
    this.#signal = signal;
    this.#language = language;
  }

  /** As the app's last answer has it. */
  get clock(): Clock {
    return clockOf(this.#zone);
  }

  /**
   * An answer as JSON.
   *
   * @throws CliError for a refusal, or where nobody answers
   */
  async ask(method: string, path: string, asked: Asked = {}): Promise<unknown> {
    return await this.jsonOf(await this.exchange(method, path, asked));
  }

  /**
   * An answer as a page for a terminal.
   *
   * @throws as `ask`
   */
  async page(path: string, query: Asked['query'] = {}): Promise<string> {
    const headers = { accept: 'text/plain, application/problem+json;q=0.9' };
    return await this.textOf(await this.exchange('GET', path, { headers, query }));
  }

  async jsonOf(response: Response): Promise<unknown> {
    const text = await this.textOf(response);
    try {
      return JSON.parse(text);
    } catch {
      throw this.#notApp('what is no JSON');
    }
  }

  /** The same, as the app describes it. */
  async askFor<T extends z.ZodType>(
    schema: T,
    method: string,
    path: string,
    asked: Asked = {},
  ): Promise<z.infer<T>> {
    return this.understood(schema, await this.ask(method, path, asked));
  }

  /**
   * Starts something, once: where no answer comes it is sent again under the same key, so that
   * nothing is started twice.
   */
  async start(path: string, json: object): Promise<unknown> {
    const headers = { 'idempotency-key': randomUUID() };
    for (const pause of againMs) {
      try {
        return await this.ask('POST', path, { json, headers });
      } catch (error) {
        if (!(error instanceof UnansweredError)) throw error;
        await sleep(pause, undefined, { signal: this.#signal });
      }
    }
    return await this.ask('POST', path, { json, headers });
  }

  /** An answer as it comes, `304` among them. */
  async exchange(method: string, path: string, asked: Asked = {}): Promise<Response> {
    const { base, token } = this.#access;
    const url = new URL(path.replace(/^\//, ''), base);
    for (const [name, value] of Object.entries(asked.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const body = asked.text ?? (asked.json === undefined ? undefined : JSON.stringify(asked.json));
    const type = asked.text === undefined ? 'application/json' : 'text/x-python';
    const headers = {
      accept: 'application/json',
      'accept-language': this.#language,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': type }),
      ...asked.headers,
    };
    const deadline = new AbortController();
    const timer = setTimeout(
      () => deadline.abort(new Error('no answer in time')),
      asked.isSlow ? answerMs : usualMs,
    );
    let response: Response;
    try {
      const signal = AbortSignal.any([this.#signal, deadline.signal]);
      const init = { method, headers, signal, redirect: 'manual' as const };
      response = await fetch(url, { ...init, ...(body !== undefined && { body }) });
    } catch (error) {
      throw this.#unanswered(error);
    } finally {
      clearTimeout(timer);
    }
    this.#zone = response.headers.get(zoneHeader) ?? this.#zone;
    if (response.ok || [304, asked.taken].includes(response.status)) return response;
    const answer = await this.textOf(response);
    const refusal = refused(
      response.status,
      withWallTexts(answer, this.clock.zone),
      this.#access.base.origin,
    );
    const isOurs = refusal instanceof RefusalError;
    if (response.status !== 401 || token !== undefined || !isOurs) throw refusal;
    // Its cure is for whoever writes requests.
    const [what] = refusal.message.split('\n');
    throw new CliError(refusal.exitCode, `${what}\n${howToGiveToken}`);
  }

  /** The body in pieces. */
  async *pieces(response: Response): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = response.body?.getReader();
    if (reader === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    let isQuiet = false;
    const giveUp = () => {
      isQuiet = true;
      reader.cancel().catch(() => {});
    };
    try {
      for (;;) {
        timer = setTimeout(giveUp, quietMs);
        const { done, value } = await reader.read();
        clearTimeout(timer);
        if (isQuiet) throw new Error('it has stopped in the middle of its answer');
        if (done) return;
        yield value;
      }
    } catch (error) {
      throw this.#unanswered(error);
    } finally {
      clearTimeout(timer);
      await reader.cancel().catch(() => {});
    }
  }

  /** @throws CliError for what no app of this version answers */
  understood<T extends z.ZodType>(schema: T, answer: unknown): z.infer<T> {
    const read = schema.safeParse(answer);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw this.#notApp(
      `what this version does not know (${issue?.path.join('.')}: ${issue?.message})`,
    );
  }

  /** All of a body. */
  async textOf(response: Response): Promise<string> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const piece of this.pieces(response))
      text += decoder.decode(piece, { stream: true });
    return text + decoder.decode();
  }

  #notApp(what: string): CliError {
    return new CliError(exitCodes.unreachable, `${this.#access.base.origin} answers ${what}`);
  }

  #unanswered(error: unknown): unknown {
    if (this.#signal.aborted) return this.#signal.reason;
    if (error instanceof CliError) return error;
    const why = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = why instanceof Error ? String(Reflect.get(why, 'code') ?? '') : '';
    const text = why instanceof Error ? why.message || code : String(why);
    // What OpenSSL says has addresses in memory and files of its source.
    const message = code.startsWith('ERR_SSL_') ? `it speaks no TLS that fits (${code})` : text;
    const { origin } = this.#access.base;
    const isNobody = code === 'ECONNREFUSED' && origin === new URL(usualUrl).origin;
    const cure = isNobody
      ? '\nIt begins with npm start; SYNCBOARD_URL or --url names another.'
      : '';
    return new UnansweredError(`${origin} does not answer: ${message}${cure}`);
  }
}

const howToGiveToken =
  'Give one as SYNCBOARD_TOKEN or by --token-file; demo-token where npm start runs as it is.';

/** Nobody knows whether it was done. */
class UnansweredError extends CliError {
  constructor(message: string) {
    super(exitCodes.unreachable, message);
  }
}

/** What is typed wrongly is the caller's; what holds others up passes; the rest is a failure. */
function refused(status: number, answer: string, origin: string): CliError {
  const problem = problemSchema.safeParse(jsonOf(answer)).data;
  if (problem === undefined) {
    const code = status >= 500 || status < 400 ? exitCodes.unreachable : exitCodes.failed;
    const said = clean(answer.slice(0, 200)).trim();
    const words = said === '' ? '' : `: ${said}`;
    const cure = 'This is not how syncboard refuses: does SYNCBOARD_URL or --url name the app?';
    // What stands before the app answers for it where it is away.
    return new CliError(
      code,
      `${origin} answers ${status}${words}${status < 500 ? `\n  ${cure}` : ''}`,
    );
  }
  const { type, detail, errors, cure } = problem;
  const kind = type.split(':').at(-1) ?? '';
  const isBusy = ['busy', 'closed', 'key-in-use'].includes(kind);
  const isAway = status === 503 || status === 504;
  const code = isBusy
    ? exitCodes.busy
    : isAway
      ? exitCodes.unreachable
      : kind === 'invalid-value'
        ? exitCodes.usage
        : exitCodes.failed;
  return new RefusalError(code, { detail, errors, cure });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
