/** One catalogue after the other, each with its number in all that is seen of it. */

import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownDefinition } from '../../dynsql/own.ts';

export const codes = ['north', 'south'] as const;

/** What is wrong with a catalogue that nobody may use. */
export const faults = ['half a file', 'unknown server', 'no definitions'] as const;
export type Fault = (typeof faults)[number];

/** Always there, and there in every second catalogue. */
export const usual = ['customer', 'invoice'];
export const odd = 'order';

/**
 * The number is in each call (`rev`), each description, each query of freshness and the definition's
 * name; ids of databases change with it, their places do not.
 */
export function catalogOf(number: number): object {
  const idOf = (id: string) => (number % 3 === 0 ? `${id}_renamed` : id);
  const parameters = [
    { name: 'rev', type: 'int', value: number },
    { name: 'run', type: 'nvarchar(60)', from: 'run id' },
    { name: 'entity', type: 'nvarchar(60)', from: 'entity' },
  ];
  const code = { name: 'code', type: 'nvarchar(60)', from: 'code' };
  const places = [...codes, 'ab'];
  return {
    periods: { from: '2018-01', timeZone: 'Asia/Vladivostok' },
    servers: places.map((id) => ({ id, description: id })),
    databases: places.map((id) => ({
      ...{ id: idOf(id), server: id, connection: `SQL_${id.toUpperCase()}` },
    })),
    connections: [{ id: 'base', kind: 'database', database: idOf('ab') }],
    dataSources: codes.map((id) => ({
      ...{ code: id, description: `revision ${number}`, system: 'billing', database: idOf(id) },
    })),
    entities: [...usual, ...(number % 2 === 1 ? [odd] : [])].map((name) => ({
      ...{ name, description: `revision ${number}`, systems: ['billing'] },
    })),
    pipelines: [
      {
        id: 'billing',
        repeatable: true,
        stages: [
          { stage: 'export', procedure: 'dbo.sp_call', parameters: [...parameters, code] },
          {
            stage: 'load',
            once: 'entity',
            database: idOf('ab'),
            procedure: 'dbo.sp_call',
            parameters,
          },
        ],
        freshness: [
          {
            place: 'source',
            sql: `SELECT MAX(changed) FROM dbo.called WHERE rev <= ${number}`,
          },
        ],
      },
    ],
  };
}

/** Makes the version, and `current` lead to it, in one step for whoever reads: as mounted configuration does. */
export async function publish(folder: string, number: number, fault?: Fault): Promise<void> {
  const version = `v${number}`;
  const text = JSON.stringify(
    fault === 'unknown server'
      ? { ...catalogOf(number), servers: [{ id: 'nowhere', description: '' }] }
      : catalogOf(number),
  );
  const written = fault === 'half a file' ? text.slice(0, text.length / 2) : text;
  await mkdir(join(folder, version, 'dynsql'), { recursive: true });
  await writeFile(join(folder, version, 'catalog.json'), written);
  if (fault !== 'no definitions') {
    const definition = { ...Object(ownDefinition()), name: `revision ${number}` };
    await writeFile(join(folder, version, 'dynsql', 'own.json'), JSON.stringify(definition));
  }
  await symlink(version, join(folder, 'next'));
  await rename(join(folder, 'next'), join(folder, 'current'));
}
