/**
 * Rows in an aggregate base: what makes a row change and what does not. On the stand-in, and on
 * SQLSERVER_URL (a database for tests) when that is set.
 */

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { DatabaseError } from '../../../shared/database/database-error.ts';
import { type LoadProgress, loadRows } from '../../../shared/dynsql/rows/load-rows.ts';
import { RowLoadError } from '../../../shared/dynsql/rows/row-error.ts';
import type { RowBatch, RowLoad, RowSet } from '../../../shared/dynsql/rows/row-types.ts';
import { sqlRows } from '../../../shared/dynsql/rows/sql-rows.ts';
import { soon } from '../../support/storage.ts';
import { newSet, startTargets } from './apply-target.ts';
import { modelRows } from './model.ts';

const targets = await startTargets();
after(async () => {
  for (const { base } of targets) await base.close();
});

const country = (ID: string, NAME: string, more = {}) => JSON.stringify({ ID, NAME, ...more });

async function* from(rows: Iterable<string>) {
  yield* rows;
}
const small = { rows: 3, letters: 4_000_000 };
const nothing = { created: 0, updated: 0, deleted: 0 };

/** Batch `number` of a load, with keyed rows as `key=value`. */
const batchOf = (number: number, isLast: boolean, ...rows: string[]): RowBatch => ({
  number,
  isLast,
  rows: rows.map((text) => {
    const [key = '', value] = text.split('=');
    return { key, nth: 1, payload: JSON.stringify({ value }) };
  }),
});

