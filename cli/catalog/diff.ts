/** `syncboard catalog diff`: what a change of a catalogue means. */

import { cliCommand, jsonOption } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { readEnvironment } from '../settings.ts';
import { type Difference, differenceOf, type ItemChange, type NamedChange } from './difference.ts';
import { loadedCatalog } from './load.ts';

export const catalogDiff = cliCommand(
  'catalog diff',
  'what a change of a catalogue means: entities, calls, rights',
  {
    what: 'Says what is different when the catalogue NEW takes the place of OLD, source by source.',
    operands: [
      { name: 'OLD', help: 'a catalogue, or a folder as of catalog check' },
      { name: 'NEW', help: 'the same, changed' },
    ],
    options: {
      settings: { type: 'text', value: 'FILE', help: 'settings (local.settings.json)' },
      json: jsonOption,
    },
    more: 'Exit codes: 0 compared, 1 one of them has faults, 2 wrong arguments.',
  },
  async ({ operands, settings, json }, surroundings) => {
    const environment = await readEnvironment(settings, surroundings);
    const [before, after] = operands;
    const difference = differenceOf(
      await loadedCatalog(before, environment, surroundings),
      await loadedCatalog(after, environment, surroundings),
    );
    if (json) surroundings.write(JSON.stringify(difference, undefined, 2));
    else for (const line of linesOf(difference)) surroundings.write(line);
    return exitCodes.ok;
  },
);

const signs = { added: '+', removed: '-', changed: '~' } as const;

function linesOf({ items, rights, ...named }: Difference): string[] {
  const lines = [
    ...Object.entries(named).flatMap(([title, changes]) =>
      section(title, changes.flatMap(namedLines)),
    ),
    ...section('calls and queries', items.flatMap(itemLines)),
    ...section(
      'rights',
      rights.flatMap(({ database, statements }) => [`-- in ${database}`, ...statements]),
    ),
  ];
  return lines.length === 0 ? ['no difference'] : lines;
}

const section = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];

function namedLines({ change, name, fields = {} }: NamedChange): string[] {
  const own = Object.entries(fields).flatMap(([field, { before, after }]) =>
    Array.isArray(before) && Array.isArray(after)
      ? listLines(field, before, after)
      : [`    ${field}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`],
  );
  return [`${signs[change]} ${name}`, ...own];
}

function listLines(field: string, before: readonly unknown[], after: readonly unknown[]): string[] {
  const added = after.filter((one) => !before.includes(one));
  const removed = before.filter((one) => !after.includes(one));
  const parts = [...added.map((one) => `+${one}`), ...removed.map((one) => `-${one}`)];
  return [`    ${field}: ${parts.length > 0 ? parts.join(' ') : 'in another order'}`];
}

function itemLines({ change, item, entity, codes, before, after }: ItemChange): string[] {
  const texts = [
    ...(before === undefined ? [] : [`    - ${before}`]),
    ...(after === undefined ? [] : [`    + ${after}`]),
  ];
  return [`${signs[change]} ${item} of ${entity}: ${codes.join(', ')}`, ...texts];
}
