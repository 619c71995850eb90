/**
 * Where the app is, and with which token: from flags, the environment or a file. A token stands in
 * no argument, where everybody on the machine could read it.
 */

import { type FileHandle, open } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { utf8Text } from '../shared/faults/utf8-text.ts';
import type { Surroundings } from './command.ts';
import { CliError, exitCodes } from './exit-codes.ts';
import { isMissing, readText, unreadable } from './read-file.ts';

export const usualUrl = 'http://127.0.0.1:7071';

/** Of every command that asks the app. */
export const accessOptions = {
  url: { type: 'text', value: 'URL', help: 'where the app is (SYNCBOARD_URL)' },
  'token-file': {
    type: 'text',
    value: 'FILE',
    help: 'a file with the API token (SYNCBOARD_TOKEN holds the token itself)',
  },
} as const;

export interface GivenAccess {
  url?: string | undefined;
  'token-file'?: string | undefined;
}

export interface Access {
  base: URL;
  token: string | undefined;
}

const fileSchema = z.strictObject({
  url: z.string().optional(),
  token: z.string().optional(),
  user: z.string().optional(),
});
interface AccessFile extends z.infer<typeof fileSchema> {
  path: string;
  /** It lies in the current folder, and perhaps came with what somebody else has written. */
  isHere: boolean;
}

type Place = Pick<Surroundings, 'environment' | 'folder' | 'signal'>;

/**
 * A token of a file goes to the address of that file alone, and one of the environment to no
 * address that a file in the current folder names: such a file may come with somebody else's work.
 *
 * @throws CliError for an address, a token or a file that is none; no token is ever in it
 */
export async function accessOf(given: GivenAccess, place: Place): Promise<Access> {
  const { environment } = place;
  const file = await accessFile(place);
  const named = given.url ?? (environment['SYNCBOARD_URL']?.trim() || undefined);
  const base = baseOf(named ?? file?.url ?? usualUrl);
  const isFiles = named === undefined && file?.url !== undefined;
  const fileToken =
    file?.token === undefined || baseOf(file.url ?? usualUrl).href === base.href
      ? file?.token
      : undefined;
  const inEnvironment = environment['SYNCBOARD_TOKEN']?.trim() || undefined;
  if (given['token-file'] !== undefined) {
    return {
      base,
      token: checked((await readText(given['token-file'], place)).trim(), given['token-file']),
    };
  }
  if (inEnvironment !== undefined && isFiles && file.isHere && fileToken === undefined) {
    const text = `SYNCBOARD_TOKEN is not sent to ${base.origin}, which ${file.path} names: set SYNCBOARD_URL as well`;
    throw new CliError(exitCodes.usage, text);
  }
  const isOwn = isFiles && file.isHere;
  const token = isOwn ? fileToken : (inEnvironment ?? fileToken);
  return { base, token: checked(token, token === inEnvironment ? 'SYNCBOARD_TOKEN' : file?.path) };
}

/** Who asks: as told, as in the file, or whoever is logged in. */
export async function userOf(given: string | undefined, place: Place): Promise<string> {
  const told = given ?? (place.environment['SYNCBOARD_USER']?.trim() || undefined);
  return told ?? (await accessFile(place))?.user ?? whoIs();
}

function whoIs(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as somebody that nobody has a name for.
    return 'syncboard';
  }
}

function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CliError(exitCodes.usage, `${text} is no address: use http://host:port`);
  }
  if (url.username !== '' || url.password !== '') {
    const text = `the address of ${url.host} has a user or a password: the app takes a token`;
    throw new CliError(exitCodes.usage, text);
  }
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** A header takes no other letters; the token itself is not told. */
function checked(token: string | undefined, where = 'a file'): string | undefined {
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return token;
  throw new CliError(exitCodes.usage, `${where} has no token: it is one word of ASCII letters`);
}

/** The first of `./.syncboard.json` and `~/.config/syncboard.json` that is there. */
async function accessFile({ environment, folder, signal }: Place): Promise<AccessFile | undefined> {
  const home = environment['HOME'] || homedir();
  const folderOfSettings = environment['XDG_CONFIG_HOME'] || join(home, '.config');
  const places = [
    { path: resolve(folder, '.syncboard.json'), isHere: true },
    { path: join(folderOfSettings, 'syncboard.json'), isHere: false },
  ];
  for (const { path, isHere } of places) {
    let text: string;
    try {
      text = await readOwn(path, signal);
    } catch (error) {
      if (isMissing(error)) continue;
      throw error;
    }
    return { ...fileIn(text, path), path, isHere };
  }
  return undefined;
}

/** @throws CliError for a file that others may read, as ssh has it: whoever has the token is you */
async function readOwn(path: string, signal: AbortSignal): Promise<string> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { mode } = await file.stat();
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new CliError(exitCodes.usage, `others may read ${path}: chmod 600 ${path}`);
    }
    return utf8Text(await file.readFile({ signal }));
  } catch (error) {
    if (error instanceof CliError || signal.aborted) throw error;
    throw unreadable(path, error);
  } finally {
    await file?.close();
  }
}

/** No value is told: there is a secret among them. */
function fileIn(text: string, path: string): z.infer<typeof fileSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CliError(exitCodes.usage, `${path} is no JSON`);
  }
  const read = fileSchema.safeParse(value);
  if (read.success) return read.data;
  throw new CliError(exitCodes.usage, `${path} may have url, token and user, each a text`);
}
