import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneBatch, type Question } from '../../shared/database/questions.ts';

const period = { name: 'period', type: 'varchar(7)', value: '2026-11' };

test('what questions have in common is one parameter of the batch, by type and value', () => {
  const questions: Question[] = [
    { sql: 'SELECT 1', parameters: [period, { name: 'code', type: 'varchar(9)', value: 'mo' }] },
    { sql: 'SELECT 2', parameters: [{ ...period, name: 'month' }] },
    { sql: 'SELECT 3', parameters: [{ ...period, type: 'nvarchar(7)' }] },
    { sql: 'SELECT 4', parameters: [] },
  ];
  const { text, parameters } = oneBatch(questions);
  assert.deepEqual(
    parameters.map(({ name, type, value }) => [name, type, value]),
    [
      ['p0', 'varchar(7)', '2026-11'],
      ['p1', 'varchar(9)', 'mo'],
      ['p2', 'nvarchar(7)', '2026-11'],
    ],
  );
  assert.match(text, /N'@period varchar\(7\), @code varchar\(9\)', @period = @p0, @code = @p1;/);
  assert.match(text, /N'@month varchar\(7\)', @month = @p0;/);
  assert.match(text, /N'@period nvarchar\(7\)', @period = @p2;/);
});
