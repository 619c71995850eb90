/** `syncboard acknowledgements`, `acknowledge` and `unacknowledge`: troubles that somebody knows of. */

import type { z } from 'zod';
import { acknowledgementsSchema } from '../../functions/shapes/new-acknowledgement.ts';
import { acknowledgementSchema } from '../../shared/acknowledgements/acknowledgements.ts';
import { userOf } from '../access.ts';
import { apiPath, clientHelp, clientOptions } from '../client.ts';
import { cliCommand, jsonOption } from '../command.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { userOption } from '../run/start.ts';
import { conversation, type Telling } from '../tell.ts';
import { table } from '../terminal/table.ts';
import { wrapped } from '../terminal/text.ts';

const options = { ...clientOptions, json: jsonOption };
const subject = 'what is in trouble: 0c10/payment, flexi-demo, a schedule, a queue';
type Acknowledgement = z.infer<typeof acknowledgementSchema>;

const untilText = ({ until }: Acknowledgement, { say, clock }: Telling) =>
  say('until {time}', { time: clock.moment(until) });

export const acknowledgements = cliCommand(
  'acknowledgements',
  'troubles that somebody knows of, and until when they worry nobody',
  {
    what: 'Lists the acknowledgements whose trouble there is still.',
    options,
    more: clientHelp,
  },
  async ({ json, ...given }, surroundings) => {
    const { client, tell } = await conversation({ json, ...given }, surroundings);
    const answer = await client.ask('GET', 'acknowledgements');
    return tell(acknowledgementsSchema, answer, ({ acknowledgements: found }, telling) => {
      const { say, terminal } = telling;
      if (found.length === 0) return [say('Nothing is acknowledged.')];
      const rows = found.map((one) => {
        const { kind, subject, user = '', note } = one;
        return [kind, subject, untilText(one, telling), user, note];
      });
      return table(rows, terminal?.columns);
    });
  },
);

export const acknowledge = cliCommand(
  'acknowledge',
  'say that somebody is at a trouble: it is told, and worries nobody for a while',
  {
    what: 'Acknowledges a trouble that there is now, until a time or until it is another one.',
    operands: [
      {
        name: 'KIND',
        help: 'which trouble: sync, age, company or another, as docs/api.md has them',
      },
      { name: 'SUBJECT', help: subject },
    ],
    options: {
      until: {
        type: 'text',
        value: 'TIME',
        help: 'until when: 2026-12-01, 2026-11-30T04:00, or with a zone',
      },
      note: { type: 'text', value: 'TEXT', help: 'what is known of it: Ivo is at it' },
      user: userOption,
      ...options,
    },
    more: clientHelp,
  },
  async ({ operands, until, note, user, ...given }, surroundings) => {
    const [kind, subject] = operands;
    const { client, tell } = await conversation(given, surroundings);
    const asked = { kind, subject, until, note, user: await userOf(user, surroundings) };
    const answer = await client.ask('POST', 'acknowledgements', { json: asked });
    return tell(acknowledgementSchema, answer, (made, telling) => {
      const { kind, subject } = made;
      const end = untilText(made, telling);
      const text = telling.say(
        'acknowledged: {kind} {subject}, {end}; syncboard unacknowledge {subject} takes it back',
        { kind, subject, end },
      );
      return wrapped(text, telling.terminal);
    });
  },
);

export const unacknowledge = cliCommand(
  'unacknowledge',
  'take an acknowledgement back',
  {
    what: 'Takes an acknowledgement back: its trouble worries again.',
    operands: [{ name: 'ACKNOWLEDGEMENT', help: 'its id, or its subject' }],
    options,
    more: clientHelp,
  },
  async ({ operands: [what = ''], ...given }, surroundings) => {
    const { client, tell } = await conversation(given, surroundings);
    const path = 'acknowledgements';
    const all = await client.askFor(acknowledgementsSchema, 'GET', path);
    const found = all.acknowledgements.filter((one) => [one.id, one.subject].includes(what));
    if (found.length > 1) {
      const ids = found.map(({ id, kind }) => `${id} (${kind})`).join(', ');
      const text = `${what} is acknowledged several times: name one of ${ids}`;
      throw new CliError(exitCodes.usage, text);
    }
    const answer = await client.ask('DELETE', apiPath(path, found[0]?.id ?? what));
    return tell(acknowledgementSchema, answer, ({ kind, subject }, { say }) => [
      say('no longer acknowledged: {kind} {subject}', { kind, subject }),
    ]);
  },
);
