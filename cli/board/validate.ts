/** `syncboard board validate`: a board in a file against the catalogue, without the app. */

import { askedBoard } from '../../shared/board/asked-board.ts';
import { importedBoard } from '../../shared/board/python/import-board.ts';
import { periodLimits } from '../../shared/sync/period.ts';
import { loadedCatalog } from '../catalog/load.ts';
import { cliCommand, jsonOption, writeJson } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { readText } from '../read-file.ts';
import { readEnvironment } from '../settings.ts';
import { boardIn } from './commands.ts';
import { boardLines } from './text.ts';

export const boardValidate = cliCommand(
  'board validate',
  'every fault of a board.py or a JSON file of a board, without the app',
  {
    what: 'Checks a board against the catalogue, and shows what it would be.',
    operands: [
      { name: 'FILE', help: 'a board.py, or JSON that ends in .json' },
      { name: 'CATALOG', help: 'a catalogue, or a folder as of catalog check', isOptional: true },
    ],
    options: {
      settings: { type: 'text', value: 'FILE', help: 'settings (local.settings.json)' },
      json: jsonOption,
    },
    more: 'Exit codes: 0 without fault, 1 with faults, 2 wrong arguments.',
  },
  async ({ operands: [file = '', catalogFile], settings, json }, surroundings) => {
    const environment = await readEnvironment(settings, surroundings);
    const { catalog } = await loadedCatalog(catalogFile, environment, surroundings);
    const limits = periodLimits(catalog.periods, new Date());
    const read = file.endsWith('.json')
      ? askedBoard(await boardIn(file, surroundings), catalog, limits)
      : importedBoard(await readText(file, surroundings), catalog, limits);
    if ('errors' in read) {
      if (json) writeJson({ faults: read.errors }, surroundings);
      else for (const { message } of read.errors) surroundings.write(`${file}: ${message}`);
      return exitCodes.failed;
    }
    const { board } = read;
    const on = board.calls.filter(({ run }) => run).length;
    if (json) writeJson(board, surroundings);
    else
      for (const line of boardLines({ ...board, name: file, on, errors: [] }, surroundings))
        surroundings.write(line);
    return exitCodes.ok;
  },
);
