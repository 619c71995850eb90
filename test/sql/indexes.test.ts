import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptOf } from '../../demo/billing/tsql/index.ts';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { command } from '../../sql/command.ts';
import { indexesFor, indexStatement } from '../../sql/indexes.ts';
import { soon } from '../support/storage.ts';

/** The catalogue's id of each database of the demo. */
const databases = {
  hcs: 'HCS',
  stek: 'STEK',
  region: 'STEK_REGION',
  mo: 'STEK_MO',
  zagser: 'STEK_ZAGSER',
  ab: 'AB',
};
const installed = ['[crude].[flexibee_record]', '[crude].[dynsql_row]'];

for (const [id, name] of Object.entries(databases)) {
  test(`${name} of the demo has what freshness reads by`, () => {
    const text = scriptOf(name);
    const made = new Set(
      Array.from(text.matchAll(/CREATE INDEX \S+ ON (\S+ \(.*\));/g), ([, what]) => what),
    );
    const advised = indexesFor(shippedCatalog(), id);
    assert.ok(advised.length > 0);
    for (const { table, columns } of advised) {
      const target = `[${table.join('].[')}]`;
      const what = `${target} ([${columns.join('], [')}])`;
      assert.ok(made.has(what) || installed.includes(target), what);
    }
  });
}

test('the command writes them and connects to nothing; our own tables have theirs', async () => {
  const lines: string[] = [];
  const args = ['--database', 'ab', '--indexes'];
  assert.equal(await command(args, {}, (line) => lines.push(line), soon()), 0);
  const meter = indexStatement({
    table: ['heap', 'meter'],
    columns: ['datasource_id', 'date_modification'],
  });
  assert.ok(lines.includes(meter), lines.join('\n'));
  assert.match(
    meter,
    /^IF INDEXPROPERTY\(OBJECT_ID\(N'\[heap\]\.\[meter\]'\), N'ix_heap_meter_datasource_id_date_modification', 'IndexID'\) IS NULL\n {2}CREATE INDEX \[ix_heap_meter_datasource_id_date_modification\] ON \[heap\]\.\[meter\] \(\[datasource_id\], \[date_modification\]\);$/,
  );
  assert.doesNotMatch(lines.join('\n'), /flexibee_record|dynsql_row/);
});
