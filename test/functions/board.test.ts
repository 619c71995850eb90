/**
 * The operators' board, line by line: what SQL Server sees of each, against what the original sends
 * there, and what is in the tables afterwards, looked at by somebody else.
 */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type sql from 'mssql';
import { settingsFor, standInAt } from '../../demo/billing/connections.ts';
import { demoDatabases } from '../../demo/billing/index.ts';
import { demoLogin } from '../../demo/billing/login.ts';
import type { TickChange } from '../../demo/billing/tick.ts';
import {
  allCodes,
  type EntityFacts,
  entityCalls,
  entityFacts,
  factsOf,
  stekDatabases,
} from '../../demo/test/sync.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import type { FreshnessReading, Run } from '../../shared/sync/run.ts';
import { openPools } from '../sqlserver/demo-suite.ts';
import { type Read, readThrough, rowsOf } from '../support/heap-and-source.ts';
import {
  type RecordedSqlServer,
  type SeenCall,
  startRecordedSqlServer,
} from '../support/recorded-sql-server.ts';
import { someOf } from '../support/some-of.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { post } from './app.ts';

const month = { month: 7, year: 2019 };
const period = '2019-07-01';

interface Line {
  /** `*`: all of the source. */
  entity: string;
  code: string;
}

/** The board itself where it is there; the demo's copy of it says the same. */
function readBoard(): Line[] {
  const given = new URL('../../../shared/data/board-durations.csv', import.meta.url);
  const copy = new URL('../../demo/billing/durations.csv', import.meta.url);
  const text = readFileSync(existsSync(given) ? given : copy, 'utf8');
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [entity = '', code = ''] = line.split(',');
      return { entity, code };
    });
}
const board = readBoard();

/** How the original reads the newest timestamps: which table, and whose rows. */
function freshnessOf({ name, allAreas }: EntityFacts, code: string) {
  const stek = stekDatabases[code];
  const asked = allAreas && stek === undefined ? 'all' : code;
  const exported = name === 'bank_code' ? 'bank_dictionary' : name;
  const source = stek
    ? `${stek} prep.${name}`
    : `HCS heap.${exported}${allAreas ? '' : ` of ${asked}`}`;
  const crude =
    name === 'city' || name === 'personal_account' ? [] : [`AB crude.${name} of ${asked}`];
  const isCommon = name === 'benefit_provider' || name === 'city';
  const schema = name === 'personal_saldo' ? 'test' : 'heap';
  return [source, ...crude, `AB ${schema}.${name}${isCommon ? '' : ` of ${asked}`}`];
}

/** What one request reads: what is asked of a database at one moment goes out together. */
function freshnessSeen({ database, text, parameters }: SeenCall): string[] {
  return text.split('BEGIN TRY').flatMap((part) => {
    const [, schema, table] = /FROM \[(\w+)\]\.\[(\w+)\]/.exec(part) ?? [];
    if (table === undefined) return [];
    const passed = /@\w+ = @(p\d+);/.exec(part)?.[1];
    const code = passed === undefined ? Object.values(parameters)[0] : parameters[passed];
    const isAsked = passed !== undefined || !part.startsWith(' EXEC');
    return [`${database} ${schema}.${table}${code === undefined || !isAsked ? '' : ` of ${code}`}`];
  });
}

/**
 * The calls of the original, each as this test compares it: each in a transaction of its own, which
 * is committed.
 */
function expectedCalls(facts: readonly EntityFacts[], code: string) {
  return facts.flatMap((entity) =>
    entityCalls(entity, [code], period).map(({ database, procedure, parameters }) => {
      const isStekExport = database.startsWith('STEK');
      const forced = isStekExport && entity.name === 'personal_account_parameter';
      const own = { inTransaction: true, transaction: 'commit' as const };
      return { database, procedure, parameters, options: forced ? ['FORCEPLAN'] : [], ...own };
    }),
  );
}

const isFence = ({ text }: SeenCall) => /sp_(get|release)applock$/.test(text);

const seenCall = ({ text, kind: _, ...call }: SeenCall) => ({ ...call, procedure: text });

