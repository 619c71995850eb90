/** `syncboard run`, `retry` and `cancel`. */

import { cancellationSchema } from '../../functions/shapes/runs.ts';
import { callOptions, callsOf } from '../calls.ts';
import { apiPath, clientHelp, clientOptions } from '../client.ts';
import { cliCommand, jsonOption } from '../command.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { readJson } from '../read-file.ts';
import { ofTypedCall } from '../refusal.ts';
import { conversation } from '../tell.ts';
import { started, startHelp, startOptions } from './start.ts';
import { runOperand } from './watch.ts';

export const run = cliCommand(
  'run',
  'start calls as one run',
  {
    what: 'Starts entities, or whole data sources, for some months; or all calls of a file.',
    options: {
      ...callOptions,
      calls: { type: 'text', value: 'FILE', help: 'calls as JSON, as POST /runs takes them' },
      ...startOptions,
    },
    more: startHelp,
  },
  async ({ code, name, month, year, months, calls, operands: _, ...given }, surroundings) => {
    const typed = { code, name, month, year, months };
    const isTyped = Object.values(typed).some((value) => value !== undefined);
    if (isTyped === (calls !== undefined)) {
      throw new CliError(exitCodes.usage, 'one of --code and --calls says what is to run');
    }
    if (calls === undefined) {
      const asked = { calls: callsOf(typed) };
      return await started('runs', asked, given, surroundings).catch(ofTypedCall);
    }
    const asked = { calls: await callsIn(calls, surroundings) };
    return await started('runs', asked, given, surroundings);
  },
);

/** A list of calls, or an object that has one. */
async function callsIn(file: string, place: Parameters<typeof readJson>[1]): Promise<unknown> {
  const value = await readJson(file, place);
  return Array.isArray(value) ? value : Reflect.get(Object(value), 'calls');
}

export const retry = cliCommand(
  'retry',
  'make a run again, or what it has left open',
  {
    what: 'Makes what failed, was skipped, cancelled or interrupted in a run again, with its months; with --all everything.',
    operands: [runOperand],
    options: { all: { type: 'flag', help: 'everything, not only what is open' }, ...startOptions },
    more: startHelp,
  },
  async ({ operands: [id = ''], all, ...given }, surroundings) => {
    const path = apiPath('runs', id, 'retry');
    return await started(path, { from: all ? 'all' : 'failure' }, given, surroundings);
  },
);

export const cancel = cliCommand(
  'cancel',
  'stop a run',
  {
    what: 'Stops a run: what runs is called off, what is pending is not begun.',
    operands: [runOperand],
    options: { ...clientOptions, json: jsonOption },
    more: clientHelp,
  },
  async ({ operands: [id = ''], ...given }, surroundings) => {
    const { client, tell } = await conversation(given, surroundings);
    const answer = await client.ask('POST', apiPath('runs', id, 'cancel'));
    return tell(cancellationSchema, answer, ({ state }, { say }) => [
      say('run {id} is to be cancelled; it was {state}', { id, state: say(state) }),
    ]);
  },
);
