/** `syncboard catalog check --connect`: definitions of dynsql whose SQL the database would refuse. */

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type SqlServer, startSqlServer } from 'tds-sqlite';
import type { Fault } from '../../shared/app/catalog-check/fault.ts';
import { cli } from './run-cli.ts';

const schema = `CREATE TABLE dbo.person (person_id int NOT NULL PRIMARY KEY, name nvarchar(60) NOT NULL)
CREATE TABLE dbo.task (
  task_id int NOT NULL PRIMARY KEY, person_id int NOT NULL, subject nvarchar(60) NOT NULL,
  hours decimal(9, 2) NOT NULL, begun date NOT NULL)
CREATE TABLE dbo.step (step_id int NOT NULL PRIMARY KEY, task_id int NOT NULL, note nvarchar(60) NOT NULL)`;

const catalog = {
  periods: { from: '2020-01', timeZone: 'UTC' },
  servers: [{ id: 'one', description: 'one' }],
  databases: [{ id: 'ab', server: 'one', connection: 'SQL_AB' }],
  connections: [{ id: 'asked', kind: 'database', database: 'ab' }],
  dataSources: [{ code: 'a', description: 'a', system: 's', database: 'ab' }],
  entities: [{ name: 'task', description: 'Task', systems: ['s'] }],
  pipelines: [{ id: 's', stages: [{ stage: 'export', procedure: 'dbo.sp_export' }] }],
};

const definition = {
  id: 'DC00TASKS00000000000000001',
  name: 'Tasks',
  datasets: [
    {
      name: 'MAIN',
      sql: 'SELECT {FIELDS} FROM dbo.task A {JOIN} {WHERE} {ORDERBY}',
      fields: [
        { expression: 'A.task_id', fieldname: 'task_id', datatype: 'dtInteger' },
        { expression: 'A.subject', fieldname: 'subject', datatype: 'dtString' },
        { expression: 'P.name AS person', fieldname: 'person', datatype: 'dtString' },
      ],
      aliases: [
        { alias: 'A' },
        { alias: 'P', joinsql: 'JOIN dbo.person P ON P.person_id = A.person_id' },
      ],
      uniquefields: 'task_id',
    },
    {
      name: 'STEPS',
      master: 'MAIN',
      masterfields: 'task_id',
      sql: 'SELECT {FIELDS} FROM dbo.step S {JOIN} WHERE S.task_id = :task_id {WHERE} {ORDERBY}',
      fields: [{ expression: 'S.note', fieldname: 'note', datatype: 'dtString' }],
      aliases: [{ alias: 'S' }],
    },
  ],
  conditions: [
    {
      ...{ id: 'hours', dataset: 'MAIN', alias: 'A', params: 'FIELD=hours' },
      ...{ datatype: 'ctFloat', template: 'NUMBER' },
    },
    {
      ...{ id: 'begun', dataset: 'MAIN', alias: 'A', params: 'FIELD=begun' },
      ...{ datatype: 'ctDate', template: 'DAY' },
    },
    { id: 'stepped', dataset: 'MAIN', alias: 'A', datatype: 'ctBoolean', template: 'STEPPED' },
  ],
  keys: [
    { id: 'person', dataset: 'MAIN', sql: 'P.name' },
    { id: 'note', dataset: 'STEPS', sql: 'S.note' },
  ],
  templates: {
    NUMBER: {
      type: 'decimal(9, 2)',
      single: '{ALIAS}.{FIELD} = {VALUE}',
      range: '{ALIAS}.{FIELD} BETWEEN {FROM} AND {TO}',
      list: '{ALIAS}.{FIELD} IN {LIST}',
    },
    DAY: { type: 'date', range: '{ALIAS}.{FIELD} >= {FROM} AND {ALIAS}.{FIELD} < {TO}' },
    STEPPED: {
      true: 'EXISTS (SELECT 1 FROM dbo.step U WHERE U.task_id = {ALIAS}.task_id)',
      false: 'NOT EXISTS (SELECT 1 FROM dbo.step U WHERE U.task_id = {ALIAS}.task_id)',
    },
  },
};
const right = JSON.stringify(definition, undefined, 2);

let server: SqlServer;
let folder: string;
before(async () => {
  server = await startSqlServer({
    databases: [
      { name: 'AB', schema: `${schema}\nGO\nCREATE PROCEDURE dbo.sp_export AS RETURN 0` },
    ],
    logins: { runner: 'secret' },
  });
  folder = await mkdtemp(join(tmpdir(), 'definitions-'));
  await mkdir(join(folder, 'dynsql'));
  await writeFile(join(folder, 'catalog.json'), JSON.stringify(catalog));
});
after(async () => {
  await Promise.all([server.close(), rm(folder, { recursive: true, force: true })]);
});

async function faultsOf(text: string, ...options: string[]): Promise<Fault[]> {
  await writeFile(join(folder, 'dynsql', 'tasks.json'), text);
  const args = ['catalog', 'check', 'catalog.json', '--json', ...options];
  const environment = {
    DYNSQL: folder,
    SQL_AB: `Server=127.0.0.1,${server.port};Database=AB;User Id=runner;Password=secret;Encrypt=false`,
  };
  const { out, err } = await cli(args, environment, folder);
  assert.equal(err, '');
  const { faults }: { faults: Fault[] } = JSON.parse(out);
  return faults;
}

