/** Whatever slipped through is found: a company at the stand-in, over HTTP, held against its mirror. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Flexibee, startFlexibee } from 'flexibee-server';
import { eventOf, type NewEvent } from '../../shared/events/event.ts';
import { openCompany } from '../../shared/flexibee/client.ts';
import type { CursorStore } from '../../shared/flexibee/context.ts';
import { poll, reset } from '../../shared/flexibee/follow.ts';
import type { Reconciliation } from '../../shared/flexibee/reconcile/document.ts';
import { reconciliationForm } from '../../shared/flexibee/reconcile/document.ts';
import type { MirrorRows } from '../../shared/flexibee/reconcile/mirror-rows.ts';
import { nightOf } from '../../shared/flexibee/reconcile/night.ts';
import {
  type CountedSource,
  type ReconcileContext,
  reconcile,
} from '../../shared/flexibee/reconcile/reconcile.ts';
import { digestOf } from '../../shared/flexibee/reconcile/walk.ts';
import { FlexibeeServers } from '../../shared/flexibee/servers.ts';
import type { RecordState } from '../../shared/flexibee/types.ts';
import { soon } from '../support/storage.ts';
import { code, newWorld } from './world.ts';

const followed = ['adresar', 'cenik'];

async function open(t: TestContext) {
  const flexibee = await startFlexibee();
  const servers = new FlexibeeServers({ retry: { attempts: 2, baseMs: 1, capMs: 2 } });
  t.after(() => {
    servers.close();
    return flexibee.close();
  });
  const world = newWorld();
  const { context } = world.worker();
  const address = {
    ...{ origin: flexibee.url, user: 'winstrom', password: 'winstrom' },
    trustServerCertificate: false,
  };
  const at = { code, name: 'demo', address };
  const seenTo: string[] = [];
  const told: NewEvent[] = [];
  const follow = {
    ...context,
    company: { ...context.company, evidences: followed },
    source: openCompany(at, servers),
    now: () => new Date(world.time()),
    reconciling: async (wish: string) => void seenTo.push(wish),
    tell: async (event: NewEvent) => void told.push(event),
  };
  let sent = 0;
  const onRequest = () => {
    sent += 1;
  };
  const counted: CountedSource = {
    source: openCompany({ ...at, onRequest }, servers),
    take() {
      const taken = sent;
      sent = 0;
      return taken;
    },
  };
  const asked: string[] = [];
  const rows: MirrorRows = {
    async *pages(evidence, { afterId, throughId, by }) {
      asked.push(`${evidence} ${by}`);
      const all = world.mirror
        .rows(code, evidence)
        .filter(
          ({ id, deleted }) =>
            !deleted &&
            (afterId === undefined || BigInt(id) > BigInt(afterId)) &&
            (throughId === undefined || BigInt(id) <= BigInt(throughId)),
        );
      const stamps = all.map(({ id, version, payload }) => {
        const at = String(payload?.['lastUpdate'] ?? '') || undefined;
        return { id, version, content: by === 'content' ? digestOf(payload ?? {}) : at };
      });
      // Two pages, as of a base that gives few at once.
      const half = Math.ceil(stamps.length / 2);
      yield stamps.slice(0, half);
      yield stamps.slice(half);
    },
  };
  let value: Reconciliation | undefined;
  const reconciling: ReconcileContext = {
    ...{ follow, counted, rows },
    documents: {
      read: async () => value,
      acquire: async () => ({
        get value() {
          return value;
        },
        lost: new AbortController().signal,
        async replace(next) {
          value = reconciliationForm.schema.parse(JSON.parse(JSON.stringify(next)));
        },
        async release() {},
      }),
    },
  };
  await poll(follow, { waitForLockMs: 0 }, soon());
  return {
    flexibee,
    world,
    follow,
    reconciling,
    asked,
    seenTo,
    told,
    company: flexibee.company('demo'),
    get document() {
      return value;
    },
    poll: () => poll(follow, { waitForLockMs: 0 }, soon()),
    /** Another source is for polls and for the comparison. */
    reconcile: (wish = 'asked', more: Partial<ReconcileContext> = {}) => {
      const source = more.follow === undefined ? counted.source : more.follow.source;
      return reconcile({ ...reconciling, counted: { ...counted, source }, ...more }, wish, soon());
    },
    /** The mirror has missed something, as if it had never come. */
    async spoil(evidence: string, states: RecordState[]) {
      const { generation = 1 } = world.cursor ?? {};
      world.tick(5_000);
      const readAt = new Date(world.time()).toISOString();
      const batches = [{ evidence, changes: [], records: states }];
      await world.mirror.apply({ company: code, generation, readAt, batches }, soon());
      world.tick(5_000);
    },
    check() {
      for (const evidence of followed) {
        const there = flexibee.company('demo').dump(evidence);
        const expected = new Map<string, object>(there.map((row) => [String(row['id']), row]));
        assert.deepEqual(world.mirror.alive(code, evidence), expected, evidence);
      }
    },
  };
}
type Open = Awaited<ReturnType<typeof open>>;

