/** `syncboard boards` and `syncboard board …`: the app's boards. */

import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { parseJsonText } from '../../shared/faults/json-text.ts';
import { clientHelp, clientOf, clientOptions } from '../client.ts';
import { cliCommand, jsonOption, type Surroundings } from '../command.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { boardLines, boardSchema } from './text.ts';

const options = { ...clientOptions, json: jsonOption };
const userOption = {
  type: 'text',
  value: 'NAME',
  help: 'who asks (whoever is logged in)',
} as const;
const changing = { ...options, user: userOption };
const board = { name: 'BOARD', help: 'the name of a board' };
const more = clientHelp;

const listSchema = z.looseObject({
  boards: z.array(
    z.looseObject({
      name: z.string(),
      description: z.string().optional(),
      on: z.int().optional(),
      calls: z.int().optional(),
      newer: z.string().optional(),
      errors: z.array(z.unknown()).default([]),
    }),
  ),
});

const path = (name: string, ...more: string[]) =>
  ['boards', name, ...more].map(encodeURIComponent).join('/');

function tell(answer: unknown, json: boolean, { write }: Surroundings): typeof exitCodes.ok {
  if (json) write(JSON.stringify(answer, undefined, 2));
  else for (const line of boardLines(boardSchema.parse(answer))) write(line);
  return exitCodes.ok;
}

export const boards = cliCommand(
  'boards',
  'the boards that there are',
  { what: 'Lists boards, and how many of their calls are switched on.', options, more },
  async ({ json, ...given }, surroundings) => {
    const answer = await (await clientOf(given, surroundings))('GET', 'boards');
    if (json) surroundings.write(JSON.stringify(answer, undefined, 2));
    else {
      for (const one of listSchema.parse(answer).boards) {
        const { name, on = 0, calls = 0, description = '', newer, errors } = one;
        const faults = errors.length > 0 ? `  ! ${errors.length} faults` : '';
        const line = `${name.padEnd(20)} ${String(on).padStart(3)} of ${calls} on  ${description}`;
        surroundings.write(
          newer === undefined ? `${line}${faults}`.trimEnd() : `${name}: ${newer}`,
        );
      }
    }
    return exitCodes.ok;
  },
);

export const boardShow = cliCommand(
  'board show',
  'a board: its calls, their switches, what is wrong with them',
  { what: 'Shows a board call by call.', operands: [board], options, more },
  async ({ operands: [name = ''], json, ...given }, surroundings) => {
    const answer = await (await clientOf(given, surroundings))('GET', path(name));
    return tell(answer, json, surroundings);
  },
);

const switching = (word: 'on' | 'off') =>
  cliCommand(
    `board ${word}`,
    `switch a call of a board ${word}`,
    {
      what: `Switches one call of a board ${word}.`,
      operands: [board, { name: 'CALL', help: 'the id of the call, as board show has it' }],
      options: changing,
      more,
    },
    async ({ operands: [name = '', id = ''], json, user, ...given }, surroundings) => {
      const client = await clientOf(given, surroundings);
      const asked = { json: { run: word === 'on', user: user ?? whoIs() } };
      const answer = await client('PATCH', path(name, 'calls', id), asked);
      return tell(answer, json, surroundings);
    },
  );
export const boardOn = switching('on');
export const boardOff = switching('off');

export const boardImport = cliCommand(
  'board import',
  'write a board from a board.py or a JSON file',
  {
    what: 'Writes all of a board: from an operators’ board.py as it is, or from JSON as board show --json has it.',
    operands: [board, { name: 'FILE', help: 'a file that ends in .py or .json' }],
    options: {
      ...changing,
      dry: { type: 'flag', help: 'show what it would be, and write nothing' },
    },
    more,
  },
  async ({ operands: [name = '', file = ''], json, user, dry, ...given }, surroundings) => {
    const text = await textOf(file, surroundings);
    const client = await clientOf(given, surroundings);
    const by = user ?? whoIs();
    const query = dry ? { dry: 'true' } : {};
    const answer = file.endsWith('.json')
      ? await client('PUT', path(name), { query, json: { ...jsonIn(file, text), user: by } })
      : await client('POST', path(name, 'import'), { query: { ...query, user: by }, text });
    return tell(answer, json, surroundings);
  },
);

export const boardRun = cliCommand(
  'board run',
  'start what is switched on, as one run',
  {
    what: 'Starts the calls of a board that are switched on, as one run.',
    operands: [board],
    options: {
      ...changing,
      wait: { type: 'flag', help: 'where a server is busy, wait in line' },
      dry: { type: 'flag', help: 'say what would run, and start nothing' },
    },
    more,
  },
  async ({ operands: [name = ''], json, user, wait, dry, ...given }, surroundings) => {
    const client = await clientOf(given, surroundings);
    const asked = { user: user ?? whoIs(), ...(wait && { whenBusy: 'wait' }) };
    const query = dry ? { dry: 'true' } : {};
    const answer = await client('POST', path(name, 'run'), { query, json: asked });
    if (json) surroundings.write(JSON.stringify(answer, undefined, 2));
    else surroundings.write(dry ? plannedText(answer) : startedText(answer));
    return exitCodes.ok;
  },
);

function startedText(answer: unknown): string {
  const { id, state } = z.looseObject({ id: z.string(), state: z.string() }).parse(answer);
  return `run ${id} is ${state}`;
}

function plannedText(answer: unknown): string {
  const schema = z.looseObject({ stages: z.array(z.unknown()), codes: z.array(z.string()) });
  const { stages, codes } = schema.parse(answer);
  return `${stages.length} stages of ${codes.join(', ')}; nothing was started`;
}

export async function textOf(file: string, { folder, signal }: Surroundings): Promise<string> {
  try {
    return await readFile(resolve(folder, file), { encoding: 'utf8', signal });
  } catch (error) {
    throw new CliError(exitCodes.usage, `cannot read ${file}: ${(error as Error).message}`);
  }
}

export function jsonIn(file: string, text: string): Readonly<Record<string, unknown>> {
  const value = parseJsonText(text, file);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new CliError(exitCodes.usage, `${file} has no board: use an object with calls`);
}

function whoIs(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as somebody that nobody has a name for.
    return 'syncboard';
  }
}
