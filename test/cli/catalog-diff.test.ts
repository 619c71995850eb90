/** `syncboard catalog diff`, `plan` and `catalog schema`: what a catalogue says, without anybody being asked. */

import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { callText } from '../../cli/call-text.ts';
import { jsonSchemas } from '../../shared/app/catalog-check/json-schemas.ts';
import type { CallParameter } from '../../shared/catalog/index.ts';
import { edit, type Json, shippedJson, stepsOf } from '../catalog/edited.ts';
import { cli } from './run-cli.ts';

const entities = (shippedJson() as { entities: { name: string }[] }).entities;
const placeOf = (name: string) => `entities[${entities.findIndex((one) => one.name === name)}]`;

/** The shipped catalogue, and one with edits, in a folder of their own. */
async function pair(t: TestContext, edits: Record<string, Json | undefined>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'diff-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const changed = shippedJson();
  for (const [path, value] of Object.entries(edits)) edit(changed, stepsOf(path), value);
  await writeFile(join(folder, 'old.json'), JSON.stringify(shippedJson()));
  await writeFile(join(folder, 'new.json'), JSON.stringify(changed));
  return folder;
}

const diff = async (t: TestContext, edits: Record<string, Json | undefined>) => {
  const folder = await pair(t, edits);
  const told = await cli(['catalog', 'diff', 'old.json', 'new.json'], {}, folder);
  assert.deepEqual([told.code, told.err], [0, ''], told.err);
  return told.out.split('\n').map((line) => line.trim());
};

describe('catalog diff', () => {
  it('of equal ones says so', async (t) => {
    assert.deepEqual(await diff(t, {}), ['no difference']);
  });

  it('a new entity brings its rights, in each of its databases', async (t) => {
    const tariff = { name: 'tariff', description: 'Тариф', systems: ['hcs'] };
    const lines = await diff(t, { [`entities[${entities.length}]`]: tariff });
    assert.ok(lines.includes('+ tariff'));
    assert.ok(lines.includes('-- in hcs'));
    assert.ok(
      lines.includes('GRANT EXECUTE ON [dbo].[sp_export_to_bill_ab_tariff] TO syncboard_runner;'),
    );
    assert.ok(lines.includes('GRANT SELECT ON [heap].[tariff] TO syncboard_runner;'));
    assert.ok(!lines.some((line) => line.startsWith('REVOKE') || line.startsWith('~ stage')));
    assert.ok(lines.includes('~ 0c10'), 'a source has it');
  });

  it('a procedure of another name is one change of its sources, and rights that come and go', async (t) => {
    const lines = await diff(t, { 'pipelines[2].stages[1].procedure': 'heap.sp_load_{entity}' });
    const [line = ''] = lines.filter((one) => one.startsWith('~ stage heap of meter:'));
    assert.match(line, /^~ stage heap of meter: 0c01, 0c05, .*zagser$/);
    assert.ok(lines.includes('GRANT EXECUTE ON [heap].[sp_load_meter] TO syncboard_runner;'));
    assert.ok(
      lines.includes(
        'REVOKE EXECUTE ON [heap].[sp_load_to_heap_from_crude_meter] FROM syncboard_runner;',
      ),
    );
    assert.equal(lines.filter((one) => one.startsWith('GRANT')).length, 20);
  });

  it('an entity that one source has no more, a database that moves', async (t) => {
    const lines = await diff(t, {
      'dataSources[3].except': { entities: ['meter'] },
      'databases[5].connection': 'SQL_AGGREGATE',
    });
    const source = lines.indexOf('~ 0c08');
    assert.deepEqual(lines.slice(source, source + 2), ['~ 0c08', 'entities: -meter']);
    assert.ok(lines.includes('connection: "SQL_AB" -> "SQL_AGGREGATE"'));
    assert.ok(lines.includes('sources: -0c08'));
  });

  it('of one with faults tells these, with 1', async (t) => {
    const folder = await pair(t, { 'databases[0].server': 'DCDB' });
    const told = await cli(['catalog', 'diff', 'old.json', 'new.json'], {}, folder);
    assert.equal(told.code, 1);
    assert.match(told.err, /^new\.json:1:\d+: databases\[0\]\.server: "DCDB" is not a server/);
    assert.equal((await cli(['catalog', 'diff', 'old.json'], {}, folder)).code, 2);
  });
});