/** How many have the company is counted, and it is given back as slowly as storage does it. */
function counting(cursors: CursorStore) {
  let holders = 0;
  const acquire: CursorStore['acquire'] = async (name, signal) => {
    const held = await cursors.acquire(name, signal);
    if (held === undefined) return undefined;
    holders += 1;
    return Object.assign(Object.create(held), {
      async release() {
        await sleep(20);
        await held.release();
        holders -= 1;
      },
    });
  };
  return { cursors: { ...cursors, acquire }, holders: () => holders };
}

function write(flexibee: Flexibee, evidence: string, ...rows: Record<string, unknown>[]) {
  flexibee.company('demo').write(evidence, { [evidence]: rows });
}

/** The next changes come into the listing, and the mirror never sees them. */
async function lose(at: Open, change: () => void): Promise<number[]> {
  const before = at.company.globalVersion();
  change();
  const after = at.company.globalVersion();
  const cursor = at.world.cursor ?? assert.fail();
  const held = await at.world.cursors.store.acquire(code, soon());
  const last = at.company.changes({ start: after, limit: 1 }).changes[0] ?? assert.fail();
  await held?.replace(
    {
      ...cursor,
      next: after + 1,
      globalVersion: after,
      last: {
        version: last.version,
        evidence: last.evidence,
        id: String(last.id),
        operation: last.operation,
        ...(last.timestamp && { at: last.timestamp }),
      },
    },
    soon(),
  );
  await held?.release();
  return at.company
    .changes({ start: before + 1, limit: 1000 })
    .changes.filter(({ evidence }) => followed.includes(evidence))
    .map(({ version }) => version);
}

test('changes that were missed are found, corrected and told; nothing else is touched', async (t) => {
  const at = await open(t);
  write(at.flexibee, 'adresar', { kod: 'A', nazev: 'A' }, { kod: 'B', nazev: 'B' });
  await at.poll();
  at.check();
  const missed = await lose(at, () => {
    write(at.flexibee, 'adresar', { id: 'code:A', nazev: 'Jinak' });
    write(at.flexibee, 'adresar', { kod: 'NEW', nazev: 'New' });
    at.company.delete('adresar', 'code:B');
    write(at.flexibee, 'cenik', { kod: 'C', nazev: 'C' });
  });
  assert.equal(missed.length, 4);
  assert.equal(await at.poll(), 'idle');
  const before = { ...at.world.effects };
  assert.equal(await at.reconcile(), 'done');
  at.check();
  const { last, walk } = at.document ?? assert.fail();
  assert.equal(walk, undefined);
  const counts = (evidence: string) => at.company.dump(evidence).length;
  assert.deepEqual(last?.found, {
    adresar: { compared: counts('adresar'), missing: 1, extra: 1, different: 1 },
    cenik: { compared: counts('cenik'), missing: 1, extra: 0, different: 0 },
  });
  assert.deepEqual(last?.versions, missed);
  assert.deepEqual(last?.skipped, {});
  const { created, updated, deleted } = at.world.effects;
  assert.deepEqual(
    [created - before.created, updated - before.updated, deleted - before.deleted],
    [2, 1, 1],
  );
  assert.match(at.world.logged.at(-1) ?? '', /1 missing, 1 extra, 1 different.*missed versions/);
  assert.deepEqual([...at.world.dirty], [], 'procedures after changes');

  const [event, ...others] = at.told;
  assert.deepEqual(others, []);
  assert.partialDeepStrictEqual(event, {
    ...{ kind: 'reconciliation.found', codes: [code] },
    differences: [
      { entity: 'adresar', missing: 1, extra: 1, different: 1 },
      { entity: 'cenik', missing: 1, extra: 0, different: 0 },
    ],
  });

  // The same wish again is no other reconciliation; another finds nothing.
  assert.equal(await at.reconcile(), 'idle');
  const ids = () => new Set(at.told.map((one) => eventOf(one, new Date(0)).id));
  assert.equal(ids().size, 1);
  assert.equal(await at.reconcile('again'), 'done');
  assert.match(at.world.logged.at(-1) ?? '', /no difference/);
  assert.equal(ids().size, 1);
  assert.equal(await at.poll(), 'idle');
});

