/** The app, over HTTP, as any other client has it. */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Surroundings } from './command.ts';
import { CliError, exitCodes } from './exit-codes.ts';

const usualUrl = 'http://127.0.0.1:7071';
const deadlineMs = 60_000;

/** Of every command that asks the app. */
export const clientOptions = {
  url: { type: 'text', value: 'URL', help: `where the app is (SYNCBOARD_URL, or ${usualUrl})` },
  'token-file': {
    type: 'text',
    value: 'FILE',
    help: 'a file with the API token (SYNCBOARD_TOKEN holds the token itself)',
  },
} as const;

export const clientHelp = `Exit codes: 0 succeeded, 1 refused or failed, 2 wrong arguments, 3 busy or closed for now, 4 the app does not answer.`;

interface Given {
  url?: string | undefined;
  'token-file'?: string | undefined;
}

export interface Asked {
  query?: Readonly<Record<string, string>>;
  json?: unknown;
  /** In place of JSON. */
  text?: string;
}

export type Client = (method: string, path: string, asked?: Asked) => Promise<unknown>;

const problemSchema = z.looseObject({
  type: z.string(),
  detail: z.string(),
  errors: z.array(z.looseObject({ field: z.string(), message: z.string() })).default([]),
});

/** @throws CliError for an address or a token that is none */
export async function clientOf(given: Given, surroundings: Surroundings): Promise<Client> {
  const base = baseOf(given.url ?? surroundings.environment['SYNCBOARD_URL'] ?? usualUrl);
  const token = await tokenOf(given['token-file'], surroundings);
  return async (method, path, { query = {}, json, text } = {}) => {
    const url = new URL(path.replace(/^\//, ''), base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const body = text ?? (json === undefined ? undefined : JSON.stringify(json));
    const headers = {
      accept: 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && {
        'content-type': text === undefined ? 'application/json' : 'text/x-python',
      }),
    };
    const { signal } = surroundings;
    let response: Response;
    let answer: string;
    try {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
      response = await fetch(url, { method, headers, signal: bounded, ...(body && { body }) });
      answer = await response.text();
    } catch (error) {
      signal.throwIfAborted();
      const why = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const message = why instanceof Error ? why.message : String(why);
      throw new CliError(exitCodes.unreachable, `${base.origin} does not answer: ${message}`);
    }
    if (response.ok) return JSON.parse(answer);
    throw refused(response.status, answer);
  };
}

function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CliError(exitCodes.usage, `${text} is no address: use http://host:port`);
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

async function tokenOf(
  file: string | undefined,
  { environment, folder, signal }: Surroundings,
): Promise<string | undefined> {
  if (file === undefined) return environment['SYNCBOARD_TOKEN']?.trim() || undefined;
  try {
    return (await readFile(resolve(folder, file), { encoding: 'utf8', signal })).trim();
  } catch (error) {
    throw new CliError(exitCodes.usage, `cannot read ${file}: ${(error as Error).message}`);
  }
}

function refused(status: number, answer: string): CliError {
  const problem = problemSchema.safeParse(jsonOf(answer)).data;
  if (problem === undefined) {
    const code = status >= 500 ? exitCodes.unreachable : exitCodes.failed;
    return new CliError(code, `the app answers ${status}: ${answer.slice(0, 200)}`);
  }
  const { type, detail, errors } = problem;
  const kind = type.split(':').at(-1) ?? '';
  const isBusy = ['busy', 'closed', 'key-in-use'].includes(kind);
  const isAway = status === 503 || status === 504;
  const code = isBusy ? exitCodes.busy : isAway ? exitCodes.unreachable : exitCodes.failed;
  return new CliError(code, [detail, ...errors.map(({ message }) => `  ${message}`)].join('\n'));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