for (const { base, rows: target, stored, load: loadOf } of targets) {
  describe(`rows on ${base.name}`, () => {
    const loadAll = (set: RowSet, rows: Iterable<string>, keyFields = ['ID']) =>
      loadRows({ set, rows: () => from(rows), keyFields, target, limits: small }, () => {}, soon());
    const alive = async (set: RowSet) =>
      (await stored(set)).filter(({ deleted }) => !deleted).map(({ payload }) => payload);

    it('what a load of thousands no longer has is deleted, part by part', async () => {
      const set = newSet();
      const rows = Array.from({ length: 2_222 }, (_, index) => country(`C${index}`, 'x'));
      const options = { set, keyFields: ['ID'], target };
      await loadRows({ ...options, rows: () => from(rows) }, () => {}, soon());
      const done: LoadProgress[] = [];
      await loadRows(
        { ...options, rows: () => from(rows.slice(0, 7)) },
        (progress) => done.push(progress),
        soon(),
      );
      assert.equal(done.at(-1)?.deleted, 2_215);
      assert.equal((await alive(set)).length, 7);
    });

    it('sources that differ by case or accent alone are two', async () => {
      const { source } = newSet();
      const sources = [source, source.toUpperCase(), `${source}é`, `${source}e`];
      for (const own of sources) await loadAll(newSet({ source: own }), [country('A', own)]);
      for (const own of sources) {
        assert.deepEqual(await alive(newSet({ source: own })), [{ ID: 'A', NAME: own }]);
      }
    });

    it('a procedure that returns another value than 0 has not taken its batch, unless told', async () => {
      const name = `sp_apply_returns_${Date.now().toString(36)}`;
      const session = await base.databases.session('ab', soon());
      const text = `CREATE PROCEDURE crude.${name} @source nvarchar(64), @entity nvarchar(128),
@period varchar(7), @definition varchar(26), @load_id varchar(32), @started_at datetime2(3),
@batch int, @rows nvarchar(max), @is_last bit, @is_superseded bit = NULL OUTPUT,
@created int = NULL OUTPUT, @updated int = NULL OUTPUT, @deleted int = NULL OUTPUT
AS
BEGIN
  SELECT @is_superseded = 0, @created = 1, @updated = 0, @deleted = 0;
  RETURN 4;
END`;
      try {
        await session.batch(text, soon());
        const set = newSet();
        const place = { database: 'ab', procedure: { schema: 'crude', name } };
        const strict = sqlRows(base.databases, place);
        const load = await strict.begin(set, soon());
        await assert.rejects(strict.apply(load, batchOf(1, true, 'a=1'), soon()), {
          name: 'ReturnValueError',
          message: `crude.${name} returned 4: 0 would be success`,
        });
        for (const returnCheck of ['warn', 'ignore'] as const) {
          const told: unknown[] = [];
          const lenient = sqlRows(base.databases, { ...place, returnCheck }, (text) =>
            told.push(text),
          );
          assert.equal((await lenient.apply(load, batchOf(1, true, 'a=1'), soon())).created, 1);
          const warning = returnCheck === 'warn' ? `crude.${name} returned 4` : undefined;
          assert.deepEqual(told, [warning]);
        }
      } finally {
        await session.batch(`DROP PROCEDURE IF EXISTS crude.${name}`, soon());
        session.release();
      }
    });

    it('a load creates, updates and deletes; repeated it changes nothing', async () => {
      const set = newSet();
      const progress: LoadProgress[] = [];
      const first = ['AT', 'CZ', 'DE', 'SK'].map((id) => country(id, `name of ${id}`));
      const options = { set, rows: () => from(first), keyFields: ['ID'], target, limits: small };
      const done = { rows: 4, created: 4, updated: 0, deleted: 0 };
      assert.deepEqual(await loadRows(options, (now) => progress.push(now), soon()), done);
      assert.deepEqual(progress, [{ rows: 3, created: 3, updated: 0, deleted: 0 }, done]);
      const before = await stored(set);
      assert.deepEqual(await loadAll(set, first.toReversed()), { ...nothing, rows: 4 });
      assert.deepEqual(await stored(set), before);

      const second = [country('CZ', 'Česko'), country('DE', 'name of DE'), country('PL', 'Polsko')];
      assert.deepEqual(await loadAll(set, second), { rows: 3, created: 1, updated: 1, deleted: 2 });
      assert.deepEqual(
        (await stored(set)).map(({ key, deleted, payload }) => [key, deleted, payload]),
        [
          ['AT', true, null],
          ['CZ', false, { ID: 'CZ', NAME: 'Česko' }],
          ['DE', false, { ID: 'DE', NAME: 'name of DE' }],
          ['PL', false, { ID: 'PL', NAME: 'Polsko' }],
          ['SK', true, null],
        ],
      );
      const untouched = (await stored(set)).find(({ key }) => key === 'DE');
      assert.equal(untouched?.updatedAt, before.find(({ key }) => key === 'DE')?.updatedAt);

      assert.deepEqual(await loadAll(set, first), { rows: 4, created: 2, updated: 1, deleted: 1 });
      assert.deepEqual(await loadAll(set, []), { rows: 0, created: 0, updated: 0, deleted: 4 });
      assert.deepEqual(await alive(set), []);
      const { load_no: loads, row_count: rows, finished_at: end } = (await loadOf(set)) ?? {};
      assert.deepEqual([loads, rows], [5, 0]);
      assert.match(String(end), /^\d{4}-\d\d-\d\dT/);
    });

    it('keeps rows letter for letter, nested datasets and all', {
      skip: base.isBabelfish && 'its OPENJSON leaves the escapes of a text as they are',
    }, async () => {
      const set = newSet();
      const row =
        '{"ID":"1","SUM":1234567890123456.10,"NAME":"Žluťoučký \\"kůň\\" \\\\ 🐎 \'x\'","N":null,"datasets":[{"name":"ROWS","items":[{"A":1.50},{}]}]}';
      await loadAll(set, [row]);
      const [found] = await base.query(
        `SELECT payload FROM crude.dynsql_row WHERE source = N'${set.source}'`,
      );
      assert.equal(found?.['payload'], row);
    });

    it('a letter of another case is a change', async () => {
      const set = newSet();
      await loadAll(set, [country('CZ', 'česko')]);
      assert.equal((await loadAll(set, [country('CZ', 'Česko')])).updated, 1);
    });

    it('rows without a key are counted, over batches too', async () => {
      const set = newSet();
      const same = country('x', 'same');
      const load = (times: number, ...more: string[]) =>
        loadAll(set, [...Array.from({ length: times }, () => same), ...more], []);
      assert.deepEqual(await load(8, '{"A":1}'), { rows: 9, created: 9, updated: 0, deleted: 0 });
      assert.deepEqual(await load(8, '{"A":1}'), { ...nothing, rows: 9 });
      assert.deepEqual(await load(5, '{"A":2}'), { rows: 6, created: 1, updated: 0, deleted: 4 });
      assert.equal((await alive(set)).length, 6);
      assert.deepEqual(await load(7, '{"A":2}'), { rows: 8, created: 2, updated: 0, deleted: 0 });
    });

    it('periods, entities and sources are loaded by themselves', async () => {
      const march = newSet({ period: '2026-03' });
      const others = [
        { ...march, period: '2026-04' },
        { ...march, entity: 'invoices' },
        newSet({ period: '2026-03' }),
      ];
      const rows = [country('CZ', 'a'), country('DE', 'b')];
      for (const set of [march, ...others]) assert.equal((await loadAll(set, rows)).created, 2);
      await loadAll(march, [country('CZ', 'changed')]);
      assert.equal((await alive(march)).length, 1);
      for (const set of others) {
        const expected = rows.map((row) => JSON.parse(row));
        assert.deepEqual(await alive(set), expected);
      }
    });

    it('a batch that comes twice changes nothing and counts once', async () => {
      const set = newSet();
      const load = await target.begin(set, soon());
      const first = batchOf(1, false, 'A=1', 'B=1');
      const last = batchOf(2, true, 'A=again', 'C=1');
      const three = { ...nothing, created: 2 };
      assert.deepEqual(await target.apply(load, first, soon()), three);
      assert.deepEqual(await target.apply(load, first, soon()), three);
      // The same key once more within a load is another row.
      const all = { ...nothing, created: 4 };
      for (const batch of [last, last, first]) {
        assert.deepEqual(await target.apply(load, batch, soon()), all);
      }
      assert.deepEqual(
        (await stored(set)).map(({ key, occurrence }) => `${key}${occurrence}`),
        ['A1', 'A2', 'B1', 'C1'],
      );
      await assert.rejects(target.apply(load, batchOf(3, true), soon()), { number: 50606 });
    });

    it('a batch that is missing is missed', async () => {
      const set = newSet();
      const load = await target.begin(set, soon());
      await assert.rejects(target.apply(load, batchOf(2, true, 'A=1'), soon()), { number: 50606 });
      await target.apply(load, batchOf(1, false, 'A=1'), soon());
      await assert.rejects(target.apply(load, batchOf(3, true, 'B=1'), soon()), { number: 50606 });
      assert.equal((await stored(set)).length, 1);
      assert.equal((await target.apply(load, batchOf(2, true, 'B=1'), soon())).created, 2);
    });

    it('an older load changes nothing once a newer one has begun', async () => {
      const set = newSet();
      const superseded = { name: 'RowLoadError', kind: 'superseded' };
      const begun = await target.begin(set, soon());
      const older = { ...begun, startedAt: '2026-01-01T00:00:00.000Z' };
      const newer = { ...begun, id: 'f', startedAt: '2026-01-01T00:00:00.001Z' };
      await target.apply(older, batchOf(1, false, 'A=old', 'B=old'), soon());
      await target.apply(newer, batchOf(1, false, 'A=new'), soon());
      await assert.rejects(target.apply(older, batchOf(2, true, 'C=old'), soon()), superseded);
      await target.apply(newer, batchOf(2, true), soon());
      await assert.rejects(target.apply(older, batchOf(1, true, 'C=old'), soon()), superseded);
      assert.deepEqual(await alive(set), [{ value: 'new' }]);
      // Of two that began at the same moment the ids decide, whichever comes first.
      const [a, b] = ['a', 'b'].map(
        (id): RowLoad => ({ ...newer, id, startedAt: '2026-01-02T00:00:00.000Z' }),
      );
      assert.ok(a && b);
      await target.apply(b, batchOf(1, true, 'A=b'), soon());
      await assert.rejects(target.apply(a, batchOf(1, true, 'A=a'), soon()), superseded);
    });

    it('an answer that breaks off deletes nothing, and the next load makes it whole', async () => {
      const set = newSet();
      await loadAll(
        set,
        ['A', 'B', 'C', 'D'].map((id) => country(id, 'old')),
      );
      const failure = new Error('cut off');
      const broken = async function* () {
        for (const id of ['A', 'B', 'C', 'E']) yield country(id, 'new');
        throw failure;
      };
      const options = { set, rows: broken, keyFields: ['ID'], target, limits: small };
      await assert.rejects(
        loadRows(options, () => {}, soon()),
        failure,
      );
      assert.deepEqual(
        (await stored(set)).map(({ key, payload }) => [key, (payload as { NAME: string }).NAME]),
        [
          ['A', 'new'],
          ['B', 'new'],
          ['C', 'new'],
          ['D', 'old'],
        ],
      );
      assert.equal((await loadOf(set))?.['finished_at'], null);
      const whole = ['A', 'B', 'C', 'E'].map((id) => country(id, 'new'));
      assert.deepEqual(await loadAll(set, whole), { rows: 4, created: 1, updated: 0, deleted: 1 });
    });

    it('a failure in the middle of a batch leaves nothing of it', async () => {
      const set = newSet();
      const constraint = `[ck_${set.source}]`;
      // The state of the load is written last: a definition that it does not take ends all before.
      await base.query(
        `ALTER TABLE crude.dynsql_load ADD CONSTRAINT ${constraint} CHECK (source <> N'${set.source}' OR last_batch <> 2)`,
      );
      const load = await target.begin(set, soon());
      await target.apply(load, batchOf(1, false, 'A=1', 'B=1'), soon());
      const second = batchOf(2, true, 'A=2', 'C=2');
      await assert.rejects(target.apply(load, second, soon()), { number: 547 });
      assert.deepEqual(await alive(set), [{ value: '1' }, { value: '1' }]);
      await base.query(`ALTER TABLE crude.dynsql_load DROP CONSTRAINT ${constraint}`);
      // The session that failed is as good as before.
      assert.deepEqual(await target.apply(load, second, soon()), { ...nothing, created: 4 });
    });

    it('of two loads at once one wins, whole', async () => {
      const set = newSet();
      const ids = Array.from({ length: 30 }, (_, index) => `${index}`);
      const results = await Promise.allSettled(
        ['a', 'b', 'c'].map((name) =>
          loadAll(
            set,
            (name === 'b' ? ids.toReversed() : ids).map((id) => country(id, name)),
          ),
        ),
      );
      const failures = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason] : [],
      );
      for (const failure of failures) assert.ok(failure instanceof RowLoadError, `${failure}`);
      assert.ok(failures.length < 3);
      const names = (await alive(set)).map((payload) => (payload as { NAME: string }).NAME);
      assert.equal(names.length, 30);
      assert.equal(new Set(names).size, 1);
    });

    const call = (parameters: Record<string, string | number | null>) => {
      const given = Object.entries({
        entity: 'countries',
        period: '',
        definition: 'X',
        load_id: 'a',
        started_at: '2026-01-01',
        batch: 1,
        rows: '[]',
        is_last: 1,
        ...parameters,
      }).map(([name, value]) => `@${name} = ${typeof value === 'string' ? `N'${value}'` : value}`);
      return base.query(`EXEC crude.sp_apply_dynsql_rows ${given.join(', ')};`);
    };
    const good = '{"key":"A","nth":1,"payload":{}}';
    const refusals: [string, Record<string, string | number | null>, number][] = [
      ['no source', { source: null }, 50601],
      ['no period', { period: null }, 50601],
      ['batch 0', { batch: 0 }, 50601],
      ['rows that are not JSON', { rows: '[{' }, 50602],
      ['no rows', { rows: null }, 50602],
      ['no key', { rows: `[${good},{"nth":1,"payload":{}}]` }, 50603],
      ['an empty key', { rows: `[${good},{"key":"","nth":1,"payload":{}}]` }, 50603],
      ['a long key', { rows: `[{"key":"${'K'.repeat(66)}","nth":1,"payload":{}}]` }, 50603],
      ['nth 0', { rows: `[${good},{"key":"B","nth":0,"payload":{}}]` }, 50603],
      ['no payload', { rows: `[${good},{"key":"B","nth":1}]` }, 50603],
      ['a payload that is no object', { rows: `[{"key":"B","nth":1,"payload":"x"}]` }, 50603],
      ['a row twice', { rows: `[${good},${good}]` }, 50604],
    ];
    for (const [what, parameters, number] of refusals) {
      it(`refuses ${what}, and writes nothing`, async () => {
        const set = newSet();
        await assert.rejects(
          call({ source: set.source, ...parameters }),
          (error) => error instanceof DatabaseError && error.number === number,
        );
        assert.deepEqual(await stored(set), []);
        assert.equal(await loadOf(set), undefined);
      });
    }

    const { setFault } = base;
    const ofStandIn = setFault ? false : 'only the stand-in has faults on demand';
    it('calls again after a deadlock, and not after another error', {
      skip: ofStandIn,
    }, async () => {
      const set = newSet();
      const name = 'crude.sp_apply_dynsql_rows';
      await setFault?.(name, { failures: { times: 2, number: 1205 } });
      assert.equal((await loadAll(set, [country('A', 'a')])).created, 1);
      await setFault?.(name, { failures: { times: 1, number: 8134 } });
      await assert.rejects(loadAll(set, [country('A', 'b')]), { number: 8134 });
    });

    it('stops when its signal is aborted, and so does the query', { skip: ofStandIn }, async () => {
      const set = newSet();
      await setFault?.('crude.sp_apply_dynsql_rows', { delayMilliseconds: 60_000 });
      const reason = new Error('stopped');
      const stopping = new AbortController();
      const left = Promise.withResolvers<void>();
      const rows = async function* () {
        try {
          for (let id = 0; ; id += 1) {
            if (id === 4) setImmediate(() => stopping.abort(reason));
            yield country(`${id}`, 'x');
          }
        } finally {
          left.resolve();
        }
      };
      const options = { set, rows, keyFields: ['ID'], target, limits: small };
      await assert.rejects(
        loadRows(options, () => {}, stopping.signal),
        reason,
      );
      await left.promise;
      await setFault?.('crude.sp_apply_dynsql_rows', {});
      assert.deepEqual(await stored(set), []);
    });

    it('any batches of any loads, repeated, are what the plain model makes of them', async () => {
      const step = fc.record({
        load: fc.integer({ min: 0, max: 3 }),
        period: fc.constantFrom('', '2026-01'),
        keys: fc.array(fc.constantFrom('A', 'B', 'C'), { maxLength: 4 }),
        value: fc.integer({ min: 0, max: 2 }),
        isLast: fc.boolean(),
        /** Off the number that is due: mostly none. */
        off: fc.constantFrom(0, 0, 0, 0, -1, 1),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
          const source = newSet().source;
          const model = modelRows();
          const due = new Map<string, number>();
          for (const { load: nth, period, keys, value, isLast, off } of steps) {
            const set = newSet({ source, period });
            const startedAt = new Date(Date.UTC(2026, 0, 1, 0, 0, nth >> 1)).toISOString();
            const load: RowLoad = { ...set, id: `load${nth}`, startedAt };
            const name = `${period} ${nth}`;
            const number = Math.max(1, (due.get(name) ?? 1) + off);
            const seen = new Map<string, number>();
            const rows = keys.map((key, index) => {
              seen.set(key, (seen.get(key) ?? 0) + 1);
              const payload = JSON.stringify({ key, value: (value + index) % 3 });
              return { key, nth: seen.get(key) ?? 1, payload };
            });
            const batch: RowBatch = { number, rows, isLast };
            const outcome = (work: Promise<unknown>) =>
              work.catch((error) => String(error.kind ?? error.number));
            const expected = await outcome(model.apply(load, batch, soon()));
            assert.deepEqual(await outcome(target.apply(load, batch, soon())), expected);
            if (off === 0 && typeof expected === 'object') due.set(name, number + 1);
          }
          for (const period of ['', '2026-01']) {
            const set = newSet({ source, period });
            const found = (await stored(set)).map(({ updatedAt: _, ...row }) => row);
            assert.deepEqual(found, model.stored(set));
          }
        }),
        { numRuns: 25 },
      );
    });
  });
}
