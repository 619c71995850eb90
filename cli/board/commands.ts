/** `syncboard boards` and `syncboard board …`: the app's boards. */

import { boardsSchema, boardViewSchema } from '../../functions/shapes/boards.ts';
import { userOf } from '../access.ts';
import { apiPath, clientHelp, clientOptions } from '../client.ts';
import { cliCommand, jsonOption, type Surroundings } from '../command.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { readJson, readText } from '../read-file.ts';
import { started, startHelp, startOptions, userOption } from '../run/start.ts';
import { conversation } from '../tell.ts';
import { table } from '../terminal/table.ts';
import { boardLines } from './text.ts';

const options = { ...clientOptions, json: jsonOption };
const changing = { ...options, user: userOption };
const board = { name: 'BOARD', help: 'the name of a board' };
const more = clientHelp;

const path = (name: string, ...parts: string[]) => apiPath('boards', name, ...parts);

export const boards = cliCommand(
  'boards',
  'the boards that there are',
  { what: 'Lists boards, and how many of their calls are switched on.', options, more },
  async (given, surroundings) => {
    const { client, tell } = await conversation(given, surroundings);
    const answer = await client.ask('GET', 'boards');
    return tell(boardsSchema, answer, ({ boards: found }, { say, terminal }) => {
      const rows = found.map((one) => {
        const { name, on = 0, calls = 0, description = '', newer, errors = [] } = one;
        if (newer !== undefined) return [name, '', newer];
        const faults =
          errors.length > 0 ? `! ${say('faults: {count}', { count: errors.length })} ` : '';
        return [name, say('{on} of {calls} on', { on, calls }), `${faults}${description}`];
      });
      return table(rows, terminal?.columns, [1]);
    });
  },
);

export const boardShow = cliCommand(
  'board show',
  'a board: its calls, their switches, what is wrong with them',
  { what: 'Shows a board call by call.', operands: [board], options, more },
  async ({ operands: [name = ''], ...given }, surroundings) => {
    const { client, tell } = await conversation(given, surroundings);
    return tell(boardViewSchema, await client.ask('GET', path(name)), boardLines);
  },
);

const switching = (words: string, brief: string, what: string, run: boolean) =>
  cliCommand(
    words,
    brief,
    {
      what,
      operands: [board, { name: 'CALL', help: 'the id of the call, as board show has it' }],
      options: changing,
      more,
    },
    async ({ operands: [name = '', id = ''], user, ...given }, surroundings) => {
      const { client, tell } = await conversation(given, surroundings);
      const asked = { json: { run, user: await userOf(user, surroundings) } };
      const answer = await client.ask('PATCH', path(name, 'calls', id), asked);
      return tell(boardViewSchema, answer, boardLines);
    },
  );
export const boardOn = switching(
  'board on',
  'switch a call of a board on',
  'Switches one call of a board on.',
  true,
);
export const boardOff = switching(
  'board off',
  'switch a call of a board off',
  'Switches one call of a board off.',
  false,
);

export const boardImport = cliCommand(
  'board import',
  'write a board from a board.py or a JSON file',
  {
    what: 'Writes all of a board: from an operators’ board.py as it is, or from JSON as board show --json has it.',
    operands: [board, { name: 'FILE', help: 'a file that ends in .py or .json' }],
    options: {
      ...changing,
      new: { type: 'flag', help: 'only where there is no board of this name' },
      dry: { type: 'flag', help: 'show what it would be, and write nothing' },
    },
    more,
  },
  async ({ operands: [name = '', file = ''], user: given, ...typed }, surroundings) => {
    const { dry, new: isNew, ...access } = typed;
    const query = dry ? { dry: 'true' } : {};
    const headers: Record<string, string> = isNew ? { 'if-none-match': '*' } : {};
    const user = await userOf(given, surroundings);
    const asked = file.endsWith('.json')
      ? { query, headers, json: { ...(await boardIn(file, surroundings)), user } }
      : { query: { ...query, user }, headers, text: await readText(file, surroundings) };
    const { client, tell } = await conversation(access, surroundings);
    const answer =
      asked.text === undefined
        ? await client.ask('PUT', path(name), asked)
        : await client.ask('POST', path(name, 'import'), asked);
    return tell(boardViewSchema, answer, boardLines);
  },
);

const asOfOption = {
  type: 'text',
  value: 'TIME',
  help: 'count relative months from then, a due time that was missed, and not from now',
} as const;

export const boardRun = cliCommand(
  'board run',
  'start what is switched on, as one run',
  {
    what: 'Starts the calls of a board that are switched on, as one run.',
    operands: [board],
    options: { ...startOptions, 'as-of': asOfOption },
    more: startHelp,
  },
  async ({ operands: [name = ''], 'as-of': asOf, ...given }, surroundings) =>
    await started(path(name, 'run'), asOf === undefined ? {} : { asOf }, given, surroundings),
);

/** @throws CliError for JSON that is no board */
export async function boardIn(
  file: string,
  surroundings: Surroundings,
): Promise<Readonly<Record<string, unknown>>> {
  const value = await readJson(file, surroundings);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new CliError(exitCodes.usage, `${file} has no board: use an object with calls`);
}