test('what changes during the walk is no difference, whether a poll has seen it or not', async (t) => {
  const at = await open(t);
  let round = 0;
  const source = {
    ...at.follow.source,
    list: async (...[evidence, range, signal]: Parameters<typeof at.follow.source.list>) => {
      const page = await at.follow.source.list(evidence, range, signal);
      round += 1;
      write(at.flexibee, evidence, { kod: `DURING${round}`, nazev: 'x' });
      at.company.write(evidence, { [evidence]: { id: page.records[0]?.id, nazev: `W${round}` } });
      if (round % 2 === 0) await at.poll();
      return page;
    },
    records: async (...[evidence, ids, signal]: Parameters<typeof at.follow.source.records>) => {
      // Between the poll and the reading, and after it.
      at.company.write(evidence, { [evidence]: { id: ids[0], nazev: `R${round}` } });
      const records = await at.follow.source.records(evidence, ids, signal);
      at.company.write(evidence, { [evidence]: { id: ids[0], nazev: `S${round}` } });
      return records;
    },
    changes: at.follow.source.changes.bind(at.follow.source),
  };
  const outcome = await at.reconcile('asked', { follow: { ...at.follow, source } });
  assert.equal(outcome, 'done');
  const { last } = at.document ?? assert.fail();
  for (const { missing, extra, different } of Object.values(last?.found ?? {})) {
    assert.deepEqual([missing, extra, different], [0, 0, 0]);
  }
  assert.deepEqual(last?.versions, []);
  await at.poll();
  at.check();
});

test('versions are of what the mirror had missed before the walk, not of what came during it', async (t) => {
  const at = await open(t);
  write(at.flexibee, 'adresar', { kod: 'A', nazev: 'A' }, { kod: 'B', nazev: 'B' });
  await at.poll();
  const missed = await lose(at, () => write(at.flexibee, 'adresar', { id: 'code:A', nazev: 'A2' }));
  let round = 0;
  const list: typeof at.follow.source.list = async (evidence, range, signal) => {
    const page = await at.follow.source.list(evidence, range, signal);
    round += 1;
    write(at.flexibee, 'adresar', { id: 'code:B', nazev: `B${round}` });
    write(at.flexibee, 'cenik', { kod: `N${round}`, nazev: 'N' });
    if (round === 1) await at.poll();
    return page;
  };
  const { source } = at.follow;
  const changing = {
    list,
    changes: source.changes.bind(source),
    records: source.records.bind(source),
  };
  at.flexibee.requests.clear();
  assert.equal(await at.reconcile('asked', { follow: { ...at.follow, source: changing } }), 'done');
  assert.ok(round >= 2);
  const { last } = at.document ?? assert.fail();
  assert.deepEqual(last?.versions, missed);
  assert.deepEqual([last?.found['adresar']?.different, last?.found['cenik']?.missing], [1, 0]);
  at.check();
});

