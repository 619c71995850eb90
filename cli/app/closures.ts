/** `syncboard closures`, `close` and `open`: what is closed for now. */

import type { z } from 'zod';
import { closuresSchema } from '../../functions/shapes/new-closure.ts';
import { closureSchema } from '../../shared/closures/closures.ts';
import { userOf } from '../access.ts';
import { apiPath, clientHelp, clientOptions } from '../client.ts';
import { cliCommand, jsonOption } from '../command.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { userOption } from '../run/start.ts';
import { conversation, type Telling } from '../tell.ts';
import { table } from '../terminal/table.ts';
import { wrapped } from '../terminal/text.ts';

const options = { ...clientOptions, json: jsonOption };
type Closure = z.infer<typeof closureSchema>;

export const closures = cliCommand(
  'closures',
  'what is closed for now, until when and why',
  { what: 'Lists what is closed.', options, more: clientHelp },
  async (given, surroundings) => {
    const { client, tell } = await conversation(given, surroundings);
    const answer = await client.ask('GET', 'closures');
    return tell(closuresSchema, answer, ({ closures: found }, telling) => {
      if (found.length === 0) return [telling.say('Nothing is closed.')];
      const rows = found.map((one) => rowOf(one, telling));
      return table(rows, telling.terminal?.columns);
    });
  },
);

function rowOf(closure: Closure, { say, clock }: Telling): string[] {
  const { id, server, company, until, user, reason } = closure;
  const what = server ?? company ?? say('everything');
  return [what, say('until {time}', { time: clock.moment(until) }), user, reason, id];
}

export const close = cliCommand(
  'close',
  'close a server, a company or everything for a while',
  {
    what: 'Nothing new begins there until the time that is given; what runs ends by itself.',
    operands: [{ name: 'SERVER', help: 'a server of the catalogue', isOptional: true }],
    options: {
      company: { type: 'text', value: 'CODE', help: 'a FlexiBee company in its place' },
      everything: { type: 'flag', help: 'everything in its place' },
      until: {
        type: 'text',
        value: 'TIME',
        help: 'when it opens: 2026-11-30T04:00, or with a zone',
      },
      reason: { type: 'text', value: 'TEXT', help: 'why, for whoever is refused' },
      user: userOption,
      ...options,
    },
    more: clientHelp,
  },
  async ({ operands: [server], ...given }, surroundings) => {
    const { company, everything, until, reason, user, ...rest } = given;
    if ([server, company, everything || undefined].filter(Boolean).length !== 1) {
      throw new CliError(
        exitCodes.usage,
        'one of SERVER, --company and --everything says what is closed',
      );
    }
    const { client, tell } = await conversation(rest, surroundings);
    const by = await userOf(user, surroundings);
    const asked = { server, company, ...(everything && { everything }), until, reason, user: by };
    const answer = await client.ask('POST', 'closures', { json: asked });
    return tell(closureSchema, answer, (made, telling) => {
      const [what = '', end = ''] = rowOf(made, telling);
      const id = made.server ?? made.company ?? 'everything';
      const text = 'closed: {what}, {end}; syncboard open {id} opens it';
      return wrapped(telling.say(text, { id, what, end }), telling.terminal);
    });
  },
);

export const open = cliCommand(
  'open',
  'open early what is closed',
  {
    what: 'Ends a closure before its time.',
    operands: [
      { name: 'CLOSURE', help: 'its id, or the server or company that it closes, or everything' },
    ],
    options,
    more: clientHelp,
  },
  async ({ operands: [what = ''], ...given }, surroundings) => {
    const { client, tell } = await conversation(given, surroundings);
    const all = (await client.askFor(closuresSchema, 'GET', 'closures')).closures;
    const namesOf = ({ id, server, company, everything }: Closure) =>
      everything ? [id, 'everything'] : [id, server, company];
    const found = all.filter((one) => namesOf(one).includes(what));
    if (found.length > 1) {
      const ids = found.map(({ id }) => id).join(', ');
      throw new CliError(exitCodes.usage, `${what} is closed several times: name one of ${ids}`);
    }
    const answer = await client.ask('DELETE', apiPath('closures', found[0]?.id ?? what));
    return tell(closureSchema, answer, (_, { say }) => [say('open again: {what}', { what })]);
  },
);
