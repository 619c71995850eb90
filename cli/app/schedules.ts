/** `syncboard schedules` and `syncboard schedule …`: what starts boards by itself. */

import { z } from 'zod';
import {
  schedulesSchema,
  scheduleViewSchema,
  timesSchema,
  writtenScheduleSchema,
} from '../../functions/shapes/schedules.ts';
import {
  busyPolicies,
  missedPolicies,
  type scheduleSchema,
} from '../../shared/board/schedule/schedule.ts';
import { wholeNumber } from '../../shared/command-line/options.ts';
import { withWallTexts } from '../../shared/time/wall-text.ts';
import { userOf } from '../access.ts';
import { apiPath, type Client, clientHelp, clientOptions } from '../client.ts';
import { cliCommand, jsonOption } from '../command.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { userOption } from '../run/start.ts';
import { conversation, type Telling } from '../tell.ts';
import { table } from '../terminal/table.ts';
import { wrapped } from '../terminal/text.ts';

const options = { ...clientOptions, json: jsonOption };
const changing = { ...options, user: userOption };
const schedule = { name: 'SCHEDULE', help: 'the name of a schedule' };
const more = clientHelp;

const path = (name: string, ...parts: string[]) => apiPath('schedules', name, ...parts);

export const schedules = cliCommand(
  'schedules',
  'the schedules that there are, when each comes next and how it went last',
  { what: 'Lists schedules.', options, more },
  async (given, surroundings) => {
    const { client, tell } = await conversation(given, surroundings);
    return tell(schedulesSchema, await client.ask('GET', 'schedules'), listLines);
  },
);

function listLines({ schedules: found }: z.infer<typeof schedulesSchema>, telling: Telling) {
  const { say, clock, terminal } = telling;
  if (found.length === 0) return [say('There is no schedule.')];
  const head = ['schedule', 'board', 'cron', 'next', 'last', 'how it went'] as const;
  const rows = found.map(({ name, newer, board = '', cron = '', enabled, next, last }) => [
    ...[name, newer ?? board, cron],
    next === undefined ? (enabled === false ? say('off') : '') : clock.moment(next),
    ...(last === undefined ? ['', ''] : [clock.moment(last.at), dueText(last, telling)]),
  ]);
  return table([head.map((word) => say(word)), ...rows], terminal?.columns);
}

type Due = z.infer<typeof timesSchema>['due'][number];

function dueText({ state, run, why }: Due, { say, clock }: Pick<Telling, 'say' | 'clock'>) {
  const told = why && withWallTexts(why, clock.zone);
  return [say(state), run, told].filter((part) => part !== undefined).join(' ');
}

export const scheduleTimes = cliCommand(
  'schedule times',
  'when a schedule comes next, and what came of the times that were due',
  {
    what: 'Lists due times.',
    operands: [schedule],
    options: { next: wholeNumber('how many of the next ones', 1, 50, 5), ...options },
    more,
  },
  async ({ operands: [name = ''], next, ...given }, surroundings) => {
    const { client, tell } = await conversation(given, surroundings);
    const query = { next: String(next) };
    const answer = await client.ask('GET', path(name, 'times'), { query });
    return tell(timesSchema, answer, (times, telling) => {
      const { say, clock, terminal } = telling;
      const rows = [
        ...times.next.toReversed().map((at) => [clock.moment(at), say('next')]),
        ...times.due.map((due) => [clock.moment(due.at), dueText(due, telling)]),
      ];
      return table(rows, terminal?.columns);
    });
  },
);

const members = ['board', 'cron', 'timeZone', 'enabled', 'missed', 'window', 'whenBusy', 'endBy'];
type Schedule = z.infer<typeof scheduleSchema>;

/**
 * Changes what is told, and leaves the rest; made where there is none. Of two who change it at once
 * one is told.
 */
async function change(
  client: Client,
  name: string,
  changes: Partial<Schedule>,
  { user, dry = false, mustBe }: { user: string; dry?: boolean; mustBe: boolean },
): Promise<unknown> {
  const before = await readOrNone(client, name, mustBe);
  const kept = Object.entries(before?.schedule ?? {}).filter(([key]) => members.includes(key));
  const json = { ...Object.fromEntries(kept), ...changes, user };
  return await client.ask('PUT', path(name), {
    json,
    ...(dry && { query: { dry: 'true' } }),
    // Of two who make it at once one is told, too.
    headers: before ? { 'if-match': before.etag } : { 'if-none-match': '*' },
  });
}