describe('plan', () => {
  const plan = (...args: string[]) => cli(['plan', 'catalog', ...args]);

  it('says the calls with their values, in their order', async () => {
    const args = ['--code', '0c10', '--name', 'payment', '--month', '7', '--year', '2019'];
    const { code, out } = await plan(...args);
    assert.equal(code, 0);
    assert.deepEqual(
      out.split('\n').map((line) => line.trim().replaceAll(/ +/g, ' ')),
      [
        "1 export:payment:0c10 dcdb/hcs: EXEC [dbo].[sp_export_to_bill_ab_payment] @CurDataAreaId = '0c10', @period_month = 7, @period_year = 2019",
        '2 crude:payment ab/ab: EXEC [crude].[sp_load_datasource_payment] -- after 1',
        '3 heap:payment ab/ab: EXEC [heap].[sp_load_to_heap_from_crude_payment] -- after 2',
        '3 calls on 2 servers',
      ],
    );
  });

  it('is T-SQL: outputs are declared, texts keep their letters and days their meaning', () => {
    const told: [parameter: Partial<CallParameter>, text: string][] = [
      [{ value: 7 }, '@p = 7'],
      [{ value: true }, '@p = 1'],
      [{ value: null }, '@p = NULL'],
      [{ type: 'varchar(9)', value: "o'k" }, "@p = 'o''k'"],
      [{ type: 'nvarchar(9)', value: 'ok' }, "@p = N'ok'"],
      [{ type: 'varchar(9)', value: 'Žár' }, "@p = N'Žár'"],
      [{ type: 'numeric(9, 2)', value: '0.10' }, "@p = '0.10'"],
      [{ type: 'date', value: '2026-02-01' }, "@p = '2026-02-01'"],
      [{ type: 'datetime', value: '2026-02-01' }, "@p = '20260201'"],
      [{ type: 'nvarchar(9)', value: null, from: 'user' }, "@p = N'<user>'"],
    ];
    const procedure = { schema: 'dbo', name: 'x' };
    const text = (parameter: Partial<CallParameter>) => {
      const whole = { name: 'p', type: 'int', value: null, ...parameter };
      return callText({ kind: 'procedure', procedure, parameters: [whole] });
    };
    for (const [parameter, expected] of told) {
      assert.equal(text(parameter), `EXEC [dbo].[x] ${expected}`);
    }
    const output = { type: 'varchar(9)', output: true } as const;
    assert.equal(text(output), 'DECLARE @p varchar(9); EXEC [dbo].[x] @p = @p OUTPUT');
    assert.equal(
      text({ ...output, value: 'a' }),
      "DECLARE @p varchar(9) = 'a'; EXEC [dbo].[x] @p = @p OUTPUT",
    );
  });

  it('of several months and sources makes shared calls once', async () => {
    const args = ['--code', '0c10,stek', '--name', 'payment', '--months', '2019-06..2019-07'];
    const { out } = await plan(...args, '--json');
    const { stages } = JSON.parse(out) as { stages: { id: string }[] };
    assert.deepEqual(
      stages.map(({ id }) => id),
      [
        ...['export:payment:0c10:2019-06', 'export:payment:0c10:2019-07'],
        ...['export:payment:stek:2019-06', 'export:payment:stek:2019-07'],
        ...['crude:payment', 'heap:payment'],
      ],
    );
  });

  it('takes one month as a range of it', async () => {
    const args = ['--code', '0c10', '--name', 'payment', '--months'];
    assert.deepEqual(await plan(...args, '2019-07'), await plan(...args, '2019-07..2019-07'));
  });

  const refused: [args: string, text: RegExp][] = [
    ['--code 0c1 --name meter', /^--code .*\(did you mean 0c10\?\)|did you mean 0c01\?/],
    [
      '--code 0c10 --name metr',
      /^--name must be an entity of 0c10 \(did you mean meter\?\); use one of /,
    ],
    ['--code 0c10 --name payment', /^--month is needed: payment is dated; use a month/],
    ['--code 0c10 --name payment --month 13', /^--month is 13; it must be/],
    ...['x..0', 'x', '1..2..3'].map((months): [string, RegExp] => [
      `--code 0c10 --name payment --months ${months}`,
      /^--months must be FROM\.\.TO or one month, each yyyy-mm/,
    ]),
    ['', /^--code must be one of/],
  ];
  for (const [args, text] of refused) {
    it(`refuses "${args}" with 2`, async () => {
      const { code, err, out } = await plan(...args.split(' ').filter(Boolean));
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, text);
    });
  }
});

