import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { grantStatement, grantsFor } from '../../shared/app/grants.ts';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { command } from '../../sql/command.ts';
import { readScripts } from '../../sql/scripts.ts';
import { edit, shippedJson, stepsOf } from '../catalog/edited.ts';
import { folderOf, ownFiles } from '../dynsql/own.ts';
import { soon, startStorage } from '../support/storage.ts';

test("the product's scripts are numbered without gaps", async () => {
  const scripts = await readScripts(fileURLToPath(new URL('../../sql/install/', import.meta.url)));
  assert.deepEqual(
    scripts.map(({ name }) => Number(name.slice(0, 3))),
    scripts.map((_, index) => index + 1),
  );
  for (const { name, batches } of scripts) {
    // sqlcmd without -I begins with QUOTED_IDENTIFIER OFF, which a procedure keeps for life.
    assert.match(
      batches[0]?.text ?? '',
      /^(?:--.*\n)*SET QUOTED_IDENTIFIER ON;\nSET ANSI_NULLS ON;$/,
      name,
    );
    const all = batches.map(({ text }) => text).join('\n');
    assert.doesNotMatch(all, /DROP PROC|CREATE OR ALTER|CREATE SCHEMA \w+'/, name);
  }
});

test('a script with a wrong name or a number that is taken is refused', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'scripts-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, '001-first.sql'), 'SELECT 1');
  await writeFile(join(folder, '001-second.sql'), 'SELECT 1');
  await assert.rejects(readScripts(folder), /001-second\.sql: the number is taken by 001-first/);
  await rm(join(folder, '001-second.sql'));
  await writeFile(join(folder, '002-go.sql'), 'SELECT 1\nGO;\n');
  await assert.rejects(readScripts(folder), /^Error: 002-go\.sql, line 2: after GO may stand/);
  await rm(join(folder, '002-go.sql'));
  await writeFile(join(folder, '2-second.sql'), 'SELECT 1');
  await assert.rejects(readScripts(folder), /2-second\.sql: a script is called NNN-name\.sql/);
});

test("the rights are the catalogue's procedures and freshness tables, no more", () => {
  const catalog = shippedCatalog();
  const text = (database: string) =>
    grantsFor(catalog, shippedDynsql().definitions, database).map(grantStatement);
  const ab = text('ab');
  assert.ok(
    ab.includes('GRANT EXECUTE ON [crude].[sp_load_datasource_meter] TO syncboard_runner;'),
  );
  assert.ok(ab.includes('GRANT SELECT ON [heap].[list_datasource] TO syncboard_runner;'));
  assert.ok(ab.includes('GRANT SELECT ON [test].[personal_saldo] TO syncboard_runner;'));
  assert.ok(ab.includes('GRANT EXECUTE ON [crude].[sp_apply_flexibee_page] TO syncboard_runner;'));
  assert.ok(
    ab.includes('GRANT EXECUTE ON [crude].[sp_read_flexibee_generation] TO syncboard_runner;'),
  );
  // Twenty entities: crude and heap for each; one procedure for all evidences of FlexiBee and
  // three beside it, four of the typed tables, and one for all queries of ABRA Gen.
  assert.equal(ab.filter((line) => line.includes('EXECUTE')).length, 49);
  assert.ok(ab.includes('GRANT EXECUTE ON [flexi].[sp_shape_evidence] TO syncboard_runner;'));
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

test('the command grants what CATALOG and DYNSQL name, be it files or blobs', async (t) => {
  const catalog = shippedJson();
  edit(catalog, stepsOf('pipelines[2].stages[0].procedure'), 'crude.sp_own_{entity}');
  const files = { ...ownFiles(), 'catalog.json': JSON.stringify(catalog) };
  const folder = await folderOf(t, files);
  const storage = await startStorage();
  t.after(() => storage.close());
  const { connectionString } = storage;
  const container = await openContainer({ kind: 'connection string', connectionString }, soon());
  for (const [name, text] of Object.entries(files)) {
    const blob = container.getBlockBlobClient(`own/${name}`);
    await blob.upload(text, Buffer.byteLength(text));
  }
  const print = async (environment: Record<string, string>) => {
    const lines: string[] = [];
    const args = ['--database', 'ab', '--grants', '--print'];
    assert.equal(await command(args, environment, (line) => lines.push(line), soon()), 0);
    return lines.filter((line) => line.startsWith('GRANT'));
  };

  const shipped = await print({ CATALOG: '', DYNSQL: ' ' });
  assert.ok(shipped.some((line) => line.includes('[dbo].[Countries2]')));
  assert.ok(shipped.some((line) => line.includes('[dbo].[Currencies]')));
  for (const [where, more] of [
    [folder, {}],
    ['blob:own', { AzureWebJobsStorage: connectionString }],
  ] as const) {
    const own = await print({ ...more, DYNSQL: where, CATALOG: `${where}/catalog.json` });
    assert.equal(own.filter((line) => line.includes('[dbo].[Countries]')).length, 1);
    assert.doesNotMatch(own.join(), /Countries2|Currencies/);
    assert.ok(own.includes('GRANT EXECUTE ON [crude].[sp_own_meter] TO syncboard_runner;'));
  }
  await assert.rejects(print({ DYNSQL: 'blob:own' }), /AzureWebJobsStorage is not set/);
  await assert.rejects(print({ DYNSQL: join(folder, 'dynsql') }), {
    name: 'CatalogError',
    message: /^DYNSQL: .* has 1 fault:\n- dynsql: no \*\.json is in it/,
  });
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
