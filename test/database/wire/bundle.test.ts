import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildApp } from '../../../demo/build.ts';
import type { Databases } from '../../../shared/database/databases.ts';
import { soon } from '../../support/storage.ts';
import { startWorld } from './world.ts';

it('numbers and times are exact in a bundle, where the driver is bundled, too', async (t) => {
  const entry = fileURLToPath(new URL('../../../shared/database/databases.ts', import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await buildApp(entry, folder);
  const bundle = createRequire(import.meta.url)(join(folder, 'main.cjs')) as {
    Databases: typeof Databases;
  };
  const world = await startWorld();
  t.after(() => world.close());
  const { connectionString } = world;
  const databases = new bundle.Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  t.after(() => databases.close());
  const row = {
    d: '-123456789012345678.12345678901234567890',
    m: '922337203685477.5807',
    b: '-9223372036854775808',
    t: '2019-07-31T23:59:59.1234567+02:00',
  };
  const rows = await databases.query(
    'ab',
    'SELECT @d AS d, @m AS m, @b AS b, @t AS t',
    [
      { name: 'd', type: 'decimal(38, 20)', value: row.d },
      { name: 'm', type: 'money', value: row.m },
      { name: 'b', type: 'bigint', value: row.b },
      { name: 't', type: 'datetimeoffset(7)', value: row.t },
    ],
    soon(),
  );
  assert.deepEqual(
    rows.map((one) => ({ ...one })),
    [row],
  );
});
