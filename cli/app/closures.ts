/** `syncboard closures`, `close` and `open`: what is closed for now. */

import type { z } from 'zod';
import { closuresSchema } from '../../functions/shapes/new-closure.ts';
import { closureSchema } from '../../shared/closures/closures.ts';
import { userOf } from '../access.ts';
import { clientHelp, clientOf, clientOptions } from '../client.ts';
import { cliCommand, jsonOption, type Surroundings, writeJson } from '../command.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { userOption } from '../run/start.ts';
import { table } from '../terminal/table.ts';
import { momentText } from '../terminal/times.ts';

const options = { ...clientOptions, json: jsonOption };
type Closure = z.infer<typeof closureSchema>;

export const closures = cliCommand(
  'closures',
  'what is closed for now, until when and why',
  {
    what: 'Lists what is closed; times are by the clock of this machine.',
    options,
    more: clientHelp,
  },
  async ({ json, ...given }, surroundings) => {
    const { say, write, terminal } = surroundings;
    const client = await clientOf(given, surroundings);
    const answer = await client.ask('GET', 'closures');
    if (json) writeJson(answer, surroundings);
    else {
      const found = client.understood(closuresSchema, answer).closures;
      if (found.length === 0) write(say('Nothing is closed.'));
      const rows = found.map((one) => rowOf(one, surroundings));
      for (const line of table(rows, terminal?.columns)) write(line);
    }
    return exitCodes.ok;
  },
);

function rowOf(closure: Closure, { say }: Pick<Surroundings, 'say'>): string[] {
  const { id, server, company, until, user, reason } = closure;
  const what = server ?? company ?? say('everything');
  return [what, say('until {time}', { time: momentText(until) }), user, reason, id];
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
        help: 'when it opens: 2026-11-30T04:00 by the clock of the catalogue, or with a zone',
      },
      reason: { type: 'text', value: 'TEXT', help: 'why, for whoever is refused' },
      user: userOption,
      ...options,
    },
    more: clientHelp,
  },
  async (
    { operands: [server], company, everything, until, reason, user, json, ...given },
    around,
  ) => {
    if ([server, company, everything || undefined].filter(Boolean).length !== 1) {
      throw new CliError(
        exitCodes.usage,
        'one of SERVER, --company and --everything says what is closed',
      );
    }
    const client = await clientOf(given, around);
    const by = await userOf(user, around);
    const asked = { server, company, ...(everything && { everything }), until, reason, user: by };
    const answer = await client.ask('POST', 'closures', { json: asked });
    if (json) writeJson(answer, around);
    else {
      const made = client.understood(closureSchema, answer);
      const [what = '', end = ''] = rowOf(made, around);
      const id = made.server ?? made.company ?? 'everything';
      around.write(
        around.say('closed: {what}, {end}; syncboard open {id} opens it', { id, what, end }),
      );
    }
    return exitCodes.ok;
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
  async ({ operands: [what = ''], json, ...given }, surroundings) => {
    const client = await clientOf(given, surroundings);
    const all = (await client.askFor(closuresSchema, 'GET', 'closures')).closures;
    const namesOf = ({ id, server, company, everything }: Closure) =>
      everything ? [id, 'everything'] : [id, server, company];
    const found = all.filter((one) => namesOf(one).includes(what));
    if (found.length > 1) {
      const ids = found.map(({ id }) => id).join(', ');
      throw new CliError(exitCodes.usage, `${what} is closed several times: name one of ${ids}`);
    }
    const id = found[0]?.id ?? what;
    const answer = await client.ask('DELETE', `closures/${encodeURIComponent(id)}`);
    if (json) writeJson(answer, surroundings);
    else surroundings.write(surroundings.say('open again: {what}', { what }));
    return exitCodes.ok;
  },
);
