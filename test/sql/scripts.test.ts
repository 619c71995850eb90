import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { batchesOf } from '../../sql/batches.ts';
import { command } from '../../sql/command.ts';
import { grantStatement, grantsFor } from '../../sql/grants.ts';
import { readScripts } from '../../sql/scripts.ts';

test('a line that holds nothing but GO ends a batch', () => {
  const script =
    "\n\nSELECT 'GO';\r\nGO\r\nSELECT 2 -- GO\n  go ;\nGO\n\n go \r\nSELECT 3\nGOOD: SELECT 4\n";
  assert.deepEqual(batchesOf(script), [
    "SELECT 'GO';",
    'SELECT 2 -- GO',
    'SELECT 3\nGOOD: SELECT 4',
  ]);
});

test("the product's scripts are numbered without gaps", async () => {
  const scripts = await readScripts(fileURLToPath(new URL('../../sql/install/', import.meta.url)));
  assert.deepEqual(
    scripts.map(({ name }) => Number(name.slice(0, 3))),
    scripts.map((_, index) => index + 1),
  );
  for (const { batches } of scripts) assert.ok(batches.length > 0);
});

test('a script with a wrong name or a number that is taken is refused', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'scripts-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, '001-first.sql'), 'SELECT 1');
  await writeFile(join(folder, '001-second.sql'), 'SELECT 1');
  await assert.rejects(readScripts(folder), /001-second\.sql: the number is taken by 001-first/);
  await rm(join(folder, '001-second.sql'));
  await writeFile(join(folder, '2-second.sql'), 'SELECT 1');
  await assert.rejects(readScripts(folder), /2-second\.sql: a script is called NNN-name\.sql/);
});

test("the rights are the catalogue's procedures and freshness tables, no more", () => {
  const catalog = shippedCatalog();
  const text = (database: string) => grantsFor(catalog, database).map(grantStatement);
  const ab = text('ab');
  assert.ok(
    ab.includes('GRANT EXECUTE ON [crude].[sp_load_datasource_meter] TO syncboard_runner;'),
  );
  assert.ok(ab.includes('GRANT SELECT ON [heap].[list_datasource] TO syncboard_runner;'));
  assert.ok(ab.includes('GRANT SELECT ON [test].[personal_saldo] TO syncboard_runner;'));
  assert.ok(
    ab.includes('GRANT EXECUTE ON [crude].[sp_apply_flexibee_changes] TO syncboard_runner;'),
  );
  // Twenty entities: crude and heap for each; one procedure for all evidences of FlexiBee, and one
  // for all queries of ABRA Gen.
  assert.equal(ab.filter((line) => line.includes('EXECUTE')).length, 42);
  assert.equal(new Set(ab).size, ab.length);
  // What dynsql reads there; nothing of it elsewhere, and no function is taken for a table.
  for (const table of [
    '[dbo].[Countries2]',
    '[heap].[meter_reading]',
    '[crude].[flexibee_record]',
  ]) {
    assert.ok(ab.includes(`GRANT SELECT ON ${table} TO syncboard_runner;`), table);
  }
  assert.doesNotMatch(ab.join(), /OPENJSON/i);
  assert.doesNotMatch(text('hcs').join(), /Countries/);
  const zagser = text('zagser');
  assert.ok(
    zagser.includes('GRANT EXECUTE ON [prep].[sp_export_to_prep_meter] TO syncboard_runner;'),
  );
  assert.ok(zagser.every((line) => /\[(dbo|prep)\]/.test(line)));
});

const wrong: [args: string[], complaint: RegExp][] = [
  [[], /--database is missing[\s\S]*npm run sql:install/],
  [['--database', 'nowhere'], /must be one of hcs, .*ab/],
  [['--database', 'ab', '--force'], /--force[\s\S]*npm run sql:install/],
];
for (const [args, complaint] of wrong) {
  test(`the command says what is wrong: ${args.join(' ')}`, async () => {
    const lines: string[] = [];
    const signal = AbortSignal.timeout(10_000);
    assert.equal(await command(args, {}, (line) => lines.push(line), signal), 2);
    assert.match(lines.join('\n'), complaint);
  });
}