test('what is hidden stays as it was, and comes when it is shown again; a lost deletion is found', async (t) => {
  const at = await open(t);
  write(at.flexibee, 'adresar', { kod: 'H', nazev: 'H' }, { kod: 'L', nazev: 'L' });
  await at.poll();
  const idOf = (kod: string) => Number(at.company.resolve('adresar', `code:${kod}`));
  const [hiddenId, lostId] = [idOf('H'), idOf('L')];
  const { hidden } = at.flexibee.companies.get('demo') ?? assert.fail();
  const rowOf = (id: number) =>
    at.world.mirror.rows(code, 'adresar').find((row) => row.id === `${id}`);
  hidden.set('adresar', new Set([hiddenId]));
  write(at.flexibee, 'adresar', { id: 'code:H', nazev: 'H2' });
  await at.poll();
  const versions = await lose(at, () => at.company.delete('adresar', `${lostId}`));
  assert.equal(await at.reconcile('hidden'), 'done');
  assert.equal(rowOf(hiddenId)?.deleted, false);
  assert.equal(rowOf(lostId)?.deleted, true);
  assert.deepEqual(at.document?.last?.found['adresar']?.extra, 1);
  assert.deepEqual(at.document?.last?.versions, versions);
  assert.deepEqual(at.world.cursor?.hidden['adresar']?.ids, [`${hiddenId}`]);

  // Shown again, with no change of it: its row is as of before it was hidden.
  hidden.clear();
  assert.equal(await at.poll(), 'idle');
  assert.equal(await at.reconcile('shown'), 'done');
  assert.deepEqual(at.document?.last?.found['adresar']?.different, 1);
  assert.deepEqual(at.world.cursor?.hidden, {});
  at.check();

  // One that the mirror alone has: its last change that is known says that it is there.
  write(at.flexibee, 'adresar', { id: 'code:H', nazev: 'H3' });
  await at.poll();
  hidden.set('adresar', new Set([hiddenId]));
  assert.equal(await at.reconcile('hidden without a change'), 'done');
  assert.equal(rowOf(hiddenId)?.deleted, false);
  assert.deepEqual(at.world.cursor?.hidden['adresar']?.ids, [`${hiddenId}`]);
});

test('an evidence whose records have no time of their last change is compared whole', async (t) => {
  const at = await open(t);
  const source = {
    ...at.follow.source,
    list: async (...[evidence, range, signal]: Parameters<typeof at.follow.source.list>) => {
      const page = await at.follow.source.list(evidence, range, signal);
      if (evidence !== 'cenik') return page;
      const records = page.records.map((record) => {
        const { lastUpdate: _, ...payload } = record.payload;
        return { ...record, payload };
      });
      return { ...page, records };
    },
    changes: at.follow.source.changes.bind(at.follow.source),
    records: async (...[evidence, ids, signal]: Parameters<typeof at.follow.source.records>) => {
      const found = await at.follow.source.records(evidence, ids, signal);
      return found.map(({ payload: { lastUpdate: _, ...payload }, ...record }) => ({
        ...record,
        payload,
      }));
    },
  };
  const follow = { ...at.follow, source };
  // As its mirror would be.
  await at.reconcile('first', { follow });
  const [wrong] = at.world.mirror.rows(code, 'cenik');
  const { id = '', version = 0 } = wrong ?? {};
  await at.spoil('cenik', [{ id, version, deleted: false, externalIds: [], payload: { id } }]);
  at.asked.length = 0;
  assert.equal(await at.reconcile('second', { follow }), 'done');
  assert.equal(at.document?.last?.found['cenik']?.different, 1);
  assert.ok(at.asked.includes('cenik content'));
  assert.ok(!at.asked.includes('cenik lastUpdate'));
});

test('in slices it goes on where it was, and an evidence that cannot be read is told', async (t) => {
  const at = await open(t);
  await lose(at, () => write(at.flexibee, 'cenik', { kod: 'C', nazev: 'C' }));
  at.flexibee.companies.get('demo')?.forbidden.add('adresar');
  const follow = { ...at.follow, sliceMs: 0 };
  assert.equal(await at.reconcile('asked', { follow }), 'handed on');
  assert.deepEqual(at.document?.walk?.evidences, ['cenik']);
  assert.equal(await at.reconcile('asked', { follow }), 'handed on');
  assert.equal(await at.reconcile('asked', { follow: at.follow }), 'done');
  assert.equal(at.document?.last?.found['cenik']?.missing, 1);
  assert.match(at.document?.last?.skipped['adresar'] ?? '', /HTTP 403/);
});

