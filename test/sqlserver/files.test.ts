import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { settingsFor, withDatabase } from '../../demo/billing/connections.ts';
import { demoFiles } from '../../demo/billing/tsql/index.ts';
import { delaysAt } from '../../demo/billing/tsql/pacing.ts';

const folder = new URL('../../sql/demo/', import.meta.url);

describe('sql/demo', () => {
  it('is what `npm run demo:sql` writes', async () => {
    const files = demoFiles();
    assert.deepEqual((await readdir(folder)).sort(), files.map(({ name }) => name).sort());
    for (const { name, text } of files) {
      assert.equal(await readFile(new URL(name, folder), 'utf8'), text, name);
    }
  });

  it('uses neither MERGE nor CREATE OR ALTER', () => {
    for (const { name, text } of demoFiles()) {
      assert.doesNotMatch(text, /^\s*(MERGE|CREATE OR ALTER)\b/im, name);
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
