/** `syncboard catalog check`: every fault of every file, and with `--connect` of the databases. */

import { connectedFaults } from '../../shared/app/catalog-check/connect.ts';
import { checkFiles } from '../../shared/app/catalog-check/files.ts';
import { cliCommand, jsonOption } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { readEnvironment } from '../settings.ts';
import { faultText } from './fault-text.ts';
import { catalogFiles } from './files.ts';

export const catalogCheck = cliCommand(
  'catalog check',
  'every fault of a catalogue, its definitions, reports, boards and queries',
  {
    what: 'Checks the files of a catalogue without the app: all of them, all faults at once.',
    operands: [
      {
        name: 'FILE',
        help: 'a catalogue, or a folder with catalog.json, dynsql, reports, boards and queries',
        isOptional: true,
      },
    ],
    options: {
      connect: { type: 'flag', help: 'look at the databases and servers of the settings, too' },
      settings: { type: 'text', value: 'FILE', help: 'settings (local.settings.json)' },
      json: jsonOption,
    },
    more: `Without FILE the settings CATALOG and DYNSQL count, without these what is shipped.
Exit codes: 0 without fault, 1 with faults, 2 wrong arguments, 4 if all that is wrong is that
somebody does not answer. Warnings change nothing.`,
  },
  async ({ operands: [file], settings, connect, json }, surroundings) => {
    const environment = await readEnvironment(settings, surroundings);
    const files = await catalogFiles(file, environment, surroundings);
    const value = (name: string) => environment[name]?.trim() || undefined;
    const checked = checkFiles(files, { value });
    const { catalog, definitions } = checked;
    const faults = [...checked.faults];
    if (connect && catalog !== undefined) {
      const { areShipped } = files;
      const asked = { catalog, file: files.catalog, definitions, areShipped };
      faults.push(...(await connectedFaults(asked, environment, surroundings.signal)));
    }
    const wrong = faults.filter(({ severity }) => severity === 'fault');
    if (json) surroundings.write(JSON.stringify({ faults }, undefined, 2));
    else {
      for (const fault of faults) surroundings.write(faultText(fault));
      const { definitions: asking, reports, boards, queries } = files;
      const all = [...asking, ...reports, ...boards, ...queries];
      const count = 1 + all.length;
      const warnings = faults.length - wrong.length;
      surroundings.write(
        [countOf(count, 'file'), countOf(wrong.length, 'fault'), countOf(warnings, 'warning')].join(
          ', ',
        ),
      );
      if (connect && catalog === undefined) surroundings.write('not connected: first the files');
    }
    if (wrong.length === 0) return exitCodes.ok;
    const isOut = wrong.every(({ isUnanswered }) => isUnanswered);
    return isOut ? exitCodes.unreachable : exitCodes.failed;
  },
);

const countOf = (count: number, what: string) =>
  `${count || 'no'} ${what}${count === 1 ? '' : 's'}`;