let storage: TestStorage;
let server: RecordedSqlServer;
let app: App;
let pools: Map<string, sql.ConnectionPool>;
let read: Read;

before(async () => {
  [storage, server] = await Promise.all([
    startStorage(),
    startRecordedSqlServer({
      logins: { [demoLogin.user]: demoLogin.password },
      databases: demoDatabases({ pace: Number.POSITIVE_INFINITY, accounts: 400 }),
    }),
  ]);
  const address = standInAt(server.port);
  app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    ...settingsFor(address),
  });
  pools = await openPools(address);
  read = readThrough(pools);
});
after(async () => {
  await app.stop();
  for (const pool of pools.values()) await pool.close();
  await Promise.all([storage.close(), server.close()]);
});

/** POSTs a line as the original's clients do and executes its run to the end. */
async function press({ entity, code }: Line): Promise<{ run: Run; seen: SeenCall[] }> {
  server.seen.length = 0;
  const body = { token: 'demo-token', user: 'operator', code, ...month };
  const reply =
    entity === '*'
      ? await post(app, 'data_source_sync', body)
      : await post(app, 'entity_sync', { ...body, name: entity });
  assert.equal(reply.status, 202, reply.text);
  const id = reply.headers.get('location')?.replace('/runs/', '') ?? '';
  assert.equal(await app.current.executeRun(id, () => {}), 'finished');
  const run = await app.current.syncs.read(id, soon());
  assert.ok(run !== undefined);
  assert.equal(run.state, 'succeeded', JSON.stringify(run.stages));
  return { run, seen: [...server.seen] };
}

let calls = 0;
let expectedOfPressed = 0;
/** Rows of charge_correction_detail that were compared. */
let corrections = 0;

/** Compares a line with the original: each server's calls in their order, loads after exports. */
function compare(seen: readonly SeenCall[], facts: readonly EntityFacts[], code: string): void {
  const made = seen.filter((call) => call.kind === 'procedure' && !isFence(call));
  calls += made.length;
  const expected = expectedCalls(facts, code);
  for (const database of new Set(expected.map((call) => call.database))) {
    assert.deepEqual(
      made.filter((call) => call.database === database).map(seenCall),
      expected.filter((call) => call.database === database),
    );
  }
  assert.equal(made.length, expected.length);
  const order = made.map(({ text }) => text);
  for (let index = 0; index < expected.length; index += 3) {
    const three = expected.slice(index, index + 3).map(({ procedure }) => order.indexOf(procedure));
    assert.deepEqual(
      three,
      three.toSorted((one, other) => one - other),
      'export, crude, heap',
    );
  }
  const readings = seen.filter(
    ({ kind, text }) => kind === 'statement' && /\[freshness\]/.test(text),
  );
  const asked = facts.flatMap((entity) => freshnessOf(entity, code));
  assert.deepEqual(readings.flatMap(freshnessSeen).sort(), [...asked, ...asked].sort());
}

/** Half a minute on an idle machine. */
const suiteTimeoutMs = 900_000;

describe(`the ${board.length} lines of the operators' board, as the original calls them`, {
  timeout: suiteTimeoutMs,
}, () => {
  it('are 187 of one entity and 15 of a whole source', () => {
    const whole = board.filter(({ entity }) => entity === '*');
    assert.deepEqual([board.length - whole.length, whole.length], [187, 15]);
    assert.deepEqual(whole.map(({ code }) => code).sort(), [...allCodes].sort());
  });

  for (const facts of entityFacts) {
    const lines = board.filter(({ entity }) => entity === facts.name);
    const pressed = someOf(lines, 1 / 10);
    it(`${facts.name}: ${pressed.map(({ code }) => code).join(', ')}`, async () => {
      assert.ok(pressed.length > 0);
      for (const line of pressed) {
        compare((await press(line)).seen, [facts], line.code);
        expectedOfPressed += expectedCalls([facts], line.code).length;
      }
    });
  }

  for (const { code } of board.filter(({ entity }) => entity === '*')) {
    it(`all of ${code}, with its rows in crude and heap and newer timestamps`, async () => {
      const changes = await tick(code);
      const { run, seen } = await press({ entity: '*', code });
      compare(seen, factsOf(code), code);
      expectedOfPressed += expectedCalls(factsOf(code), code).length;
      await assertSame(code);
      assertMoved(run, code, changes);
    });
  }

  it('are 1,365 procedure calls', () => {
    const all = board.map(({ entity, code }) => {
      const facts = factsOf(code).filter(({ name }) => entity === '*' || name === entity);
      return expectedCalls(facts, code).length;
    });
    assert.equal(
      all.reduce((sum, count) => sum + count, 0),
      1_365,
    );
    assert.equal(calls, expectedOfPressed);
    assert.ok(corrections > 0);
  });
});

