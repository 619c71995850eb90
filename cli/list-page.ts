/** Lists that come page by page: what they take beside their filters, and how a page is asked for. */

import { wholeNumber } from '../shared/command-line/options.ts';
import { clientOptions, type GivenClient } from './client.ts';
import { jsonOption, type Surroundings } from './command.ts';
import { type Conversation, conversation, type Telling } from './tell.ts';

export const pageOptions = {
  limit: wholeNumber('how many', 1, 200, 20),
  after: { type: 'text', value: 'MARK', help: 'the next page, as the one before has it' },
  ...clientOptions,
  json: jsonOption,
} as const;

interface GivenPage extends GivenClient {
  json: boolean;
  operands: readonly string[];
  limit: number;
  [filter: string]: unknown;
}

/** @param path of the list; whatever is given beside its page is a filter of it */
export async function askPage(
  path: string,
  { url, 'token-file': tokenFile, json, operands: _, limit, ...filters }: GivenPage,
  surroundings: Surroundings,
): Promise<{ answer: unknown; tell: Conversation['tell'] }> {
  const given = { url, 'token-file': tokenFile, json };
  const { client, tell } = await conversation(given, surroundings);
  const texts = Object.entries(filters).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  const query = { ...Object.fromEntries(texts), limit: String(limit) };
  return { answer: await client.ask('GET', path, { query }), tell };
}

/** How the next page of a list is asked for. @param next the path of it; undefined on the last */
export function moreLines(next: string | undefined, { say }: Pick<Telling, 'say'>): string[] {
  const after = new URLSearchParams(next?.split('?')[1]).get('after');
  return after === null ? [] : [say('More: the same with --after {after}', { after })];
}
