/** `syncboard ages`: how old the data are that the catalogue has watched. */

import { type AgesView, agesSchema } from '../../functions/shapes/ages.ts';
import { clientHelp, clientOptions } from '../client.ts';
import { cliCommand, jsonOption } from '../command.ts';
import { conversation, type Telling } from '../tell.ts';
import { table } from '../terminal/table.ts';

export const ages = cliCommand(
  'ages',
  'how old the data are that the catalogue has watched',
  {
    what: 'Lists watched places, the old ones first, as of the latest quarter of an hour.',
    options: { ...clientOptions, json: jsonOption },
    more: clientHelp,
  },
  async (given, surroundings) => {
    const { client, tell } = await conversation(given, surroundings);
    return tell(agesSchema, await client.ask('GET', 'ages'), agesLines);
  },
);

function agesLines({ ages: found }: AgesView, { say, clock, terminal }: Telling): string[] {
  if (found.length === 0) return [say('Nothing is watched, or nobody has looked yet.')];
  const head = ['state', 'entity', 'place', 'newest', 'old from'] as const;
  const rows = found.map(({ state, code, entity, place, newest = '', oldAt, error = '' }) => [
    ...[say(state), `${code}/${entity}`, place],
    // As the server holds it, by whatever clock, to the minute.
    newest.slice(0, 16).replace('T', ' '),
    [...(oldAt === undefined ? [] : [clock.moment(oldAt)]), error].join(' ').trim(),
  ]);
  return table([head.map((word) => say(word)), ...rows], terminal?.columns);
}
