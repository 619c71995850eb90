/**
 * The mirror in an aggregate base: what makes a row change and what does not. On the stand-in, and
 * on SQLSERVER_URL (a database for tests) when that is set.
 */

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { DatabaseError } from '../../shared/database/database-error.ts';
import { pageProcedure, sqlMirror } from '../../shared/flexibee/apply.ts';
import {
  type Change,
  generationOver,
  type Mirror,
  type MirrorPage,
  type RecordState,
} from '../../shared/flexibee/types.ts';
import { memoryMirror } from '../support/flexibee-mirror.ts';
import { partOf } from '../support/some-of.ts';
import { soon } from '../support/storage.ts';
import { applyTo, type Given, newCompany, pageOf, startTargets } from './apply-target.ts';

const targets = await startTargets();
after(async () => {
  for (const target of targets) await target.close();
});

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

const state = (id: number, version: number, payload: Record<string, unknown>): RecordState => ({
  id: String(id),
  version,
  deleted: false,
  code: `F-${id}`,
  externalIds: [`code:F-${id}`],
  payload: { id: String(id), ...payload },
});

const gone = (id: number, version: number): RecordState => ({
  id: String(id),
  version,
  deleted: true,
  externalIds: [],
});

const change = (version: number, id = 1, more: Partial<Change> = {}): Change => ({
  version,
  evidence: 'adresar',
  id: String(id),
  operation: 'update',
  externalIds: [],
  ...more,
});

const nothing = { created: 0, updated: 0, deleted: 0 };

