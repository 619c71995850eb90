/** Starting a run, whatever it is made of, and waiting for its end where that is wanted. */

import { plannedRunSchema } from '../../functions/shapes/calls.ts';
import { acceptedSchema } from '../../functions/shapes/runs.ts';
import { userOf } from '../access.ts';
import { clientOptions } from '../client.ts';
import { jsonOption, type Surroundings, writeJson } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { conversation } from '../tell.ts';
import { plannedLines } from './planned.ts';
import { watched } from './watch.ts';

export const userOption = {
  type: 'text',
  value: 'NAME',
  help: 'who asks (SYNCBOARD_USER, or whoever is logged in)',
} as const;

/** Of every command that starts a run. */
export const startOptions = {
  ...clientOptions,
  user: userOption,
  'in-line': { type: 'flag', help: 'where a server is busy, or closed, stand in line' },
  dry: { type: 'flag', help: 'say what would run, and start nothing' },
  wait: { type: 'flag', help: 'wait for its end; the exit code says how that was' },
  json: jsonOption,
} as const;

export const startHelp = `Where no answer comes the request is sent again under the same key: nothing is started twice.
Exit codes: 0 started, with --wait succeeded; 1 refused, with --wait failed; 2 wrong arguments, 3 busy or closed for now, 4 the app does not answer.`;

export interface GivenStart {
  url?: string | undefined;
  'token-file'?: string | undefined;
  user?: string | undefined;
  'in-line': boolean;
  dry: boolean;
  wait: boolean;
  json: boolean;
}

/** @param body of the POST, beside who asks and what is to be where a server is busy */
export async function started(
  path: string,
  body: object,
  { user, 'in-line': inLine, dry, wait, json, ...given }: GivenStart,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { say, write } = surroundings;
  const { client, tell } = await conversation({ ...given, json }, surroundings);
  const asked = {
    ...body,
    user: await userOf(user, surroundings),
    ...(inLine && { whenBusy: 'wait' }),
  };
  if (dry) {
    const answer = await client.ask('POST', path, { query: { dry: 'true' }, json: asked });
    return tell(plannedRunSchema, answer, plannedLines);
  }
  const answer = await client.start(path, asked);
  const { id, state, place } = client.understood(acceptedSchema, answer);
  if (json) {
    if (wait) return await watched(client, id, surroundings, 'json at the end');
    writeJson(answer, surroundings);
    return exitCodes.ok;
  }
  if (wait) return await watched(client, id, surroundings, 'text');
  const inWords = say('run {id}: {state}', { id, state: say(state) });
  const before = place === undefined ? '' : `; ${say('{place} before it in line', { place })}`;
  write(`${inWords}${before}`);
  return exitCodes.ok;
}