test('a wish is kept until it is done: whatever breaks it off, polls have it go on', async (t) => {
  const at = await open(t);
  await lose(at, () => write(at.flexibee, 'cenik', { kod: 'C', nazev: 'C' }));
  at.flexibee.faults.set({ kind: 'list', times: 2, status: 503 });
  assert.equal(await at.reconcile('night'), 'waits');
  assert.equal(at.world.cursor?.due.reconcile?.for, 'night');
  assert.match(at.document?.walk?.waits?.why ?? '', /503/);
  assert.match(at.world.logged.at(-1) ?? '', /reconciliation waits: .*503/);
  // Its message is gone; trouble comes and goes, and so does a reset.
  at.flexibee.faults.set({ kind: 'changes', times: 2, status: 503 });
  assert.equal(await at.poll(), 'trouble');
  assert.deepEqual(at.seenTo, ['night']);
  assert.equal(await at.poll(), 'idle');
  await reset(at.follow, { waitForLockMs: 0 }, soon());
  await at.poll();
  assert.equal(at.world.cursor?.due.reconcile?.for, 'night');
  assert.deepEqual(at.seenTo, ['night', 'night', 'night']);
  assert.equal(await at.reconcile('night'), 'done');
  assert.equal(at.world.cursor?.due.reconcile, undefined);
  await at.poll();
  assert.equal(at.seenTo.length, 3);
});

test('a wish that comes during another walk has one of its own behind it', async (t) => {
  const at = await open(t);
  const follow = { ...at.follow, sliceMs: 0 };
  assert.equal(await at.reconcile('night', { follow }), 'handed on');
  assert.equal(await at.reconcile('asked', { follow }), 'handed on');
  assert.equal(at.document?.walk?.for, 'night');
  // Somebody else is at it: the wish is kept all the same.
  const busy = { ...at.reconciling.documents, acquire: async () => undefined };
  assert.equal(await at.reconcile('asked again', { documents: busy }), 'busy');
  assert.equal(await at.reconcile('night'), 'handed on');
  assert.equal(at.document?.last?.for, 'night');
  assert.equal(at.world.cursor?.due.reconcile?.for, 'asked again');
  const before = at.document?.last?.startedAt ?? '';
  at.world.tick(1_000);
  assert.equal(await at.reconcile('night'), 'done');
  assert.equal(at.document?.last?.for, 'asked again');
  assert.ok((at.document?.last?.startedAt ?? '') > before);
  assert.equal(await at.reconcile('asked again'), 'idle');
});

test('one that is done while the company is another’s is settled with the next message', async (t) => {
  const at = await open(t);
  const { cursors } = at.follow;
  let isOthers = false;
  const follow = {
    ...at.follow,
    cursors: {
      read: cursors.read.bind(cursors),
      acquire: async (...args: Parameters<typeof cursors.acquire>) =>
        isOthers ? undefined : await cursors.acquire(...args),
    },
  };
  isOthers = true;
  assert.equal(await at.reconcile('asked', { follow }), 'not yet');
  assert.equal(at.document, undefined);
  isOthers = false;
  const log = (text: string) => {
    // From here on somebody polls it.
    isOthers = text.includes('reconciled');
  };
  assert.equal(await at.reconcile('asked', { follow: { ...follow, log } }), 'done');
  assert.equal(at.world.cursor?.due.reconcile?.for, 'asked');
  isOthers = false;
  assert.equal(await at.reconcile('asked', { follow }), 'idle');
  assert.equal(at.world.cursor?.due.reconcile, undefined);
});

test('a company that is still being loaded is compared when it is not any more', async (t) => {
  const at = await open(t);
  await reset(at.follow, { waitForLockMs: 0 }, soon());
  assert.equal(await at.reconcile(), 'waits');
  assert.equal(at.document, undefined);
  await at.poll();
  assert.deepEqual(at.seenTo, ['asked']);
  assert.equal(await at.reconcile(), 'done');
});

test('requests are counted as they are sent; those of the poll before are the poll’s', async (t) => {
  const at = await open(t);
  await lose(at, () => write(at.flexibee, 'cenik', { kod: 'C', nazev: 'C' }));
  write(at.flexibee, 'cenik', { kod: 'D', nazev: 'D' });
  at.flexibee.requests.clear();
  at.flexibee.faults.set({ kind: 'list', times: 1, status: 503 });
  assert.equal(await at.reconcile(), 'done');
  const all = at.flexibee.requests.count({ company: 'demo' });
  const lists = at.flexibee.requests.count({ kind: 'list', company: 'demo' });
  assert.equal(lists, 3, 'two evidences, one of them twice');
  // The poll: what is new, and its record.
  assert.equal(at.document?.last?.requests, all - 2);
});

