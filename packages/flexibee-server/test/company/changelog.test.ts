import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import {
  type Change,
  type ChangeEvent,
  type Company,
  CompanyError,
  openCompany,
} from '../../src/company/index.ts';
import { emptyCompany, noon, put } from './support.ts';

const brief = ({ evidence, id, operation, externalIds }: Change) =>
  [evidence, id, operation, ...externalIds].join(' ');

/** Follows `next` to the end. */
function everything(
  company: Company,
  limit: number,
  start = 0,
  evidences: string[] = [],
): Change[] {
  const changes: Change[] = [];
  let from: number | undefined = start;
  while (from !== undefined) {
    const page = company.changes({ start: from, limit, evidences });
    changes.push(...page.changes);
    assert.ok(page.changes.length <= limit);
    from = page.next;
  }
  return changes;
}

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'company-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

test('an invoice and its items are logged as a real server logs them', (t) => {
  const company = emptyCompany(t);
  put(company, 'adresar', { id: ['code:NOVAK', 'ext:crm:7'], nazev: 'Jan Novák' });
  put(company, 'faktura-vydana', {
    id: 'ext:shop:1',
    typDokl: 'code:FAKTURA',
    firma: 'ext:crm:7',
    polozkyFaktury: [
      { nazev: 'A', cenaMj: 100 },
      { kod: 'B', nazev: 'B', cenaMj: 1 },
    ],
  });
  company.delete('faktura-vydana', 'ext:shop:1');
  const { changes, globalVersion, next } = company.changes();
  assert.deepEqual(changes.map(brief), [
    'adresar 1 create code:NOVAK ext:crm:7',
    'rocni-rada 210 update',
    'faktura-vydana 1 create code:VF1-0001/2026 ext:shop:1',
    'faktura-vydana-polozka 1 create',
    'faktura-vydana 1 update code:VF1-0001/2026 ext:shop:1',
    'faktura-vydana-polozka 2 create code:B',
    'faktura-vydana 1 update code:VF1-0001/2026 ext:shop:1',
    'faktura-vydana-polozka 1 delete',
    'faktura-vydana-polozka 2 delete code:B',
    'faktura-vydana 1 delete code:VF1-0001/2026 ext:shop:1',
  ]);
  assert.equal(globalVersion, changes.at(-1)?.version);
  assert.equal(next, undefined);
  assert.match(changes[0]?.timestamp ?? '', /^2026-07-15 12:00:00\.\d{1,6}$/);
});

test('an old server gives no timestamps', (t) => {
  const company = emptyCompany(t, { timestamps: false });
  put(company, 'adresar', { nazev: 'A' });
  assert.equal(company.changes().changes[0]?.timestamp, undefined);
});

test('pages hold 100 unless asked otherwise, 1000 at most', (t) => {
  const company = emptyCompany(t);
  company.bulk({ changes: 2500, records: 100 });
  assert.equal(company.changes().changes.length, 100);
  assert.equal(company.changes({ limit: 5000 }).changes.length, 1000);
  assert.equal(company.changes({ limit: 0 }).changes.length, 1);
  assert.throws(
    () => company.changes({ evidences: ['nothing'] }),
    (error) => error instanceof CompanyError && error.status === 404,
  );
});

test('pages of any size, from anywhere, of any evidences give every change once, in order', (t) => {
  const company = emptyCompany(t);
  company.bulk({ changes: 900, records: 90 });
  const all = everything(company, 1000);
  assert.equal(all.length, 900);
  assert.ok(
    all.some(({ version }, index) => version > (all[index - 1]?.version ?? 0) + 1),
    'has gaps',
  );
  const names = ['adresar', 'banka', 'cenik', 'faktura-vydana-polozka'];
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 0, max: 1100 }),
      fc.subarray(names),
      (limit, start, evidences) => {
        const expected = all.filter(
          ({ version, evidence }) =>
            version >= start && (evidences.length === 0 || evidences.includes(evidence)),
        );
        assert.deepEqual(everything(company, limit, start, evidences), expected);
      },
    ),
    { numRuns: 100 },
  );
});

test('a late commit appears below what was already read', (t) => {
  const company = emptyCompany(t);
  put(company, 'adresar', { id: 'code:A', nazev: 'A' });
  const late = company.begin(2);
  const [first, second] = late.versions;
  put(company, 'adresar', { id: 'code:B', nazev: 'B' });
  const seen = company.globalVersion();
  assert.ok(seen > (second ?? 0));
  assert.equal(company.resolve('adresar', 'code:C'), undefined);
  assert.equal(late.commit('adresar', { adresar: { id: 'code:C', nazev: 'C' } }).status, 201);
  assert.equal(company.globalVersion(), seen, 'the global version stays');
  const page = company.changes({ start: first ?? 0, limit: 1 });
  assert.deepEqual(page.changes.map(brief), ['adresar 3 create code:C']);
  assert.equal(page.next, seen, 'the version left over is a gap');
  assert.throws(() => late.commit('adresar', {}), /has ended/);
});

