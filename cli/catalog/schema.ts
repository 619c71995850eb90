/** `syncboard catalog schema`: JSON Schemas of the files of a catalogue, for editors. */

import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { jsonSchemas } from '../../shared/app/catalog-check/json-schemas.ts';
import { cliCommand } from '../command.ts';
import { CliError, exitCodes } from '../exit-codes.ts';

export const catalogSchemas = cliCommand(
  'catalog schema',
  'JSON Schemas of the files of a catalogue, for editors',
  {
    what: 'Writes catalog.schema.json, definition.schema.json, report.schema.json and board.schema.json.',
    operands: [{ name: 'FOLDER', help: 'where to; those of this version are in catalog/schema' }],
    options: {
      check: { type: 'flag', help: 'write nothing, look whether they are there as they are' },
    },
    more: `A file names its own as "$schema".
Exit codes: 0 written, or as they are; 1 --check found another one; 2 wrong arguments.`,
  },
  async ({ operands: [folder = '.'], check }, surroundings) => {
    let isOther = false;
    for (const [name, schema] of Object.entries(jsonSchemas())) {
      const file = join(folder, `${name}.schema.json`);
      const place = resolve(surroundings.folder, file);
      const text = schemaText(schema);
      if (check) {
        const there = await readFile(place, 'utf8').catch(() => undefined);
        if (there === text) continue;
        isOther = true;
        surroundings.write(`${file} is another one: syncboard catalog schema ${folder} writes it`);
        continue;
      }
      await writeFile(place, text, { signal: surroundings.signal }).catch((error) => {
        throw new CliError(exitCodes.usage, error.message);
      });
      surroundings.write(`written: ${file}`);
    }
    return isOther ? exitCodes.failed : exitCodes.ok;
  },
);

const schemaText = (schema: object) => `${JSON.stringify(schema, undefined, 2)}\n`;
