/** Evidences of one company in two aggregate bases: each base keeps what it has, and its generations. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startSqlServer } from 'tds-sqlite';
import { Databases } from '../../shared/database/databases.ts';
import { pageProcedure, sqlMirror } from '../../shared/flexibee/apply.ts';
import { generationOver } from '../../shared/flexibee/types.ts';
import { install } from '../../sql/installer.ts';
import { readScripts } from '../../sql/scripts.ts';
import { soon } from '../support/storage.ts';

const names = ['AB', 'BOOKS'];
const server = await startSqlServer({
  logins: { tester: 'secret' },
  databases: ['EMPTY', ...names].map((name) => ({
    ...{ name, server: 'ab', schema: '', procedures: [] },
  })),
});
const databases = new Databases(
  ['EMPTY', ...names].map((name) => ({
    id: name,
    setting: `SQL_${name}`,
    connectionString: `Server=127.0.0.1,${server.port};Database=${name};User Id=tester;Password=secret;Encrypt=false`,
  })),
);
after(async () => {
  await databases.close();
  await server.close();
});
const scripts = await readScripts(fileURLToPath(new URL('../../sql/install/', import.meta.url)));
for (const name of names) {
  const session = await databases.session(name, soon());
  await install(session, scripts, () => {}, soon());
  session.destroy();
}

const baseOf: Record<string, string> = { adresar: 'AB', cenik: 'AB', banka: 'BOOKS' };
const evidences = Object.keys(baseOf);
const mirror = sqlMirror(databases, (evidence) => ({
  database: baseOf[evidence] ?? 'EMPTY',
  procedure: pageProcedure,
}));
const page = (generation: number, ...batches: string[]) => ({
  company: 'two',
  generation,
  readAt: new Date(generation).toISOString(),
  batches: batches.map((evidence) => ({
    evidence,
    changes: [],
    records: [
      { id: '1', version: 1, deleted: false, externalIds: [], payload: { evidence, generation } },
    ],
  })),
});
const rowsIn = async (base: string) => {
  const text =
    'SELECT evidence, generation FROM crude.flexibee_record WHERE company = @company ORDER BY evidence';
  const company = { name: 'company', type: 'nvarchar(64)', value: 'two' } as const;
  const rows = await databases.query(base, text, [company], soon());
  return rows.map(({ evidence, generation }) => `${evidence} ${generation}`);
};

test('a page over two bases is one call in each; the generation is the newest of both', async () => {
  assert.equal(await mirror.generation('two', evidences, soon()), 0);
  const applied = await mirror.apply(page(4, ...evidences), soon());
  assert.deepEqual([...applied.keys()].sort(), ['adresar', 'banka', 'cenik']);
  assert.deepEqual(await rowsIn('AB'), ['adresar 4', 'cenik 4']);
  assert.deepEqual(await rowsIn('BOOKS'), ['banka 4']);
  await mirror.apply(page(6, 'banka'), soon());
  assert.equal(await mirror.generation('two', evidences, soon()), 6);
  // One base refuses what is over there; the other has not begun anew yet.
  await assert.rejects(mirror.apply(page(5, ...evidences), soon()), { number: generationOver });
  assert.deepEqual(await rowsIn('BOOKS'), ['banka 6']);
  await mirror.apply(page(7, ...evidences), soon());
  assert.deepEqual(await rowsIn('AB'), ['adresar 7', 'cenik 7']);
  assert.deepEqual(await rowsIn('BOOKS'), ['banka 7']);
});

test('a base with procedures of its own only knows no generation', async () => {
  assert.equal(await mirror.generation('two', ['unknown'], soon()), 0);
});
