/** Records that change and are not given: hidden by rights, or deleted meanwhile. Over HTTP. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startFlexibee } from 'flexibee-server';
import { openCompany } from '../../shared/flexibee/client.ts';
import { cursorForm } from '../../shared/flexibee/cursor.ts';
import { companyState, poll, reload, reset } from '../../shared/flexibee/follow.ts';
import { FlexibeeServers } from '../../shared/flexibee/servers.ts';
import type { Source } from '../../shared/flexibee/types.ts';
import { soon } from '../support/storage.ts';
import { code, newWorld } from './world.ts';

async function open(t: TestContext) {
  const flexibee = await startFlexibee();
  const servers = new FlexibeeServers({ retry: { attempts: 2, baseMs: 1, capMs: 2 } });
  t.after(() => {
    servers.close();
    return flexibee.close();
  });
  const world = newWorld();
  const { context } = world.worker();
  const account = { user: 'winstrom', password: 'winstrom' };
  const address = { origin: flexibee.url, ...account, trustServerCertificate: false };
  const source = openCompany({ code, name: 'demo', address }, servers);
  const follow = {
    ...context,
    company: { ...context.company, evidences: ['adresar', 'cenik'] },
    source: source as Source,
    async *unseen(evidence: string, range: { generation: number; readBefore: string }) {
      const rows = world.mirror.rows(code, evidence);
      yield rows.filter(
        ({ deleted, generation, readAt }) =>
          !deleted && generation === range.generation && readAt < range.readBefore,
      );
    },
  };
  const company = flexibee.company('demo');
  const hidden = flexibee.companies.get('demo')?.hidden ?? assert.fail();
  await poll(follow, { waitForLockMs: 0 }, soon());
  return {
    flexibee,
    world,
    follow,
    source,
    company,
    hide: (...ids: number[]) => hidden.set('adresar', new Set(ids)),
    poll: (own: Partial<Source> = {}) =>
      poll({ ...follow, source: sourceOf(source, own) }, { waitForLockMs: 0 }, soon()),
    reload: () => reload(follow, 'adresar', () => {}, soon()),
    /** @returns the record's number */
    write(row: Record<string, unknown>): number {
      const { winstrom } = company.write('adresar', { adresar: row });
      const results = winstrom['results'] as { id: string }[];
      return Number(results[0]?.id);
    },
    row: (id: number) => world.mirror.rows(code, 'adresar').find((one) => one.id === `${id}`),
    get state() {
      return companyState(world.cursor, new Date(world.time()));
    },
    check() {
      for (const evidence of ['adresar', 'cenik']) {
        const there = company.dump(evidence).map((row) => [String(row['id']), row] as const);
        const expected = new Map<string, object>(there);
        assert.deepEqual(world.mirror.alive(code, evidence), expected, evidence);
      }
    },
  };
}

function sourceOf(source: Source, own: Partial<Source>): Source {
  return {
    changes: source.changes.bind(source),
    records: source.records.bind(source),
    list: source.list.bind(source),
    ...own,
  };
}

test('a record that is hidden by rights is no deleted one: its row stays, and the state counts it', async (t) => {
  const at = await open(t);
  const id = at.write({ kod: 'H', nazev: 'Before' });
  await at.poll();
  at.hide(id);
  at.write({ id, nazev: 'After' });
  assert.equal(await at.poll(), 'applied');
  assert.equal(at.row(id)?.deleted, false);
  assert.equal(at.row(id)?.payload?.['nazev'], 'Before');
  assert.equal(at.state.hidden, 1);
  assert.equal(at.state.evidences['adresar']?.hidden, 1);
  assert.equal(at.state.evidences['cenik']?.hidden, undefined);
  assert.equal(at.state.lag.seconds, 0);
  assert.ok(at.world.mirror.journal(code).some((change) => change.id === `${id}`));

  // A poll asks for it no more; a change that is given ends it.
  at.flexibee.requests.clear();
  assert.equal(await at.poll(), 'idle');
  const { list = 0, get = 0 } = at.flexibee.requests.counts();
  assert.equal(list + get, 0);
  at.hide();
  at.write({ id, nazev: 'Shown' });
  await at.poll();
  assert.equal(at.state.hidden, 0);
  at.check();

  // Deleted while it is hidden: the changelog says so.
  at.hide(id);
  at.write({ id, nazev: 'Hidden again' });
  await at.poll();
  assert.equal(at.state.hidden, 1);
  at.company.delete('adresar', `${id}`);
  await at.poll();
  assert.equal(at.row(id)?.deleted, true);
  assert.equal(at.state.hidden, 0);
});

test('what is not given by number and listed all the same is taken from the listing', async (t) => {
  const at = await open(t);
  const id = at.write({ kod: 'V', nazev: 'Before' });
  await at.poll();
  at.write({ id, nazev: 'After' });
  // As a server whose get.json minds the accounting period.
  const records: Source['records'] = async (evidence, ids, signal) =>
    (await at.source.records(evidence, ids, signal)).filter((one) => one.id !== `${id}`);
  assert.equal(await at.poll({ records }), 'applied');
  assert.equal(at.state.hidden, 0);
  at.check();
});

