import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Databases } from '../../shared/database/databases.ts';
import { freshnessReader } from '../../shared/sync/freshness.ts';
import { startWorld } from '../database/wire/world.ts';
import { soon } from '../support/storage.ts';
import { startTdsCounter } from '../support/tds-counter.ts';

/** Type of the column, what it holds, and what the reading tells. */
const held: [type: string, value: string, told?: string][] = [
  ['datetime2(7)', '2019-07-31T23:59:59.1234567'],
  ['datetime2(0)', '2019-07-31T23:59:59'],
  ['datetime', '2019-07-31T23:59:59.997'],
  ['date', '2019-07-31'],
  ['datetimeoffset(7)', '2019-07-31T23:59:59.1234567+10:00'],
  ['bigint', '9007199254740993'],
  ['decimal(38, 0)', '12345678901234567890123456789012345678'],
];

test('a freshness reading tells what the server holds, digit for digit', async (t) => {
  const world = await startWorld();
  t.after(() => world.close());
  for (const [nth, [type, value]] of held.entries()) {
    await world.query(`CREATE TABLE dbo.f${nth} (v ${type} NULL)`);
    await world.query(`INSERT INTO dbo.f${nth} VALUES (NULL), ('${value}')`);
    const at = new Date('2026-01-01T00:00:00Z');
    const read = freshnessReader(world.databases, () => at);
    const query = { place: 'heap' as const, database: 'ab', statement: 0, parameters: [] };
    const reading = await read(
      { statements: [`SELECT MAX(v) AS freshness FROM dbo.f${nth}`] },
      { queries: [query] },
      soon(),
    );
    assert.deepEqual(reading, { at: at.toISOString(), heap: value }, type);
  }
});

/** Twenty entities, each with a place to read; two tables are missing, one has no rows. */
async function manyEntities(t: { after(work: () => Promise<void>): void }) {
  const world = await startWorld();
  t.after(() => world.close());
  const entities = Array.from({ length: 20 }, (_, index) => {
    const sql = `SELECT MAX(v) AS [freshness] FROM dbo.e${index} WHERE code = @code`;
    const parameters = [{ name: 'code', type: 'varchar(20)', value: index % 2 ? "it's" : 'other' }];
    return { sql, parameters };
  });
  for (const [index] of entities.entries()) {
    const [type, value] = held[index % held.length] ?? ['', ''];
    if (index === 3 || index === 11) continue;
    await world.query(`CREATE TABLE dbo.e${index} (v ${type} NULL, code varchar(20))`);
    if (index === 5) continue;
    const code = index % 2 ? "it''s" : 'other';
    await world.query(`INSERT INTO dbo.e${index} VALUES ('${value}', '${code}')`);
  }
  const statements = entities.map(({ sql }) => sql);
  const queriesOf = (index: number) => [
    {
      place: 'heap' as const,
      database: 'ab',
      statement: index,
      parameters: entities[index]?.parameters ?? [],
    },
  ];
  const expected = (index: number) => (index === 5 ? null : (held[index % held.length] ?? [])[1]);
  return { world, statements, queriesOf, expected };
}

test('what is asked at one moment is one request, where one that fails takes no other along', async (t) => {
  const { world, statements, queriesOf, expected } = await manyEntities(t);
  const counter = await startTdsCounter(Number(/,(\d+)/.exec(world.connectionString)?.[1]));
  t.after(() => counter.close());
  const connectionString = world.connectionString.replace(/,\d+/, `,${counter.ports[0]}`);
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  t.after(() => databases.close());
  const read = freshnessReader(databases, () => new Date());
  const all = () =>
    Promise.all(
      statements.map((_, index) => read({ statements }, { queries: queriesOf(index) }, soon())),
    );
  for (const round of ['first', 'second']) {
    counter.reset();
    for (const [index, reading] of (await all()).entries()) {
      if (index === 3 || index === 11) {
        assert.match(reading?.errors?.[0] ?? '', new RegExp(`heap: .*e${index}`));
      } else assert.equal(reading?.heap, expected(index), `${round} ${index}`);
    }
    // Two that fail are asked alone to say why.
    const { freshness } = counter.counts;
    if (round === 'second') assert.equal(freshness, 1 + 2);
    else assert.ok(freshness <= 3 + 2 + 3, `${freshness} statements`);
  }
});

test('one who leaves, and one whose turn is left, are no matter to the others', async (t) => {
  const { world, statements, queriesOf, expected } = await manyEntities(t);
  const read = freshnessReader(world.databases, () => new Date());
  const leaving = new AbortController();
  const [gone, left, stays] = [0, 1, 2].map((index) =>
    read(
      { statements },
      { queries: queriesOf(index) },
      index === 0 ? leaving.signal : soon(),
      () => index === 1,
    ),
  );
  leaving.abort(new Error('the run stops'));
  await assert.rejects(gone ?? Promise.resolve(), /the run stops/);
  assert.equal(await left, undefined);
  assert.equal((await stays)?.heap, expected(2));
});
