import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryBody } from '../../../shared/dynsql/rows/row-query.ts';
import { rowQuerySchema } from '../../../shared/dynsql/rows/row-query-schema.ts';

const definition = '40SBPEINEFD13ACM03KIU0CLP4';
const least = { definition, select: ['ID', 'DocDate$DATE'] };
const dated = rowQuerySchema.parse({
  ...least,
  where: [
    { id: 'Firm_ID', value: ['J000000101'] },
    { id: 'Rows', flags: ['WithDocuments'] },
  ],
  datasets: [{ name: 'ROWS', datasets: [{ name: 'BATCHES', select: ['PosIndex'] }] }],
  period: { condition: 'DocDate' },
});

test('the least there can be', () => {
  assert.deepEqual(queryBody(rowQuerySchema.parse(least), undefined), {
    select: least.select,
    where: [],
  });
});

const months: [month: number, year: number, days: [string, string]][] = [
  [1, 2026, ['2026-01-01', '2026-01-31']],
  [2, 2024, ['2024-02-01', '2024-02-29']],
  [2, 2026, ['2026-02-01', '2026-02-28']],
  [12, 2025, ['2025-12-01', '2025-12-31']],
];
for (const [month, year, value] of months) {
  test(`${month}/${year} from its first to its last day, beside the other conditions`, () => {
    const body = queryBody(dated, { month, year });
    assert.deepEqual(body['where'], [...dated.where, { id: 'DocDate', value }]);
    assert.deepEqual(body['datasets'], dated.datasets);
  });
}

const wrong: [what: string, query: object, complaint: RegExp][] = [
  ['no definition', { select: ['ID'] }, /missing; use the id of a definition/],
  ['a short id', { ...least, definition: 'X' }, /26 characters/],
  ['nothing selected', { ...least, select: [] }, /empty; name at least one/],
  ['an unknown key', { ...least, whre: [] }, /did you mean where/],
  ['a value of another kind', { ...least, where: [{ id: 'A', value: {} }] }, /a list of texts/],
  ['a nested slip', { ...least, datasets: [{ name: 'A', slect: [] }] }, /did you mean select/],
  ['a period without its condition', { ...least, period: {} }, /missing; use a name/],
];
for (const [what, query, complaint] of wrong) {
  test(`is refused: ${what}`, () => {
    const { error } = rowQuerySchema.safeParse(query);
    assert.match(error?.message ?? 'it was taken', complaint);
  });
}