test('a record deleted between the changes and its reading: the deletion comes with the next page', async (t) => {
  const at = await open(t);
  const id = at.write({ kod: 'D', nazev: 'D' });
  await at.poll();
  at.write({ id, nazev: 'Last' });
  const records: Source['records'] = async (evidence, ids, signal) => {
    at.company.delete('adresar', `${id}`);
    return await at.source.records(evidence, ids, signal);
  };
  await at.poll({ records });
  assert.equal(at.row(id)?.deleted, false);
  await at.poll();
  assert.equal(at.row(id)?.deleted, true);
  assert.equal(at.state.hidden, 0);
  at.check();
});

test('in a backlog what is deleted later on is neither hidden nor asked for again', async (t) => {
  const at = await open(t);
  const ids = Array.from({ length: 30 }, (_, index) => at.write({ kod: `B${index}`, nazev: 'B' }));
  for (const id of ids) at.write({ id, nazev: 'Changed' });
  for (const id of ids) at.company.delete('adresar', `${id}`);
  at.flexibee.requests.clear();
  await at.poll({
    changes: ({ start }, signal) => at.source.changes({ start, limit: 10 }, signal),
  });
  assert.equal(at.state.hidden, 0);
  assert.equal(at.flexibee.requests.count({ kind: 'list' }), 0);
  at.check();
});

test('more than are asked for one by one are hidden, and a full load ends it', async (t) => {
  const at = await open(t);
  const ids = Array.from({ length: 25 }, (_, index) => at.write({ kod: `M${index}`, nazev: 'M' }));
  await at.poll();
  at.hide(...ids);
  for (const id of ids) at.write({ id, nazev: 'Changed' });
  at.flexibee.requests.clear();
  await at.poll();
  assert.equal(at.state.hidden, 25);
  assert.equal(at.flexibee.requests.count({ kind: 'list' }), 20);
  const stored = cursorForm.schema.parse(JSON.parse(JSON.stringify(at.world.cursor)));
  assert.deepEqual(stored.hidden['adresar']?.ids, ids.map(String));
  at.hide();
  await at.reload();
  assert.equal(at.state.hidden, 0);
  at.check();
});

test('a full load keeps what is hidden, as far as the changelog tells, and deletes the rest', async (t) => {
  const at = await open(t);
  const [hidden, changed, lost] = ['H', 'C', 'L'].map((kod) => at.write({ kod, nazev: kod }));
  const ids = [hidden, changed, lost].map(Number);
  const [seeded = 0] = at.company.dump('adresar').map((row) => Number(row['id']));
  await at.poll();
  // Hidden from now on: one that is known to be, and two whose last change is before that.
  at.hide(Number(hidden));
  at.write({ id: hidden, nazev: 'H2' });
  await at.poll();
  assert.equal(at.state.hidden, 1);
  at.hide(Number(hidden), Number(changed), seeded);
  // Deleted, and nobody was told but the changelog.
  at.company.delete('adresar', `${lost}`);
  await at.reload();
  const isDeleted = (id: number) => at.row(id)?.deleted;
  assert.deepEqual([...ids, seeded].map(isDeleted), [false, false, true, false]);
  assert.equal(at.state.hidden, 3);
  assert.equal(at.row(Number(hidden))?.payload?.['nazev'], 'H');
  at.hide();
  await at.reload();
  assert.equal(at.state.hidden, 0);
  at.check();
});

test('thousands that are gone at the end of a load are deleted, beside one that is hidden', async (t) => {
  const at = await open(t);
  const id = at.write({ kod: 'H', nazev: 'H' });
  await at.poll();
  at.hide(id);
  const { generation = 0 } = at.world.cursor ?? {};
  const states = Array.from({ length: 2_500 }, (_, index) => ({
    ...{ id: `${500_000 + index}`, version: 1, deleted: false, externalIds: [], payload: {} },
  }));
  const readAt = new Date(at.world.time()).toISOString();
  const batches = [{ evidence: 'adresar', changes: [], records: states }];
  await at.world.mirror.apply({ company: code, generation, readAt, batches }, soon());
  at.world.tick(5_000);
  const { deleted } = await at.reload();
  assert.equal(deleted, 2_500);
  assert.equal(at.row(id)?.deleted, false);
  assert.equal(at.state.hidden, 1);
});

test('what is hidden when the changelog was off, or a new generation begins, is deleted', async (t) => {
  const at = await open(t);
  const id = at.write({ kod: 'H', nazev: 'H' });
  await at.poll();
  at.hide(id);
  at.write({ id, nazev: 'H2' });
  await at.poll();
  assert.equal(at.state.hidden, 1);
  await reset(at.follow, { waitForLockMs: 0 }, soon());
  await at.poll();
  assert.equal(at.state.hidden, 0);
  assert.equal(at.row(id)?.deleted, true);
});
