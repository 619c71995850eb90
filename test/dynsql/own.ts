/** Definitions and reports of an operator's own, over the countries of the aggregate base. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Json } from '../catalog/edited.ts';

export const ownId = 'TEST0WNC0UNTR1ES0000000001';
export const ownReportId = 'W4TEST0001';

/** Whoever asks for its names gets them in capitals: no shipped definition does that. */
export const ownDefinition = (): Json => ({
  id: ownId,
  name: 'Země velkými písmeny',
  datasets: [
    {
      name: 'MAIN',
      sql: 'SELECT {FIELDS} FROM Countries A {WHERE} {ORDERBY}',
      fields: [
        { expression: 'A.Code', fieldname: 'Code', datatype: 'dtString' },
        { expression: 'UPPER(A.Name) AS Name', fieldname: 'Name', datatype: 'dtString' },
      ],
      aliases: [{ alias: 'A' }],
      uniquefields: 'Code',
    },
  ],
  conditions: [
    {
      id: 'Code',
      dataset: 'MAIN',
      alias: 'A',
      datatype: 'ctString',
      template: 'TEXT',
      params: 'FIELD=Code',
    },
  ],
  keys: [{ id: 'Code', sql: 'A.Code', dataset: 'MAIN' }],
  templates: { TEXT: { type: 'nvarchar(10)', single: '{ALIAS}.{FIELD} = {VALUE}' } },
});

export const ownLayout = (): Json => ({
  id: ownReportId,
  title: 'Seznam zemí',
  definition: ownId,
  language: 'cs',
  table: {
    dataset: 'MAIN',
    orderby: [{ id: 'Code' }],
    columns: [
      { field: 'Code', caption: 'Kód', width: 20 },
      { field: 'Name', caption: 'Název', width: 80 },
    ],
  },
});

/** Texts by name, as `dynsql/countries.json`. */
export type Files = Readonly<Record<string, string>>;

export const ownFiles = (): Files => ({
  'dynsql/countries.json': JSON.stringify(ownDefinition(), undefined, 2),
  'reports/countries.json': JSON.stringify(ownLayout(), undefined, 2),
});

/** A folder with the files; it is removed after the test. */
export async function folderOf(t: Pick<TestContext, 'after'>, files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'own-definitions-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}