const places = {
  catalog: 'catalog.json',
  definition: 'dynsql/*.json',
  report: 'reports/*.json',
  board: 'boards/*.json',
} as const;

describe('JSON Schemas', () => {
  const made = jsonSchemas();
  const validator = (kind: keyof typeof made) => new Ajv2020({ strict: false }).compile(made[kind]);

  it('are those in catalog/schema, and --check sees it where they are not', async (t) => {
    const args = ['catalog', 'schema', 'catalog/schema', '--check'];
    assert.deepEqual(await cli(args), { code: 0, out: '', err: '' });
    const folder = await mkdtemp(join(tmpdir(), 'schemas-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const told = await cli(['catalog', 'schema', '.', '--check'], {}, folder);
    assert.equal(told.code, 1);
    assert.match(
      told.out,
      /^catalog\.schema\.json is another one: syncboard catalog schema \. writes it/,
    );
    assert.equal((await cli(['catalog', 'schema', '.'], {}, folder)).code, 0);
    assert.equal((await cli(['catalog', 'schema', '.', '--check'], {}, folder)).code, 0);
    assert.equal((await cli(['catalog', 'schema', 'nowhere'], {}, folder)).code, 2);
  });

  it('describe every file that is shipped, which names its own', async () => {
    for (const [kind, place] of Object.entries(places) as [keyof typeof made, string][]) {
      const isValid = validator(kind);
      const files = globSync([`catalog/${place}`, `examples/*/${place}`]);
      assert.ok(files.length > 0);
      for (const file of files) {
        const value = JSON.parse(await readFile(file, 'utf8'));
        assert.equal(
          resolve(dirname(file), value.$schema),
          resolve(`catalog/schema/${kind}.schema.json`),
          file,
        );
        assert.ok(isValid(value), `${file}: ${JSON.stringify(isValid.errors)}`);
      }
    }
  });

  it('take the name of a setting in the place of a text', () => {
    const isValid = validator('catalog');
    const json = shippedJson();
    const name = '§{TEST_NAME}'.replace('§', '$');
    for (const path of [
      'servers[0].id',
      'databases[0].connection',
      'dataSources[16].company.name',
    ]) {
      edit(json, stepsOf(path), `${name}`);
    }
    edit(json, stepsOf('databases[5].schemas'), { crude: `x_${name}`, flexi: 'erp' });
    assert.ok(isValid(json), JSON.stringify(isValid.errors));
  });

  it('refuse slips', () => {
    const isValid = validator('catalog');
    for (const [path, value] of Object.entries({
      [`${placeOf('meter')}.dateed`]: true,
      'pipelines[0].stages[0].transaction': 'owm',
      'pipelines[0].stages[0].parameters[0].from': 'cod',
      'databases[0].connection': 'Server=x',
      servers: undefined,
    })) {
      const json = shippedJson();
      edit(json, stepsOf(path), value);
      assert.ok(!isValid(json), path);
    }
  });
});
