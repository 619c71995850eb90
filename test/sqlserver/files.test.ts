import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { settingsFor, withDatabase } from '../../demo/billing/connections.ts';
import { sourceDatabases } from '../../demo/billing/sources.ts';
import { demoFiles, scriptOf } from '../../demo/billing/tsql/index.ts';
import { delaysAt } from '../../demo/billing/tsql/pacing.ts';

const write = fileURLToPath(new URL('../../demo/billing/tsql/write.ts', import.meta.url));
const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', write, ...args]);

describe('npm run demo:sql', () => {
  it('writes every file out, each with its database and settings', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'demo-sql-'));
    t.after(() => rm(folder, { recursive: true }));
    await run('--out', join(folder, 'sql'));
    const files = demoFiles();
    assert.deepEqual(await readdir(join(folder, 'sql')), files.map(({ name }) => name).toSorted());
    for (const { name, database, script } of files) {
      const text = await readFile(join(folder, 'sql', name), 'utf8');
      assert.ok(text.endsWith(script), name);
      assert.equal(text.includes(`USE [${database}];\nGO`), database !== 'master', name);
      assert.match(text, /SET QUOTED_IDENTIFIER ON;/);
    }
  });

  it('asks for a folder', () =>
    assert.rejects(run(), { code: 2, stderr: /--out is missing: a folder for the files/ }));

  it('has one text for the four STEK databases, but for what is their own', () => {
    const [stek, ...others] = ['STEK', 'STEK_REGION', 'STEK_MO'].map((name) => {
      const code = sourceDatabases.find((source) => source.name === name)?.codes[0] ?? '';
      return scriptOf(name)
        .replaceAll(`'${code}'`, "'code'")
        .replaceAll(`sp_export_to_bill_ab_`, '')
        .replace(/\('code', .*\)/, '');
    });
    for (const other of others) assert.equal(other, stek);
  });

  it('uses neither MERGE nor CREATE OR ALTER', () => {
    for (const { name, script } of demoFiles()) {
      assert.doesNotMatch(script, /^\s*(MERGE|CREATE OR ALTER)\b/im, name);
    }
  });
});

describe('withDatabase', () => {
  const cases: [string, string][] = [
    ['Server=a;User Id=u;Password=p', 'Server=a;User Id=u;Password=p;Database=AB'],
    ['Server=a;Database=x;Password=p;', 'Server=a;Password=p;Database=AB'],
    ['Server=a; initial catalog = x ;Password=p', 'Server=a;Password=p;Database=AB'],
    ['Server=a;Password="p;Database=q"', 'Server=a;Password="p;Database=q";Database=AB'],
  ];
  for (const [given, expected] of cases) {
    it(given, () => assert.equal(withDatabase(given, 'AB'), expected));
  }

  it('gives every setting of the catalogue', () => {
    assert.deepEqual(Object.keys(settingsFor('Server=a')), [
      'SQL_HCS',
      'SQL_STEK',
      'SQL_REGION',
      'SQL_MO',
      'SQL_ZAGSER',
      'SQL_AB',
    ]);
  });
});

describe('delaysAt', () => {
  it('shares out the noted seconds over the stages', () => {
    // turnover_balance_sheet of 0t10: the operators noted 37 minutes.
    const delays = delaysAt(1).filter(
      ({ entity, code }) => entity === 'turnover_balance_sheet' && code === '0t10',
    );
    const seconds = delays.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
    assert.equal(Math.floor(seconds / 60), 37);
  });

  it('has none without a pace', () => {
    assert.deepEqual(delaysAt(Number.POSITIVE_INFINITY), []);
  });
});