for (const target of targets) {
  describe(`the mirror on ${target.name}`, () => {
    const apply = (page: MirrorPage) => applyTo(target.mirror, page, soon());

    it('is in the tables when whoever had the session before had left a transaction open', async () => {
      const company = newCompany();
      const { databases } = target;
      const killer = await databases.session('ab', soon());
      const poisoned = await databases.session('ab', soon());
      const [row] = await poisoned.query('SELECT @@SPID AS spid', [], soon());
      await poisoned.batch('BEGIN TRANSACTION', soon());
      poisoned.release();
      const applied = await apply(
        pageOf(company, { records: [state(1, 7, { nazev: 'A' })], changes: [change(7)] }),
      );
      assert.deepEqual(applied, { ...nothing, created: 1 });
      // What that session has not committed ends with it.
      await killer.batch(`KILL ${row?.['spid']}`, soon());
      killer.release();
      assert.equal((await target.rows(company, 'adresar')).length, 1);
    });

    it('keeps what it is given, letter for letter', {
      skip: target.except('escapes'),
    }, async () => {
      const company = newCompany();
      const record: RecordState = {
        id: '9007199254740993',
        version: 7,
        deleted: false,
        code: 'Žluťoučký "kůň" \\ 🐎',
        externalIds: ['code:Žluťoučký', "ext:SHOP:it's"],
        payload: {
          '10': 'a key that is a number',
          nazev: 'O\'Neill & Søn <b>\u2028\n\t\\ "x"',
          castka: '1234567890123456.10',
          empty: '',
          nothing: null,
          nested: [{ a: [1, 2.5, true] }, []],
        },
      };
      const journal = change(7, 1, {
        id: record.id,
        operation: 'create',
        at: '2021-03-12 23:59:55.586215',
        externalIds: record.externalIds,
      });
      const counts = await apply(pageOf(company, { records: [record], changes: [journal] }));
      assert.deepEqual(counts, { created: 1, updated: 0, deleted: 0 });
      const { deleted: _, ...kept } = record;
      assert.deepEqual(await target.rows(company, 'adresar'), [
        { ...kept, generation: 1, readAt: at(0), deleted: false },
      ]);
      assert.deepEqual(await target.journal(company), [{ ...journal, generation: 1 }]);
    });

    it('takes thousands at once, part by part, and what is gone, too', async () => {
      const company = newCompany();
      const ids = Array.from({ length: 2_345 }, (_, index) => index + 1);
      const batch = pageOf(company, {
        records: ids.map((id) => state(id, id, { n: id })),
        changes: ids.map((id) => change(id, id, { operation: 'create' })),
      });
      assert.deepEqual(await apply(batch), { created: 2_345, updated: 0, deleted: 0 });
      assert.deepEqual(await apply(batch), nothing);
      const rows = await target.rows(company, 'adresar');
      assert.deepEqual(
        rows.map(({ id, payload }) => [id, payload?.['n']]),
        ids.map((id) => [String(id), id]),
      );
      assert.equal((await target.journal(company)).length, 2_345);
      const full = pageOf(company, {
        readAt: at(9),
        records: ids.slice(0, 1_100).map((id) => state(id, 3_000, { n: id + (id % 2) })),
        gone: { readBefore: at(9), version: 3_000 },
      });
      assert.deepEqual(await apply(full), { created: 0, updated: 550, deleted: 1_245 });
      const left = (await target.rows(company, 'adresar')).filter(({ deleted }) => !deleted);
      assert.deepEqual(
        left.map(({ id }) => Number(id)),
        ids.slice(0, 1_100),
      );
    });

    it('keeps companies apart that differ by case or accent alone', async () => {
      const company = newCompany();
      const companies = [company, company.toUpperCase(), `${company}é`, `${company}e`];
      for (const [index, own] of companies.entries()) {
        const batch = pageOf(own, { records: [state(1, 1, { index })], changes: [change(1)] });
        assert.deepEqual(await apply(batch), { created: 1, updated: 0, deleted: 0 }, own);
      }
      for (const [index, own] of companies.entries()) {
        const rows = await target.rows(own, 'adresar');
        assert.deepEqual(
          rows.map(({ payload }) => payload?.['index']),
          [index],
        );
        assert.equal((await target.journal(own)).length, 1);
      }
    });

    it('takes only what is newer by generation, version and time of reading', async () => {
      const company = newCompany();
      const steps: [string, Given, typeof nothing][] = [
        ['new', { records: [state(1, 10, { v: 'a' })] }, { ...nothing, created: 1 }],
        ['again', { records: [state(1, 10, { v: 'a' })] }, nothing],
        [
          'the same version, read at the same time',
          { records: [state(1, 10, { v: 'x' })] },
          nothing,
        ],
        [
          'the same version, read later',
          { readAt: at(1), records: [state(1, 10, { v: 'b' })] },
          { ...nothing, updated: 1 },
        ],
        [
          'an older version, read later',
          { readAt: at(2), records: [state(1, 9, { v: 'x' })] },
          nothing,
        ],
        [
          'a newer version, read earlier',
          { readAt: at(0), records: [state(1, 11, { v: 'c' })] },
          { ...nothing, updated: 1 },
        ],
        [
          'unchanged: not counted, yet the guard moves on',
          { readAt: at(3), records: [state(1, 13, { v: 'c' })] },
          nothing,
        ],
        ['older than that', { readAt: at(4), records: [state(1, 12, { v: 'x' })] }, nothing],
        [
          'a letter of another case',
          { records: [state(1, 14, { v: 'C' })] },
          { ...nothing, updated: 1 },
        ],
        [
          'a newer history with a lower version',
          { generation: 2, records: [state(1, 3, { v: 'd' })] },
          { ...nothing, updated: 1 },
        ],
        ['deleted', { generation: 2, records: [gone(1, 4)] }, { ...nothing, deleted: 1 }],
        ['deleted again', { generation: 2, records: [gone(1, 5)] }, nothing],
        ['older than the deletion', { generation: 2, records: [state(1, 4, { v: 'x' })] }, nothing],
        [
          'created anew',
          { generation: 2, records: [state(1, 6, { v: 'e' })] },
          { ...nothing, created: 1 },
        ],
        ['deleted before it was known', { generation: 2, records: [gone(2, 5)] }, nothing],
        ['older than that', { generation: 2, records: [state(2, 4, { v: 'x' })] }, nothing],
        [
          'known after all',
          { generation: 2, records: [state(2, 6, { v: 'f' })] },
          { ...nothing, created: 1 },
        ],
      ];
      for (const [what, given, counts] of steps) {
        assert.deepEqual(await apply(pageOf(company, given)), counts, what);
        const payloads = (await target.rows(company, 'adresar')).map((row) => row.payload?.['v']);
        assert.ok(!payloads.includes('x'), what);
      }
    });

    it('what is of a generation that is over is told and not written, whatever it would bring', async () => {
      const company = newCompany();
      const generation = () => target.mirror.generation(company, ['adresar', 'cenik'], soon());
      assert.equal(await generation(), 0);
      await apply(pageOf(company, { generation: 7, records: [state(1, 5, { v: 'old' })] }));
      await apply(
        pageOf(company, { generation: 7, evidence: 'cenik', records: [state(1, 5, {})] }),
      );
      assert.equal(await generation(), 7);
      // A reload that finds nothing at all is a generation, too.
      const empty = { generation: 9, readAt: at(2), gone: { readBefore: at(2), version: 3 } };
      assert.deepEqual(await apply(pageOf(company, empty)), { ...nothing, deleted: 1 });
      assert.equal(await generation(), 9);
      const late: [string, Given][] = [
        ['a new record', { records: [state(2, 99, { v: 'x' })], readAt: at(9) }],
        ['a known one', { records: [state(1, 99, { v: 'x' })], readAt: at(9) }],
        ['a change alone', { changes: [change(99)] }],
        ['the end of a load', { gone: { readBefore: at(9), version: 99 } }],
        ['nothing', {}],
      ];
      for (const [what, given] of late) {
        await assert.rejects(
          apply(pageOf(company, { generation: 8, ...given })),
          (error) =>
            error instanceof DatabaseError &&
            error.number === generationOver &&
            /generation 9 of adresar: generation 8 is over/.test(error.message),
          what,
        );
      }
      const rows = await target.rows(company, 'adresar');
      assert.deepEqual(
        rows.map(({ id, deleted, generation: own }) => [id, deleted, own]),
        [['1', true, 9]],
      );
      assert.deepEqual(await target.journal(company), []);
      // Another evidence, which has not been read again yet, is of its own generation.
      const cenik = pageOf(company, {
        generation: 8,
        evidence: 'cenik',
        records: [state(1, 6, {})],
      });
      assert.deepEqual(await apply(cenik), nothing);
    });

    it('of two generations at once, in either order, the newer one is there in the end', async () => {
      for (const order of [
        [1, 2],
        [2, 1],
      ]) {
        const company = newCompany();
        const pages = order.map((generation) =>
          pageOf(company, {
            generation,
            readAt: at(3 - generation),
            records: [1, 2, 3].map((id) => state(id + generation, 10, { generation })),
            gone: { readBefore: at(3 - generation), version: 10 },
          }),
        );
        const ends = await Promise.allSettled(pages.map(apply));
        for (const [index, end] of ends.entries()) {
          if (end.status === 'fulfilled') continue;
          assert.equal(end.reason.number, generationOver);
          assert.equal(order[index], 1, 'only the older one is refused');
        }
        const alive = (await target.rows(company, 'adresar')).filter(({ deleted }) => !deleted);
        assert.deepEqual(
          alive.map(({ id, generation }) => [id, generation]),
          [
            ['3', 2],
            ['4', 2],
            ['5', 2],
          ],
        );
      }
    });

    it('keeps companies and evidences apart', async () => {
      const [one, other] = [newCompany(), newCompany()];
      for (const company of [one, other]) {
        for (const evidence of ['adresar', 'cenik']) {
          const records = [state(1, 1, { v: `${company} ${evidence}` })];
          const counts = await apply(pageOf(company, { evidence, records }));
          assert.deepEqual(counts, { ...nothing, created: 1 });
        }
      }
      const [row] = await target.rows(other, 'cenik');
      assert.equal(row?.payload?.['v'], `${other} cenik`);
    });

    it('of a full load, what was not read again is deleted', async () => {
      const company = newCompany();
      const load = [1, 2, 3, 4].map((id) => state(id, 100, { v: id }));
      await apply(pageOf(company, { records: load }));
      await apply(pageOf(company, { records: [gone(4, 101)] }));
      // A change after the load had begun: newer than all that the load may say.
      await apply(pageOf(company, { records: [state(3, 120, { v: 'new' })] }));
      const last = pageOf(company, {
        readAt: at(11),
        records: [state(1, 110, { v: 1 })],
        gone: { readBefore: at(10), version: 110 },
      });
      assert.deepEqual(await apply(last), { ...nothing, deleted: 1 });
      assert.deepEqual(await apply(last), nothing);
      const rows = await target.rows(company, 'adresar');
      assert.deepEqual(
        rows.map(({ id, deleted, version, payload }) => [id, deleted, version, payload?.['v']]),
        [
          ['1', false, 110, 1],
          ['2', true, 110, 2],
          ['3', false, 120, 'new'],
          ['4', true, 101, 4],
        ],
      );
    });

    it('what is deleted keeps what it was, a code of any length too, until it comes back', async () => {
      const company = newCompany();
      const code = `${'A'.repeat(300)}Ž🐎`;
      const records = [{ ...state(1, 1, { v: 'last' }), code }, state(2, 1, { v: 'other' })];
      await apply(pageOf(company, { records }));
      const seen = async () =>
        (await target.rows(company, 'adresar')).map((row) => [
          row.deleted,
          row.code,
          row.externalIds,
          row.payload?.['v'],
        ]);
      const was = [
        [code, ['code:F-1'], 'last'],
        ['F-2', ['code:F-2'], 'other'],
      ];
      assert.deepEqual(
        await seen(),
        was.map((row) => [false, ...row]),
      );
      const end = { readBefore: at(2), version: 2 };
      await apply(pageOf(company, { readAt: at(2), records: [gone(1, 2)], gone: end }));
      assert.deepEqual(
        await seen(),
        was.map((row) => [true, ...row]),
      );
      // Told again that it is gone: nothing is new for a reader.
      const [before] = await target.query(
        `SELECT MAX(updated_at) AS at FROM crude.flexibee_record WHERE company = N'${company}'`,
      );
      assert.deepEqual(
        await apply(pageOf(company, { readAt: at(3), records: [gone(1, 3)] })),
        nothing,
      );
      const [after] = await target.query(
        `SELECT MAX(updated_at) AS at FROM crude.flexibee_record WHERE company = N'${company}'`,
      );
      assert.deepEqual(after, before);
      await apply(pageOf(company, { readAt: at(4), records: [state(1, 4, { v: 'back' })] }));
      assert.deepEqual((await seen())[0], [false, 'F-1', ['code:F-1'], 'back']);
    });

    it('a change enters the journal once, whatever it does to the row', async () => {
      const company = newCompany();
      const changes = [change(1), change(2)];
      await apply(pageOf(company, { changes, records: [state(1, 2, {})] }));
      await apply(pageOf(company, { changes: [change(2), change(1), change(3, 2)] }));
      await apply(pageOf(company, { changes: [change(2)], generation: 2 }));
      assert.deepEqual(
        (await target.journal(company)).map(({ generation, version }) => [generation, version]),
        [
          [1, 1],
          [1, 2],
          [1, 3],
          [2, 2],
        ],
      );
    });

    it('of two at once for the same records the newer one wins', async () => {
      for (const order of [
        [1, 2],
        [2, 1],
      ]) {
        const company = newCompany();
        const ids = Array.from({ length: 40 }, (_, index) => index + 1);
        const batches = order.map((version) =>
          pageOf(company, {
            records: (version === 1 ? ids : ids.toReversed()).map((id) =>
              state(id, version, { v: version }),
            ),
            changes: [change(version), change(10)],
          }),
        );
        await Promise.all([...batches, ...batches].map(apply));
        const rows = await target.rows(company, 'adresar');
        assert.deepEqual([...new Set(rows.map(({ payload }) => payload?.['v']))], [2]);
        assert.equal(rows.length, ids.length);
        assert.deepEqual(
          (await target.journal(company)).map(({ version }) => version),
          [1, 2, 10],
        );
      }
    });

    const exec = (procedure: string, given: Record<string, string | number | null>) => {
      const all = Object.entries({ generation: 1, read_at: '2026-01-01', ...given });
      const parameters = all.map(
        ([name, value]) => `@${name} = ${typeof value === 'string' ? `N'${value}'` : value}`,
      );
      return target.query(`EXEC crude.${procedure} ${parameters.join(', ')};`);
    };
    const refuses = (what: string, number: number, call: (company: string) => Promise<unknown>) => {
      const skip = what === 'a row that is no object' && target.except('rows that are no objects');
      it(`refuses ${what}, and writes nothing`, { skip }, async () => {
        const company = newCompany();
        await assert.rejects(
          call(company),
          (error) => error instanceof DatabaseError && error.number === number,
        );
        assert.deepEqual(await target.rows(company, 'adresar'), []);
        assert.deepEqual(await target.journal(company), []);
      });
    };
    const good = '{"id":"1","version":1,"deleted":false,"externalIds":[],"payload":{}}';
    const one = 'sp_apply_flexibee_changes';
    const page = 'sp_apply_flexibee_page';
    const refusedParts: [string, { records?: string; changes?: string }, number][] = [
      ['records that are not JSON', { records: '[{' }, 50502],
      ['changes that are not JSON', { changes: 'x' }, 50502],
      [
        'an id that is a word',
        { records: `[${good},{"id":"code:A","version":1,"deleted":true}]` },
        50503,
      ],
      ['an id that is not there', { records: `[${good},{"version":1,"deleted":true}]` }, 50503],
      ['no version', { records: `[${good},{"id":"2","deleted":true}]` }, 50503],
      ['neither deleted nor not', { records: `[${good},{"id":"2","version":1}]` }, 50503],
      ['no payload', { records: `[${good},{"id":"2","version":1,"deleted":false}]` }, 50503],
      ['a row that is no object', { records: `[${good},"2"]` }, 50503],
      ['an unknown operation', { changes: '[{"version":1,"id":"1","operation":"upsert"}]' }, 50503],
      ['a change without an id', { changes: '[{"version":1,"operation":"update"}]' }, 50503],
      ['a record twice', { records: `[${good},${good}]` }, 50504],
    ];
    for (const [what, given, number] of refusedParts) {
      refuses(what, number, (company) => {
        const { changes = '[]', records = '[]' } = given;
        if (target.takesOneEvidence) {
          return exec(one, { company, evidence: 'adresar', changes, records });
        }
        const other = `{"evidence":"cenik","changes":[],"records":[${good}]}`;
        const bad = `{"evidence":"adresar","changes":${changes},"records":${records}}`;
        return exec(page, { company, written_by: null, evidences: `[${other},${bad}]` });
      });
    }
    if (target.takesOneEvidence) {
      const fine = { evidence: 'adresar', changes: '[]', records: '[]' };
      refuses('no company', 50501, () => exec(one, { ...fine, company: null }));
      refuses('no evidence', 50501, (company) => exec(one, { ...fine, company, evidence: null }));
      refuses('half of what is gone', 50501, (company) =>
        exec(one, { ...fine, company, gone_version: 1 }),
      );
      refuses('no records', 50502, (company) => exec(one, { ...fine, company, records: null }));
    } else {
      const adresar = `"changes":[],"records":[${good}]`;
      const line = '{"version":1,"id":"1","operation":"update"}';
      const refusedPages: [string, string | null, number][] = [
        ['no evidences', null, 50502],
        ['what is no JSON', '[{', 50502],
        ['an evidence without a name', `[{${adresar}}]`, 50503],
        ['an empty name', `[{"evidence":"",${adresar}}]`, 50503],
        ['a name of 65 letters', `[{"evidence":"${'e'.repeat(65)}",${adresar}}]`, 50503],
        ['no records', '[{"evidence":"adresar","changes":[]}]', 50503],
        ['records that are a text', '[{"evidence":"adresar","changes":[],"records":"1"}]', 50503],
        ['no changes', '[{"evidence":"adresar","records":[]}]', 50503],
        ['half of what is gone', `[{"evidence":"adresar",${adresar},"gone":{"version":1}}]`, 50503],
        [
          'a moment that is none',
          `[{"evidence":"adresar",${adresar},"gone":{"version":1,"readBefore":"noon"}}]`,
          50503,
        ],
        [
          'an evidence twice',
          `[{"evidence":"adresar",${adresar}},{"evidence":"adresar",${adresar}}]`,
          50504,
        ],
        [
          'a version twice, in two evidences',
          `[{"evidence":"adresar","changes":[${line}],"records":[]},{"evidence":"cenik","changes":[${line}],"records":[]}]`,
          50504,
        ],
      ];
      refuses('no company', 50501, () =>
        exec(page, { company: null, written_by: null, evidences: '[]' }),
      );
      for (const [what, evidences, number] of refusedPages) {
        refuses(what, number, (company) => exec(page, { company, written_by: null, evidences }));
      }

      it('takes a page of several evidences at once, each by its own, and none of it without the rest', async () => {
        const company = newCompany();
        const pageWith = (v: string, last: RecordState): MirrorPage => ({
          company,
          generation: 1,
          readAt: at(v.length),
          batches: [
            {
              evidence: 'adresar',
              changes: [change(v.length)],
              records: [state(1, v.length, { v })],
            },
            { evidence: 'cenik', changes: [], records: [state(1, 1, {}), last] },
            { evidence: 'banka', changes: [], records: [] },
          ],
        });
        // The last evidence is refused: of the first nothing is written.
        const bad = { ...state(2, 1, {}), id: 'x' };
        await assert.rejects(target.mirror.apply(pageWith('a', bad), soon()), { number: 50503 });
        assert.deepEqual(await target.rows(company, 'adresar'), []);
        const applied = await target.mirror.apply(pageWith('a', state(-2, 1, {})), soon());
        assert.deepEqual(Object.fromEntries(applied), {
          adresar: { created: 1, updated: 0, deleted: 0 },
          banka: nothing,
          cenik: { created: 2, updated: 0, deleted: 0 },
        });
        const again = await target.mirror.apply(pageWith('bb', gone(-2, 2)), soon());
        assert.deepEqual(Object.fromEntries(again), {
          adresar: { created: 0, updated: 1, deleted: 0 },
          banka: nothing,
          cenik: { created: 0, updated: 0, deleted: 1 },
        });
        const ids = (await target.rows(company, 'cenik')).map(({ id, deleted }) => [id, deleted]);
        assert.deepEqual(ids, [
          ['-2', true],
          ['1', false],
        ]);
        assert.deepEqual(
          (await target.journal(company)).map(({ version }) => version),
          [1, 2],
        );
      });

      it('evidences that another procedure takes are calls of their own, beside the page', async () => {
        const company = newCompany();
        const called: string[] = [];
        const mirror = sqlMirror(
          target.databases,
          (evidence) => ({
            database: 'ab',
            procedure: evidence === 'cenik' ? { schema: 'crude', name: one } : pageProcedure,
          }),
          { onReturn: (name) => void called.push(name) },
        );
        const batches = ['adresar', 'cenik', 'banka'].map((evidence, index) => ({
          evidence,
          changes: [change(index + 1, 1, { evidence })],
          records: [state(1, 1, { evidence })],
        }));
        const given = { company, generation: 1, readAt: at(0), batches };
        const applied = await mirror.apply(given, soon());
        assert.deepEqual(called.sort(), [`crude.${one}`, `crude.${page}`]);
        for (const { evidence } of batches) {
          assert.deepEqual(applied.get(evidence), { ...nothing, created: 1 });
          assert.equal((await target.rows(company, evidence))[0]?.payload?.['evidence'], evidence);
        }
        assert.equal((await target.journal(company)).length, 3);
      });
    }

    it('a failure in the middle leaves nothing half written', async () => {
      const company = newCompany();
      await apply(pageOf(company, { records: [state(1, 1, { v: 'before' })] }));
      // The journal comes last: a key that it does not take ends all that was written before.
      const constraint = `[ck_${company}]`;
      await target.query(
        `ALTER TABLE crude.flexibee_change ADD CONSTRAINT ${constraint} CHECK (company <> N'${company}' OR version <> 666)`,
      );
      const records = [state(1, 667, { v: 'after' }), state(2, 666, { v: 'new' })];
      const changes = [change(665), change(666, 2), change(667)];
      await assert.rejects(
        apply(pageOf(company, { records, changes })),
        (error) => error instanceof DatabaseError && error.number === 547,
      );
      const rows = await target.rows(company, 'adresar');
      assert.deepEqual(
        rows.map(({ payload }) => payload?.['v']),
        ['before'],
      );
      assert.deepEqual(await target.journal(company), []);
      await target.query(`ALTER TABLE crude.flexibee_change DROP CONSTRAINT ${constraint}`);
      // The session that failed is as good as before.
      assert.deepEqual(await apply(pageOf(company, { records, changes })), {
        created: 1,
        updated: 1,
        deleted: 0,
      });
    });

    it('a batch too large for one call goes in parts, in order, with the same result', async () => {
      const company = newCompany();
      const batch = pageOf(company, {
        records: [1, 2, 3, 4, 5].map((id) => state(id, id, { v: 'x'.repeat(20 * id) })),
        changes: [change(1), change(5, 5)],
        gone: { readBefore: at(0), version: 9 },
      });
      await apply(
        pageOf(company, { readAt: '2025-12-31T00:00:00.000Z', records: [state(9, 1, {})] }),
      );
      assert.deepEqual(await applyTo(target.inParts, batch, soon()), {
        created: 5,
        updated: 0,
        deleted: 1,
      });
      assert.deepEqual(await apply(batch), nothing);
      assert.equal((await target.journal(company)).length, 2);
    });

    const { setFault } = target;
    const ofStandIn = setFault ? false : 'only the stand-in has faults on demand';
    it('calls again after a deadlock, and not after another error', {
      skip: ofStandIn,
    }, async () => {
      const company = newCompany();
      const batch = pageOf(company, { records: [state(1, 1, {})], changes: [change(1)] });
      await setFault?.({ failures: { times: 2, number: 1205 } });
      assert.deepEqual(await apply(batch), { ...nothing, created: 1 });
      await setFault?.({ failures: { times: 1, number: 8134 } });
      await assert.rejects(
        apply(batch),
        (error) => error instanceof DatabaseError && error.number === 8134,
      );
      assert.deepEqual(await apply(batch), nothing);
    });

    it('stops waiting when its signal is aborted', { skip: ofStandIn }, async () => {
      const company = newCompany();
      await setFault?.({ delayMilliseconds: 60_000 });
      const batch = pageOf(company, { records: [state(1, 1, {})] });
      await assert.rejects(target.mirror.apply(batch, AbortSignal.timeout(100)), {
        name: 'TimeoutError',
      });
      await setFault?.({});
      assert.deepEqual(await target.rows(company, 'adresar'), []);
      assert.deepEqual(await apply(batch), { ...nothing, created: 1 });
    });

    it('sends nothing once its signal is aborted, nor for a change of another evidence', async () => {
      const company = newCompany();
      const reason = new Error('stopped');
      const batch = pageOf(company, { records: [state(1, 1, {})] });
      await assert.rejects(target.mirror.apply(batch, AbortSignal.abort(reason)), reason);
      const mixed = pageOf(company, { changes: [change(1, 1, { evidence: 'cenik' })] });
      await assert.rejects(apply(mixed), RangeError);
      const nowhere = sqlMirror(target.databases, () => {
        throw new RangeError('cenik is not followed');
      });
      await assert.rejects(nowhere.apply(batch, soon()), /cenik is not followed/);
      assert.deepEqual(await target.rows(company, 'adresar'), []);
    });

    /** Rows, or the number of the error; a page in parts is refused at its first, or not at all. */
    const outcome = async (mirror: Mirror, page: MirrorPage) => {
      try {
        return await applyTo(mirror, page, soon());
      } catch (error) {
        if (error instanceof DatabaseError) return error.number;
        throw error;
      }
    };

    it('any batches in any order, repeated, are what the plain model makes of them', async () => {
      const version = fc.integer({ min: 1, max: 6 });
      const record = fc.record({
        id: fc.integer({ min: 1, max: 5 }),
        version,
        v: fc.integer({ min: 0, max: 2 }),
        isGone: fc.boolean(),
      });
      const batch = fc.record({
        generation: fc.integer({ min: 1, max: 2 }),
        second: fc.integer({ min: 0, max: 3 }),
        records: fc.uniqueArray(record, { selector: ({ id }) => id, maxLength: 4 }),
        versions: fc.uniqueArray(version, { maxLength: 3 }),
        gone: fc.option(fc.record({ second: fc.integer({ min: 0, max: 4 }), version }), {
          nil: undefined,
        }),
        inParts: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(batch, { minLength: 1, maxLength: 8 }),
          fc.nat(7),
          async (list, again) => {
            const company = newCompany();
            const model = memoryMirror();
            const repeated = [...list, ...list.slice(again)];
            for (const { generation, second, records, versions, gone: end, inParts } of repeated) {
              const given = pageOf(company, {
                generation,
                readAt: at(second),
                records: records.map(({ id, version: own, v, isGone }) =>
                  isGone ? gone(id, own) : state(id, own, { v }),
                ),
                changes: versions.map((own) => change(own, own)),
                ...(end && { gone: { readBefore: at(end.second), version: end.version } }),
              });
              const mirror = inParts ? target.inParts : target.mirror;
              assert.deepEqual(await outcome(mirror, given), await outcome(model, given));
            }
            assert.deepEqual(await target.rows(company, 'adresar'), model.rows(company, 'adresar'));
            assert.deepEqual(await target.journal(company), model.journal(company));
          },
        ),
        { numRuns: partOf(30, 1 / 3) },
      );
    });
  });
}
