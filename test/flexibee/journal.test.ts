/** Who wrote a row, how long the journal keeps it, and what becomes of tables that are there already. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startSqlServer } from 'tds-sqlite';
import { Databases } from '../../shared/database/databases.ts';
import { pageProcedure, sqlMirror } from '../../shared/flexibee/apply.ts';
import { expireJournals } from '../../shared/flexibee/journal-retention.ts';
import { install } from '../../sql/installer.ts';
import { readScripts } from '../../sql/scripts.ts';
import { soon } from '../support/storage.ts';
import { newCompany, pageOf, startTargets } from './apply-target.ts';

const targets = (await startTargets()).filter(({ takesOneEvidence }) => !takesOneEvidence);
after(async () => {
  for (const target of targets) await target.close();
});

const day = (number: number) => new Date(Date.UTC(2026, 0, number)).toISOString();
const changeOf = (version: number) => ({
  version,
  evidence: 'adresar',
  id: '1',
  operation: 'update' as const,
  externalIds: [],
});
const recordOf = (version: number) => ({
  ...{ id: '1', version, deleted: false, externalIds: [], payload: { version } },
});

for (const { name, databases, query } of targets) {
  const mirrorOf = (writtenBy: string) =>
    sqlMirror(databases, () => ({ database: 'ab', procedure: pageProcedure }), { writtenBy });

  test(`rows say which run or poll wrote them: ${name}`, async () => {
    const company = newCompany();
    const [first, second] = [mirrorOf('poll-1'), mirrorOf('run-2')];
    const given = { records: [recordOf(1)], changes: [changeOf(1)] };
    await first.apply(pageOf(company, given), soon());
    // Told twice: the journal has it once, of whoever came first.
    await second.apply(pageOf(company, { ...given, changes: [changeOf(1), changeOf(2)] }), soon());
    const journal = () =>
      query(
        `SELECT version, written_by FROM crude.flexibee_change WHERE company = N'${company}' ORDER BY version`,
      );
    const record = () =>
      query(`SELECT written_by FROM crude.flexibee_record WHERE company = N'${company}'`);
    assert.deepEqual(await journal(), [
      { version: '1', written_by: 'poll-1' },
      { version: '2', written_by: 'run-2' },
    ]);
    assert.deepEqual(await record(), [{ written_by: 'poll-1' }]);
    const gone = { readAt: day(2), gone: { readBefore: day(2), version: 3 } };
    await second.apply(pageOf(company, gone), soon());
    assert.deepEqual(await record(), [{ written_by: 'run-2' }]);
  });

  test(`a journal keeps its days, and those of other companies stay: ${name}`, async () => {
    const [one, other] = [newCompany(), newCompany()];
    const mirror = mirrorOf('poll');
    for (const company of [one, other]) {
      const old = Array.from({ length: 2_400 }, (_, index) => changeOf(index + 1));
      await mirror.apply(pageOf(company, { readAt: day(1), changes: old }), soon());
      // A late commit, read long after its neighbours.
      await mirror.apply(pageOf(company, { readAt: day(20), changes: [changeOf(3_000)] }), soon());
      const next = { readAt: day(5), generation: 2, changes: [changeOf(1), changeOf(4_000)] };
      await mirror.apply(pageOf(company, next), soon());
    }
    const left = async (company: string) => {
      const rows = await query(
        `SELECT generation, version FROM crude.flexibee_change WHERE company = N'${company}' ORDER BY generation, version`,
      );
      return rows.map(({ generation, version }) => `${generation}/${version}`);
    };
    const kept = (company: string, before: string) => ({
      ...{ company, databases: ['ab'], before: new Date(before) },
    });
    const lines: string[] = [];
    const options = { isOver: () => false, log: (line: string) => void lines.push(line) };
    assert.equal(await expireJournals(databases, [kept(one, day(1))], options, soon()), 0);
    // Over before the end: what is left goes the next time.
    let calls = 0;
    const short = { ...options, isOver: () => calls++ > 1 };
    assert.equal(await expireJournals(databases, [kept(one, day(2))], short, soon()), 1_000);
    const journals = [kept(one, day(2)), kept(other, day(6)), kept('nobody', day(9))];
    assert.equal(await expireJournals(databases, journals, options, soon()), 1_400 + 2_402);
    assert.deepEqual(await left(one), ['1/3000', '2/1', '2/4000']);
    assert.deepEqual(await left(other), ['1/3000']);
    assert.deepEqual(lines, []);
  });
}

test('tables that an older version has made and filled are taken over', async (t) => {
  const server = await startSqlServer({
    logins: { tester: 'secret' },
    databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
  });
  t.after(() => server.close());
  const connectionString = `Server=127.0.0.1,${server.port};Database=AB;User Id=tester;Password=secret;Encrypt=false`;
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  t.after(() => databases.close());
  const scripts = await readScripts(fileURLToPath(new URL('../../sql/install/', import.meta.url)));
  const installed = async (upTo: number) => {
    const session = await databases.session('ab', soon());
    const some = scripts.filter(({ name }) => Number(name.slice(0, 3)) <= upTo);
    const applied = await install(session, some, () => {}, soon());
    session.destroy();
    return applied;
  };
  const query = (text: string) => databases.query('ab', text, [], soon());
  await installed(4);
  const payload = '{"id":"1","nazev":"Ž"}';
  await query(`EXEC crude.sp_apply_flexibee_changes @company = N'old', @evidence = N'adresar', @generation = 29000000,
@read_at = '2026-01-01', @changes = N'[{"version":7,"id":"1","operation":"create"}]',
@records = N'[{"id":"1","version":7,"deleted":false,"code":"A","externalIds":["code:A"],"payload":${payload}}, {"id":"2","version":7,"deleted":true}]';`);
  const rows = () =>
    query(`SELECT record_id, code, external_ids, payload, generation, version, deleted, updated_at
FROM crude.flexibee_record ORDER BY record_id`);
  const before = await rows();
  assert.equal(before.length, 2);
  assert.ok((await installed(999)).includes('005-flexibee-page'));
  assert.deepEqual(await installed(999), []);
  assert.deepEqual(await rows(), before);
  const mirror = sqlMirror(databases, () => ({ database: 'ab', procedure: pageProcedure }), {
    writtenBy: 'poll-1',
  });
  assert.equal(await mirror.generation('old', ['adresar'], soon()), 29_000_000);
  // What the old version wrote is guarded as if the new one had.
  const page = (generation: number, readAt: string) =>
    pageOf('old', { generation, readAt, records: [{ ...recordOf(7), code: 'B'.repeat(300) }] });
  await assert.rejects(mirror.apply(page(28_999_999, day(9)), soon()), { number: 50506 });
  const same = await mirror.apply(page(29_000_000, day(1)), soon());
  assert.deepEqual(same.get('adresar'), { created: 0, updated: 0, deleted: 0 });
  const newer = await mirror.apply(page(29_000_000, day(2)), soon());
  assert.deepEqual(newer.get('adresar'), { created: 0, updated: 1, deleted: 0 });
  const [row] = await rows();
  assert.equal(row?.['code'], 'B'.repeat(300));
  assert.deepEqual(await query('SELECT version, written_by FROM crude.flexibee_change'), [
    { version: '7', written_by: null },
  ]);
});
