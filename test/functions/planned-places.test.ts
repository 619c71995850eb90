/** What a run was planned with, held against what the catalogue and the settings have by now. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flexibeeRunner } from '../../shared/app/runners/flexibee-runner.ts';
import { plannedDatabase, requirePlace } from '../../shared/app/runners/planned.ts';
import { stage } from '../support/runs.ts';
import { soon } from '../support/storage.ts';

const places = { ab: 'sql1:1433/AB', hcs: 'sql2:1433/HCS' };

describe('the database of a stage', () => {
  for (const [what, now, planned, expected] of [
    ['as it was', places, { database: 'ab', location: places.ab }, 'ab'],
    ['of a run that says no place', places, { database: 'ab' }, 'ab'],
    ['renamed', { warehouse: places.ab }, { database: 'ab', location: places.ab }, 'warehouse'],
    [
      'renamed, and its id given to another',
      { warehouse: places.ab, ab: places.hcs },
      { database: 'ab', location: places.ab },
      'warehouse',
    ],
    ['where nobody knows places', undefined, { database: 'ab', location: places.ab }, 'ab'],
    [
      'moved',
      { ab: 'sql3:1433/AB' },
      { database: 'ab', location: places.ab },
      /ab was at sql1:1433\/AB when the run was planned, and is at sql3:1433\/AB now; start it again/,
    ],
    ['gone', {}, { database: 'ab', location: places.ab }, /no database ab any more/],
    ['gone, of a run that says no place', {}, { database: 'ab' }, /no database ab any more/],
  ] as const) {
    test(what, () => {
      if (typeof expected === 'string') assert.equal(plannedDatabase(now, planned), expected);
      else {
        const failure = { name: 'StageFailure', meaning: 'permanent', message: expected };
        assert.throws(() => plannedDatabase(now, planned), failure);
      }
    });
  }
});

test('of what is asked only the same place will do: its rows are its own', () => {
  const planned = { what: 'company', id: 'flexi', location: 'f1:5434/demo' };
  requirePlace({ flexi: 'f1:5434/demo' }, planned);
  requirePlace(undefined, planned);
  assert.throws(
    () => requirePlace({ other: 'f1:5434/demo' }, planned),
    /no company flexi any more/,
  );
  assert.throws(() => requirePlace({ flexi: 'f2:5434/demo' }, planned), /is at f2:5434\/demo now/);
});

test('a company is loaded by the procedure of the plan, in the database that is where it was', async () => {
  const loaded: unknown[] = [];
  const runner = flexibeeRunner(
    {
      reload: async (code, planned, runId) => {
        loaded.push(code, planned, runId);
        return { created: 1, updated: 2, deleted: 3, warnings: [] };
      },
    },
    { companies: { flexi: 'f1:5434/demo' }, databases: places },
  );
  const planned = {
    ...stage('load:adresar:flexi', 'flexibee'),
    ...{ kind: 'flexibee' as const, code: 'flexi', entity: 'adresar', database: 'ab' },
    ...{ location: 'f1:5434/demo', procedure: { schema: 'own', name: 'sp_apply' } },
  };
  const slot = await runner.open(planned, 'run', soon());
  const { rows } = await slot.run(planned, () => {}, soon());
  assert.deepEqual(rows?.last, [1, 2, 3]);
  const { procedure } = planned;
  const by = { evidence: 'adresar', database: 'ab', procedure, returnCheck: 'zero' };
  assert.deepEqual(loaded, ['flexi', by, 'run']);
  const moved = { ...planned, location: 'f9:5434/demo' };
  await assert.rejects(
    slot.run(moved, () => {}, soon()),
    /start it again/,
  );
});