async function readOrNone(client: Client, name: string, mustBe: boolean) {
  const all = mustBe ? undefined : await client.askFor(schedulesSchema, 'GET', 'schedules');
  if (all?.schedules.every((one) => one.name !== name)) return undefined;
  const response = await client.exchange('GET', path(name));
  const found = client.understood(scheduleViewSchema, await client.jsonOf(response));
  return { schedule: found, etag: response.headers.get('etag') ?? '*' };
}

function writtenLines(
  { next, name, ...written }: z.infer<typeof writtenScheduleSchema>,
  { say, clock, terminal }: Telling,
): string[] {
  const facts = members.flatMap((key) => {
    const value = Reflect.get(written, key);
    return value === undefined ? [] : [`${key}: ${value}`];
  });
  return [
    ...wrapped(`${name}: ${facts.join(', ')}`, terminal),
    ...(written.enabled ? [] : [say('It is off: it starts nothing.')]),
    ...next.map((at) => say('next: {time}', { time: clock.moment(at) })),
  ];
}

const switching = (words: string, brief: string, what: string, enabled: boolean) =>
  cliCommand(
    words,
    brief,
    { what, operands: [schedule], options: changing, more },
    async ({ operands: [name = ''], user, ...given }, surroundings) => {
      const { client, tell } = await conversation(given, surroundings);
      const by = { user: await userOf(user, surroundings), mustBe: true };
      const answer = await change(client, name, { enabled }, by);
      return tell(writtenScheduleSchema, answer, writtenLines);
    },
  );
export const scheduleOn = switching(
  'schedule on',
  'switch a schedule on',
  'Switches a schedule on: it is due from now on.',
  true,
);
export const scheduleOff = switching(
  'schedule off',
  'switch a schedule off',
  'Switches a schedule off: it starts nothing more, what runs goes on.',
  false,
);

export const scheduleSet = cliCommand(
  'schedule set',
  'write a schedule, or change something of it',
  {
    what: 'Writes what is given; the rest of a schedule that there is stays as it was.',
    operands: [schedule],
    options: {
      board: { type: 'text', value: 'BOARD', help: 'what it starts' },
      cron: { type: 'text', value: 'CRON', help: 'when: five fields, as in "30 2 * * *"' },
      'time-zone': { type: 'text', value: 'ZONE', help: 'by whose clock: Europe/Prague' },
      missed: {
        ...{ type: 'text', value: 'WHICH', values: missedPolicies },
        help: 'due times that nobody was there for and that are made up for',
      },
      window: {
        type: 'text',
        value: 'TIME',
        help: 'what was due longer ago is not made up for: 12h, 1d',
      },
      'when-busy': {
        ...{ type: 'text', value: 'HOW', values: busyPolicies },
        help: 'where a server is not free',
      },
      'end-by': {
        type: 'text',
        value: 'HH:MM',
        help: 'what is not over by then is cancelled: 07:00, or none',
      },
      dry: { type: 'flag', help: 'show the schedule and its next times, and write nothing' },
      ...changing,
    },
    more,
  },
  async ({ operands: [name = ''], ...given }, surroundings) => {
    const { json, user, dry, url, 'token-file': tokenFile, ...typed } = given;
    const { 'time-zone': timeZone, 'when-busy': whenBusy, 'end-by': endBy, ...same } = typed;
    const changes = Object.fromEntries(
      Object.entries({
        ...{ ...same, timeZone, whenBusy },
        endBy: endBy === 'none' ? null : endBy,
      }).filter(([, value]) => value !== undefined),
    );
    if (Object.keys(changes).length === 0) {
      throw new CliError(exitCodes.usage, 'nothing is given that is to be written');
    }
    const access = { url, 'token-file': tokenFile, json };
    const { client, tell } = await conversation(access, surroundings);
    const by = { user: await userOf(user, surroundings), dry, mustBe: false };
    const answer = await change(client, name, changes, by);
    return tell(writtenScheduleSchema, answer, writtenLines);
  },
);

export const scheduleRemove = cliCommand(
  'schedule remove',
  'remove a schedule',
  {
    what: 'Removes a schedule: it starts nothing more, what runs goes on.',
    operands: [schedule],
    options,
    more,
  },
  async ({ operands: [name = ''], ...given }, surroundings) => {
    const { client, tell } = await conversation(given, surroundings);
    const answer = await client.ask('DELETE', path(name));
    return tell(z.unknown(), answer, (_, { say }) => [say('removed: {name}', { name })]);
  },
);