test('versions of a transaction rolled back, and burnt ones, stay gaps', (t) => {
  const company = emptyCompany(t);
  const [version] = company.begin().versions;
  company.begin(3).rollback();
  company.gap(5);
  assert.equal(company.globalVersion(), 0);
  put(company, 'adresar', { nazev: 'A' });
  assert.ok(company.globalVersion() >= (version ?? 0) + 9);
  assert.equal(company.changes().changes.length, 1);
});

test('a refused or dry write leaves neither changes nor versions', (t) => {
  const company = emptyCompany(t);
  company.write('adresar', { adresar: [{ nazev: 'A' }, { nazev: '' }] });
  company.write('adresar', { adresar: { nazev: 'B' } }, { dryRun: true });
  assert.equal(company.globalVersion(), 0);
  assert.deepEqual(company.changes().changes, []);
  assert.equal(company.counts()['adresar'], 0);
});

test('a disabled log records nothing, and enabling begins with an empty one', (t) => {
  const company = emptyCompany(t);
  put(company, 'adresar', { id: 'code:A', nazev: 'A' });
  const before = company.globalVersion();
  company.disableChangelog();
  assert.equal(company.changelogEnabled(), false);
  assert.throws(() => company.changes(), CompanyError);
  put(company, 'adresar', { id: 'code:A', popis: 'unseen' });
  assert.equal(company.globalVersion(), before);
  company.enableChangelog();
  assert.deepEqual(company.changes().changes, []);
  put(company, 'adresar', { id: 'code:A', popis: 'seen' });
  assert.ok((company.changes().changes[0]?.version ?? 0) > before, 'versions go on');
  company.disableChangelog();
  company.enableChangelog({ restart: true });
  assert.equal(company.globalVersion(), 0);
});

test('a restored backup takes data, log and versions back', async (t) => {
  const company = emptyCompany(t);
  const file = join(await folder(t), 'backup');
  put(company, 'faktura-vydana', { typDokl: 'code:FAKTURA', sumCelkem: 5, polozkyFaktury: [] });
  company.backup(file);
  const then = { version: company.globalVersion(), invoices: company.dump('faktura-vydana') };
  const late = company.begin();
  put(company, 'faktura-vydana', { id: 1, popis: 'after' }, { typDokl: 'code:FAKTURA' });
  assert.ok(company.globalVersion() > then.version);
  company.restore(file);
  assert.equal(company.globalVersion(), then.version);
  assert.deepEqual(company.dump('faktura-vydana'), then.invoices);
  assert.throws(() => late.commit('adresar', {}), /restored/);
  assert.throws(() => company.restore(`${file}-missing`), /there is no backup/);
  put(company, 'faktura-vydana', { typDokl: 'code:FAKTURA' });
  assert.deepEqual(company.changes({ start: then.version + 1 }).changes.map(brief), [
    'rocni-rada 210 update',
    'faktura-vydana 2 create code:VF1-0002/2026',
  ]);
});

test('listeners hear of every commit once, when it is visible, until they leave', (t) => {
  const company = emptyCompany(t);
  const heard: ChangeEvent[] = [];
  const leave = company.onChange((event) => {
    assert.equal(event.globalVersion, company.globalVersion());
    heard.push(event);
  });
  put(company, 'adresar', { nazev: 'A' }, { nazev: 'B' });
  company.write('adresar', { adresar: { nazev: '' } });
  company.bulk({ changes: 1500, records: 20 });
  assert.deepEqual(
    heard.map(({ changes }) => changes.length),
    [2, 1000, 500],
  );
  assert.deepEqual(
    heard.flatMap(({ changes }) => changes),
    everything(company, 1000),
  );
  leave();
  put(company, 'adresar', { nazev: 'C' });
  assert.equal(heard.length, 3);
});

test('a company in a file goes on where it was left', async (t) => {
  const directory = await folder(t);
  const open = () =>
    openCompany({ name: 'kept', directory, data: { size: 3 }, now: () => new Date(noon) });
  const first = open();
  put(first, 'adresar', { id: 'code:KEPT', nazev: 'Kept' });
  const version = first.globalVersion();
  const dumped = first.dump('faktura-vydana');
  first.close();
  const second = open();
  t.after(() => second.close());
  assert.equal(second.globalVersion(), version);
  assert.deepEqual(second.dump('faktura-vydana'), dumped);
  assert.notEqual(second.resolve('adresar', 'code:KEPT'), undefined);
});

test('a bulk history comes to what the tables hold', (t) => {
  const company = emptyCompany(t);
  company.bulk({ changes: 20_000, records: 2000, seed: 3 });
  company.bulk({ changes: 500, records: 50, seed: 3 });
  const state = new Map<string, string>();
  for (const { evidence, id, operation } of everything(company, 1000)) {
    const key = `${evidence} ${id}`;
    assert.equal(state.get(key) === undefined, operation === 'create', key);
    assert.notEqual(state.get(key), 'delete', key);
    state.set(key, operation);
  }
  const alive = [...state].filter(([, operation]) => operation !== 'delete').map(([key]) => key);
  assert.ok(alive.length < 2050, 'some were deleted');
  const held = Object.keys(company.counts()).flatMap((evidence) =>
    company.dump(evidence).map(({ id }) => `${evidence} ${id}`),
  );
  assert.deepEqual(held.sort(), alive.sort());
});
