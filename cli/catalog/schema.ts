/** `syncboard catalog schema`: JSON Schemas of the files of a catalogue, for editors. */

import { writeFile } from 'node:fs/promises';
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
    options: {},
    more: 'A file names its own as "$schema". Exit codes: 0 written, 2 wrong arguments.',
  },
  async ({ operands: [folder = '.'] }, surroundings) => {
    for (const [name, schema] of Object.entries(jsonSchemas())) {
      const file = join(resolve(surroundings.folder, folder), `${name}.schema.json`);
      await writeFile(file, schemaText(schema), { signal: surroundings.signal }).catch((error) => {
        throw new CliError(exitCodes.usage, error.message);
      });
      surroundings.write(`written: ${join(folder, `${name}.schema.json`)}`);
    }
    return exitCodes.ok;
  },
);

const schemaText = (schema: object) => `${JSON.stringify(schema, undefined, 2)}\n`;
