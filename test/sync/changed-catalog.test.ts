/** A catalogue that changed while a run was unfinished: the run goes by its own plan, or says why not. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { procedureRunner } from '../../shared/app/runners/procedure-runner.ts';
import { parseCatalog, shippedCatalog } from '../../shared/catalog/index.ts';
import { Databases } from '../../shared/database/databases.ts';
import { executeRun } from '../../shared/sync/engine.ts';
import { freshnessReader } from '../../shared/sync/freshness.ts';
import { planStages } from '../../shared/sync/plan.ts';
import { edit, shippedJson } from '../catalog/edited.ts';
import { requestFor } from '../support/requests.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { engineOn, postingService, syncStateOf } from '../support/sync-state.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const never = new AbortController().signal;
const now = () => new Date();

async function posted() {
  const state = syncStateOf(await storage.container());
  const outcome = await postingService(state).start(requestFor(['0c10'], ['city']), soon());
  assert.ok(outcome.outcome === 'started');
  return { state, id: outcome.id };
}

describe('a catalogue that changed under a run', () => {
  test('an entity removed: the run goes on by its plan, and says that the catalogue changed', async () => {
    const { state, id } = await posted();
    const engine = {
      ...engineOn(state),
      catalog: { ...shippedCatalog(), revision: 'without-city' },
      readFreshness: freshnessReader(new Databases([]), now),
    };
    assert.equal(await executeRun(engine, id, never), 'finished');
    const document = (await state.runs.read(id, soon()))?.value;
    assert.equal(document?.state, 'succeeded');
    const text = document?.log.map((line) => line.text).join(' ') ?? '';
    assert.match(text, /The catalogue has changed \(planned with [0-9a-f]{12}, now without-city\)/);
    // The databases are gone, too, in this test: each place says so.
    assert.equal(document?.freshness[0]?.before?.errors?.length, 2);
  });

  test('a database renamed: the stage fails at once and names it; nothing is taken over and over', async () => {
    const { state, id } = await posted();
    const engine = {
      ...engineOn(state),
      runners: { procedure: procedureRunner(new Databases([])) },
      readFreshness: freshnessReader(new Databases([]), now),
    };
    const startedAt = performance.now();
    assert.equal(await executeRun(engine, id, never), 'finished');
    assert.ok(performance.now() - startedAt < 10_000);
    const document = (await state.runs.read(id, soon()))?.value;
    assert.equal(document?.state, 'failed');
    assert.match(document?.stages[0]?.error?.message ?? '', /"hcs"/);
    assert.equal(document?.takeOvers, undefined);
    assert.equal((await state.leases.state('sync/dcdb', soon())).owner, undefined);
  });

  test('the run brings its queries, each text once', () => {
    const { freshness, checks, statements } = planStages(shippedCatalog(), [
      { names: ['meter'], codes: ['0c06', '0c10'] },
    ]);
    assert.equal(freshness.length, 2);
    assert.equal(checks.length, 2);
    // Of freshness three, of the check three.
    assert.equal(statements.length, 6);
    const [first, second] = freshness.map(({ queries = [] }) => queries);
    assert.deepEqual(
      first?.map(({ statement }) => statement),
      second?.map(({ statement }) => statement),
    );
    assert.notDeepEqual(first?.[0]?.parameters, second?.[0]?.parameters);
  });

  test('revisions tell catalogues apart, and nothing else', () => {
    const { revision } = shippedCatalog();
    assert.match(revision, /^[0-9a-f]{12}$/);
    const other = shippedJson();
    assert.equal(parseCatalog(other).revision, revision);
    edit(other, ['entities', 0, 'description'], 'Another');
    assert.notEqual(parseCatalog(other).revision, revision);
  });
});