describe('what differs from the original on purpose', () => {
  it('an all-areas entity asked for one area is exported for all', async () => {
    const common = entityFacts.filter(({ allAreas }) => allAreas);
    for (const facts of common) {
      const { seen } = await press({ entity: facts.name, code: '0c10' });
      compare(seen, [facts], '0c10');
      const [first] = seen.filter((call) => call.kind === 'procedure' && !isFence(call));
      assert.deepEqual(first?.parameters, { CurDataAreaId: 'all' });
    }
  });

  it('46 pairs of a code and a name are refused, and nothing is asked of any server', async () => {
    const pairs = [...allCodes, 'all'].flatMap((code) =>
      entityFacts
        .filter(({ allAreas, stek }) => {
          if (code === 'all') return !allAreas;
          return code in stekDatabases && !stek;
        })
        .map(({ name }) => ({ code, name })),
    );
    assert.equal(pairs.length, 46);
    server.seen.length = 0;
    for (const pair of pairs) {
      const body = { token: 'demo-token', user: 'operator', ...pair, ...month };
      const { status, text } = await post(app, 'entity_sync', body);
      assert.deepEqual([status, text], [400, `Invalid name value: ${pair.name}.`], pair.code);
    }
    assert.deepEqual(server.seen, []);
  });
});

/** Somebody works in the source meanwhile; in HCS in all areas. */
async function tick(code: string): Promise<TickChange[]> {
  const pool = pools.get(stekDatabases[code] ?? 'HCS');
  const result = await pool?.request().input('seed', 7).execute('dbo.sp_demo_tick');
  return (result?.recordset ?? []) as unknown as TickChange[];
}

/** Source, crude and heap hold the same rows, as a session of ours sees them. */
async function assertSame(code: string): Promise<void> {
  for (const { name } of factsOf(code)) {
    const { source, crude, heap } = await rowsOf(read, name, code, period);
    // A small area may have had no correction in a month.
    assert.ok(
      source.size > 0 || name === 'charge_correction_detail',
      `${name} of ${code} has rows`,
    );
    corrections += name === 'charge_correction_detail' ? heap.size : 0;
    assert.deepEqual(crude, source, `crude.${name} of ${code}`);
    assert.deepEqual(heap, source, `heap.${name} of ${code}`);
  }
}

/** What was changed has newer timestamps than before in every place that has one. */
function assertMoved(run: Run, code: string, changes: readonly TickChange[]): void {
  const changed = changes.filter((change) => change.code === code || change.code === 'all');
  assert.ok(changed.some((change) => change.code === code));
  assert.equal(run.freshness.length, factsOf(code).length);
  for (const { entity } of changed) {
    const { before: earlier, after: later } =
      run.freshness.find((entry) => entry.entity === entity) ?? {};
    const places = ['source', 'crude', 'heap'] as const;
    for (const place of places) {
      const [from, to] = [at(earlier, place), at(later, place)];
      // A row that is gone from heap leaves no newer one behind.
      const onlyGone = changed.every((one) => one.entity !== entity || one.action === 'delete');
      if (place === 'heap' && onlyGone) continue;
      const isThere = place !== 'crude' || !['city', 'personal_account'].includes(entity);
      assert.equal(to !== undefined, isThere, `${place} of ${entity}`);
      if (isThere) assert.ok((from ?? '') < (to ?? ''), `${place} of ${entity}: ${from}, ${to}`);
    }
  }
}

const at = (reading: FreshnessReading | undefined, place: 'source' | 'crude' | 'heap') =>
  reading?.[place] ?? undefined;