test('few requests of the day are left in the middle of a walk: it waits, and goes on', async (t) => {
  const at = await open(t);
  let asked = 0;
  const isAffordable = async () => {
    asked += 1;
    return asked === 1;
  };
  assert.equal(await at.reconcile('night', { isAffordable }), 'waits');
  assert.deepEqual(at.document?.walk?.evidences, ['cenik']);
  assert.match(at.document?.walk?.waits?.why ?? '', /requests of this day/);
  assert.equal(await at.reconcile('night'), 'done');
});

test('what thousands of changes since the walk began are about is not read again', async (t) => {
  const at = await open(t);
  const missed = await lose(at, () => write(at.flexibee, 'adresar', { kod: 'A', nazev: 'A' }));
  let round = 0;
  const list: typeof at.follow.source.list = async (evidence, range, signal) => {
    const page = await at.follow.source.list(evidence, range, signal);
    round += 1;
    const rows = Array.from({ length: 2_500 }, (_, index) => ({
      kod: `${round}-${index}`,
      nazev: 'x',
    }));
    write(at.flexibee, 'cenik', ...rows);
    return page;
  };
  const { source } = at.follow;
  const asked: number[] = [];
  const records: typeof source.records = (evidence, ids, signal) => {
    asked.push(ids.length);
    return source.records(evidence, ids, signal);
  };
  const changing = { list, changes: source.changes.bind(source), records };
  const counted = { source: changing, take: () => 0 };
  assert.equal(await at.reconcile('asked', { counted }), 'done');
  assert.deepEqual(asked, [1]);
  assert.deepEqual(at.document?.last?.versions, missed);
  at.check();
});

test('a server that asks to be left alone is left alone by the comparison, too', async (t) => {
  const at = await open(t);
  at.flexibee.faults.set({ kind: 'list', times: 1, status: 503, retryAfterSeconds: 3_600 });
  assert.equal(await at.reconcile(), 'waits');
  at.flexibee.requests.clear();
  at.world.tick(300_000);
  assert.equal(await at.reconcile(), 'waits');
  assert.equal(
    at.flexibee.requests.count({ company: 'demo' }),
    0,
    'asked again after five minutes',
  );
  assert.ok(at.document?.walk?.waits?.until);
  // A poll was told so: it holds for everybody.
  at.world.tick(3_600_000);
  at.flexibee.faults.set({ kind: 'changes', times: 1, status: 429, retryAfterSeconds: 3_600 });
  assert.equal(await at.poll(), 'trouble');
  at.flexibee.requests.clear();
  assert.equal(await at.reconcile(), 'waits');
  assert.equal(at.flexibee.requests.count({ company: 'demo' }), 0, 'asked although polls rest');
  at.world.tick(3_600_001);
  await at.poll();
  assert.equal(await at.reconcile(), 'done');
});

test('two workers at once, one of them killed at any write: one comparison, and the wish is fulfilled', async (t) => {
  for (let death = 1; death < 12; death += 1) {
    const at = await open(t);
    const missed = await lose(at, () => write(at.flexibee, 'cenik', { kod: 'C', nazev: 'C' }));
    assert.equal(missed.length, 1);
    let writes = 0;
    const { documents } = at.reconciling;
    const dying: ReconcileContext['documents'] = {
      read: (...args) => documents.read(...args),
      async acquire(...args) {
        const held = await documents.acquire(...args);
        return (
          held && {
            get value() {
              return held.value;
            },
            lost: held.lost,
            async replace(next, signal) {
              writes += 1;
              if (writes === death) throw new Error('killed');
              await held.replace(next, signal);
            },
            release: () => held.release(),
          }
        );
      },
    };
    const outcome = await at.reconcile('night', { documents: dying }).catch(() => 'killed');
    at.world.tick(20_000);
    const isDue = at.world.cursor?.due.reconcile !== undefined;
    assert.ok(
      outcome === 'done' || isDue,
      `killed at write ${death}, and nobody knows of the wish`,
    );
    assert.match(await at.reconcile('night'), /done|idle/);
    assert.equal(at.world.cursor?.due.reconcile, undefined);
    assert.equal(at.document?.last?.for, 'night');
    at.check();
  }
});