test('a database that takes all of a definition is content', async () => {
  assert.deepEqual(await faultsOf(right, '--connect'), []);
});

const slips: Record<string, { slip: [string, string]; path: string; text: RegExp }> = {
  'a field': {
    slip: ['A.subject', 'A.subjct'],
    path: 'datasets[0].fields[1].expression',
    text: /^the field subject of MAIN does not run in AB: Invalid column name 'subjct'\. \(did you mean subject\?\)$/,
  },
  'a field that came by a join': {
    slip: ['P.name AS', 'P.nam AS'],
    path: 'datasets[0].fields[2].expression',
    text: /^the field person of MAIN .* 'nam'\. \(did you mean name\?\)$/,
  },
  'a field below': {
    slip: ['"S.note",\n          "fieldname"', '"S.noet",\n          "fieldname"'],
    path: 'datasets[1].fields[0].expression',
    text: /^the field note of STEPS .* 'noet'\. \(did you mean note\?\)$/,
  },
  'the column of a condition': {
    slip: ['FIELD=hours', 'FIELD=hurs'],
    path: 'conditions[0].params',
    text: /^the condition hours of MAIN \(NUMBER\.single\) .* 'hurs'\. \(did you mean hours\?\)$/,
  },
  "a template's own column": {
    slip: [
      'NOT EXISTS (SELECT 1 FROM dbo.step U WHERE U.task_id',
      'NOT EXISTS (SELECT 1 FROM dbo.step U WHERE U.tsk_id',
    ],
    path: 'templates.STEPPED.false',
    text: /^the condition stepped of MAIN .* 'tsk_id'\. \(did you mean task_id\?\)$/,
  },
  'a key': {
    slip: ['"sql": "P.name"', '"sql": "P.nmae"'],
    path: 'keys[0].sql',
    text: /^the key person of MAIN .* 'nmae'\. \(did you mean name\?\)$/,
  },
  'the sql of a dataset': {
    slip: ['WHERE S.task_id', 'WHERE S.tsak_id'],
    path: 'datasets[1].sql',
    text: /^the sql of STEPS .* 'tsak_id'\. \(did you mean task_id\?\)$/,
  },
};

for (const [what, { slip, path, text }] of Object.entries(slips)) {
  test(`${what}: told once, with its place and a near name`, async () => {
    const wrong = right.replace(...slip);
    assert.notEqual(wrong, right);
    const faults = await faultsOf(wrong, '--connect');
    assert.deepEqual(
      faults.map((one) => [one.path, one.severity]),
      [[path, 'fault']],
      JSON.stringify(faults, undefined, 1),
    );
    const [fault] = faults;
    assert.match(fault?.text ?? '', text);
    assert.match(fault?.file ?? '', /tasks\.json$/);
    assert.ok((fault?.line ?? 0) > 1);
    assert.deepEqual(await faultsOf(wrong), [], 'nobody was asked');
  });
}

const words: Record<string, { slips: [string, string][]; path: string; text: RegExp }> = {
  'a type of a field': {
    slips: [['dtString', 'dtStrng']],
    path: 'datasets[0].fields[1].datatype',
    text: /^"dtStrng" is not a data type; use dtString, .* \(did you mean dtString\?\)$/,
  },
  'a type of a condition': {
    slips: [['ctFloat', 'ctFlot']],
    path: 'conditions[0].datatype',
    text: /^"ctFlot" is not a data type; .* \(did you mean ctFloat\?\)$/,
  },
  'a type that only ABRA may know': {
    slips: [['dtString', 'dtWhatever']],
    path: 'datasets[0].fields[1].datatype',
    text: /^"dtWhatever" is no data type that is known here$/,
  },
  'the template of one condition': {
    slips: [['"template": "NUMBER"', '"template": "NUMBERS"']],
    path: 'conditions[0].template',
    text: /^"NUMBERS" is not one of templates.*\(did you mean NUMBER\?\)$/,
  },
  'a template of another name': {
    slips: [['"template": "NUMBER"', '"template": "QWX"']],
    path: 'templates.NUMBER',
    text: /not a template of any condition; .*; conditions\[0\]\.template is "QWX", which is not there$/,
  },
  'a template that two conditions name': {
    slips: [
      ['"template": "NUMBER"', '"template": "VALUES"'],
      ['"template": "DAY"', '"template": "VALUES"'],
      ['"NUMBER": {', '"VALUE": {'],
      ['"DAY": {', '"VALUES2": {'],
    ],
    path: 'templates.VALUE',
    text: /^"VALUE" is not a template of any condition.*\(did you mean VALUES\?\)$/,
  },
  'a decimal without places': {
    slips: [['decimal(9, 2)', 'decimal']],
    path: 'templates.NUMBER.type',
    text: /^"decimal" has no decimal places/,
  },
};

for (const [what, { slips: given, path, text }] of Object.entries(words)) {
  test(`${what}: told by the file alone`, async () => {
    let wrong = right;
    for (const [from, to] of given) {
      assert.ok(wrong.includes(from));
      wrong = wrong.replace(from, to);
    }
    const faults = await faultsOf(wrong);
    const [fault] = faults.filter((one) => one.path === path);
    assert.match(fault?.text ?? '', text, JSON.stringify(faults));
    if (given.length === 1) assert.equal(faults.length, 1);
  });
}
