import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshnessReader } from '../../shared/sync/freshness.ts';
import { startWorld } from '../database/wire/world.ts';
import { soon } from '../support/storage.ts';

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