test('many differences are corrected in slices, in requests as large as the server stands', async (t) => {
  const at = await open(t);
  const kods = Array.from({ length: 1_700 }, (_, index) => ({ kod: `M${index}`, nazev: 'M' }));
  await lose(at, () => write(at.flexibee, 'cenik', ...kods));
  const sizes: number[] = [];
  const { source } = at.follow;
  const records: typeof source.records = (evidence, ids, signal) => {
    sizes.push(ids.length);
    return source.records(evidence, ids, signal);
  };
  const { cursors, holders } = counting(at.follow.cursors);
  const follow = {
    ...at.follow,
    cursors,
    sliceMs: 0,
    source: {
      ...source,
      list: source.list.bind(source),
      changes: source.changes.bind(source),
      records,
    },
  };
  at.flexibee.faults.set({ kind: 'get', times: 1, status: 504 });
  let outcome = await at.reconcile('asked', { follow });
  let slices = 1;
  for (; outcome === 'handed on'; slices += 1) {
    assert.equal(holders(), 0, 'nobody may come to go on');
    outcome = await at.reconcile('asked', { follow });
  }
  assert.equal(outcome, 'done');
  assert.ok(slices > 5, `${slices} slices`);
  assert.deepEqual(sizes.slice(0, 2), [800, 400]);
  assert.equal(at.document?.last?.found['cenik']?.missing, 1_700);
  assert.deepEqual(at.document?.last?.skipped, {});
  at.check();
});

test('a server that is away, a company that is busy, requests that are used up: later', async (t) => {
  const at = await open(t);
  await lose(at, () => write(at.flexibee, 'cenik', { kod: 'C', nazev: 'C' }));
  at.flexibee.faults.set({ kind: 'list', times: 2, status: 503 });
  assert.equal(await at.reconcile(), 'waits');
  assert.equal(await at.reconcile('asked', { requestsPerDay: 0 }), 'waits');
  assert.match(at.document?.walk?.waits?.why ?? '', /^its 0 requests of this day/);
  at.flexibee.faults.set({ kind: 'changes', times: 2, status: 503 });
  assert.equal(await at.reconcile(), 'waits');
  assert.notDeepEqual(at.document?.walk?.candidates, {});
  await at.poll();
  assert.equal(await at.reconcile(), 'done');
  at.check();
});

test('more differences than are corrected one by one: the evidence is loaded anew', async (t) => {
  const at = await open(t);
  const states = Array.from({ length: 20_001 }, (_, index) => ({
    id: `${900_000 + index}`,
    version: 1,
    deleted: false,
    externalIds: [],
    payload: {},
  }));
  await at.spoil('cenik', states);
  assert.equal(await at.reconcile(), 'done');
  assert.match(at.document?.last?.skipped['cenik'] ?? '', /loaded anew/);
  assert.equal(await at.poll(), 'applied');
  at.check();
});

test('the wish of a night comes six times within its hour, by the clock of the zone', () => {
  const zone = 'Europe/Prague';
  const wishes = (from: string, minutes: number, at = '02:30') =>
    Array.from({ length: minutes }, (_, index) =>
      nightOf(new Date(Date.parse(from) + index * 60_000), at, zone),
    ).filter((wish) => wish !== undefined);
  const day = wishes('2026-07-01T00:00:00Z', 1440);
  assert.deepEqual(day, Array(6).fill('night 2026-07-01'));
  // The clock goes from 02:00 to 03:00: the night has one, all the same.
  assert.deepEqual(wishes('2026-03-28T23:00:00Z', 600), Array(3).fill('night 2026-03-29'));
  // It goes back from 03:00 to 02:00: one night, whatever comes twice.
  assert.deepEqual([...new Set(wishes('2026-10-24T22:00:00Z', 600))], ['night 2026-10-25']);
  // Past midnight it is still the night before.
  assert.deepEqual(
    [...new Set(wishes('2026-07-01T21:00:00Z', 180, '23:40'))],
    ['night 2026-07-01'],
  );
});
