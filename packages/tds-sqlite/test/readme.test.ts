/** The example of the README does what it says. */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));

it('the ten lines of the README run as they are', async (test) => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, code = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  assert.match(code, /startSqlServer/);
  // Beside this file, so that packages are found as they are by whoever copies the lines.
  const place = await mkdtemp(join(folder, '.readme-'));
  test.after(() => rm(place, { recursive: true, force: true }));
  const script = join(place, 'example.ts');
  const look =
    "export const rows = (await pool.query('SELECT id, name FROM dbo.item')).recordset;\n";
  await writeFile(script, code.replace('await pool.close', `${look}await pool.close`));
  const { rows } = (await import(script)) as { rows: unknown[] };
  assert.deepEqual([...rows], [{ id: 1, name: 'Čaj' }]);
});
