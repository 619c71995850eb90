/** The audit on real storage: lines of several writers, deaths, pages, what is not ours. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import fc from 'fast-check';
import { Audit, type AuditEntry, type Change } from '../../shared/audit/audit.ts';
import { AuditDays } from '../../shared/audit/days.ts';
import { Entries, type Intent, lineOf } from '../../shared/audit/entry.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { randomFaults } from '../support/random-faults.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const change: Change = {
  what: 'run.start',
  subject: 'run r1',
  who: { token: 'demo', user: 'me' },
  from: {},
  codes: ['0c10'],
};

class Clock {
  ms = Date.parse('2026-11-29T12:00:00.000Z');
  readonly now = () => new Date(this.ms);
}

function auditOn(container: ContainerClient, clock = new Clock()): { audit: Audit; clock: Clock } {
  return { audit: new Audit(async () => container, clock.now), clock };
}

const everything = { limit: 1_000, isWanted: () => true };

async function textOf(container: ContainerClient): Promise<string> {
  let text = '';
  for await (const { name } of container.listBlobsFlat({ prefix: 'audit/' })) {
    text += String(await container.getBlobClient(name).downloadToBuffer());
  }
  return text;
}

describe('the audit', { concurrency: true }, () => {
  test('what is about to be done is there before its end is, as unknown', async () => {
    const { audit, clock } = auditOn(await storage.container());
    const begun = await audit.begin(change, soon());
    const [open] = (await audit.read(everything, soon())).entries;
    assert.deepEqual(open, {
      ...change,
      id: begun.id,
      at: clock.now().toISOString(),
      outcome: 'unknown',
    });
    clock.ms += 1_500;
    await audit.end(begun, { outcome: 'done', after: { state: 'queued' } }, soon());
    const { entries, damaged } = await audit.read(everything, soon());
    const endedAt = '2026-11-29T12:00:01.500Z';
    assert.deepEqual(entries, [{ ...open, outcome: 'done', after: { state: 'queued' }, endedAt }]);
    assert.equal(damaged, 0);
  });

  test('an end that comes after midnight stands with its beginning', async () => {
    const container = await storage.container();
    const { audit, clock } = auditOn(container);
    clock.ms = Date.parse('2026-11-29T23:59:59.999Z');
    const begun = await audit.begin(change, soon());
    clock.ms += 10_000;
    await audit.end(begun, { outcome: 'refused', status: 409 }, soon());
    const { entries } = await audit.read(everything, soon());
    assert.deepEqual(
      entries.map(({ at, outcome, status }) => ({ at, outcome, status })),
      [{ at: '2026-11-29T23:59:59.999Z', outcome: 'refused', status: 409 }],
    );
    const names = [];
    for await (const { name } of container.listBlobsFlat()) names.push(name);
    assert.deepEqual(names, ['audit/2026-11-29/00000001.jsonl']);
  });

  test('a line costs one call of storage, but the first of a day', async (t) => {
    const proxy = await startFaultProxy(storage.connectionString);
    t.after(() => proxy.close());
    const direct = await storage.container();
    const service = BlobServiceClient.fromConnectionString(proxy.connectionString);
    const { audit } = auditOn(service.getContainerClient(direct.containerName));
    await audit.begin(change, soon());
    const before = proxy.requests.length;
    const begun = await audit.begin(change, soon());
    await audit.end(begun, { outcome: 'done' }, soon());
    assert.equal(proxy.requests.length - before, 2);
  });

  test('several writers at once, storage that fails: no line is lost, none counts twice', async (t) => {
    const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1e9);
    t.diagnostic(`FAULT_SEED=${seed}`);
    const proxy = await startFaultProxy(storage.connectionString);
    t.after(() => proxy.close());
    proxy.decide = randomFaults({ seed, rate: 0.2, stallMs: 40 });
    const direct = await storage.container();
    const service = BlobServiceClient.fromConnectionString(proxy.connectionString, {
      retryOptions: { maxTries: 1 },
    });
    const container = service.getContainerClient(direct.containerName);
    const writers = Array.from({ length: 4 }, () => auditOn(container).audit);
    const written = await Promise.all(
      writers.flatMap((audit, writer) =>
        Array.from({ length: 12 }, async (_, number) => {
          const subject = `run w${writer}n${number}`;
          const begun = await audit.begin({ ...change, subject }, soon());
          if (number % 3 > 0) await audit.end(begun, { outcome: 'done' }, soon());
          return `${subject} ${number % 3 > 0 ? 'done' : 'unknown'}`;
        }),
      ),
    );
    const { entries, damaged } = await auditOn(direct).audit.read(everything, soon());
    assert.equal(damaged, 0);
    const told = entries.map(({ subject, outcome }) => `${subject} ${outcome}`);
    assert.deepEqual(told.sort(), written.sort());
  });

  test('a blob that takes no more is followed by the next, for every writer', async () => {
    const container = await storage.container();
    const [one, other] = [new AuditDays(container, 1_000), new AuditDays(container, 1_000)];
    const line = (number: number) => `${String(number).padStart(299, '.')}\n`;
    for (let number = 0; number < 12; number += 2) {
      await one.append('2026-11-29', line(number), soon());
      await other.append('2026-11-29', line(number + 1), soon());
    }
    const parts = await one.list(soon());
    assert.deepEqual(
      parts.map(({ name }) => name),
      [1, 2, 3, 4].map((number) => `audit/2026-11-29/0000000${number}.jsonl`),
    );
    const text = await textOf(container);
    assert.equal(text, Array.from({ length: 12 }, (_, number) => line(number)).join(''));
    const late = new AuditDays(container, 1_000);
    await late.append('2026-11-29', line(12), soon());
    assert.equal((await late.list(soon())).length, 5);
  });

  for (const [what, harm] of Object.entries<
    (name: string, container: ContainerClient) => Promise<unknown>
  >({
    'leased without an end': (name, container) =>
      container.getBlobClient(name).getBlobLeaseClient().acquireLease(-1),
    'a block blob': async (name, container) => {
      await container.getBlobClient(name).delete();
      await container.getBlockBlobClient(name).upload('{}', 2);
    },
  })) {
    test(`a blob that is ${what} keeps nobody from writing`, async () => {
      const container = await storage.container();
      await auditOn(container).audit.begin(change, soon());
      await harm('audit/2026-11-29/00000001.jsonl', container);
      const { audit } = auditOn(container);
      await audit.begin({ ...change, subject: 'run r2' }, soon());
      const { entries } = await audit.read(everything, soon());
      assert.ok(entries.some(({ subject }) => subject === 'run r2'));
    });
  }

  test('lines that are none of ours are counted and harm nobody', async () => {
    const container = await storage.container();
    const { audit } = auditOn(container);
    await audit.begin(change, soon());
    const blob = container.getAppendBlobClient('audit/2026-11-29/00000001.jsonl');
    const rubbish = ['not JSON', '{"v":2,"id":"x"}', '[]', 'null', '{"v":1,"id":7}'];
    const text = Buffer.from(`${rubbish.join('\n')}\n`);
    await blob.appendBlock(text, text.length);
    await audit.begin({ ...change, subject: 'run r2' }, soon());
    const noText = container.getAppendBlobClient('audit/2026-11-28/00000001.jsonl');
    await noText.create();
    await noText.appendBlock(Buffer.from([0xff, 0xfe]), 2);
    await container.getBlockBlobClient('audit/readme.txt').upload('hello', 5);
    const { entries, damaged } = await audit.read(everything, soon());
    assert.deepEqual(entries.map(({ subject }) => subject).sort(), ['run r1', 'run r2']);
    assert.equal(damaged, rubbish.length + 1);
  });

  test('pages have every entry that is wanted once, the newest first, whatever their size', async () => {
    const container = await storage.container();
    const { audit, clock } = auditOn(container);
    const start = clock.ms;
    for (let number = 0; number < 40; number += 1) {
      // Some of one moment, over five days.
      clock.ms = start + Math.floor(number / 3) * 9 * 3_600_000;
      const begun = await audit.begin({ ...change, subject: `run r${number}` }, soon());
      if (number % 2 === 0) await audit.end(begun, { outcome: 'done' }, soon());
    }
    const all = (await audit.read(everything, soon())).entries;
    assert.equal(all.length, 40);
    const order = all.toSorted((a, b) => (`${a.at} ${a.id}` < `${b.at} ${b.id}` ? 1 : -1));
    assert.deepEqual(all, order);
    const from = new Date(start + 20 * 3_600_000);
    const to = new Date(start + 81 * 3_600_000);
    const isWanted = ({ outcome }: AuditEntry) => outcome === 'done';
    const wanted = all.filter(
      (entry) => isWanted(entry) && entry.at >= from.toISOString() && entry.at < to.toISOString(),
    );
    assert.ok(wanted.length > 5 && wanted.length < 15);
    for (const limit of [1, 2, 3, 7, 200]) {
      const found: AuditEntry[] = [];
      let before: { at: string; id: string } | undefined;
      do {
        const query = { limit, from, to, isWanted, ...(before && { before }) };
        const { entries, next } = await audit.read(query, soon());
        assert.ok(entries.length <= limit);
        found.push(...entries);
        before = next;
      } while (before !== undefined);
      assert.deepEqual(found, wanted, `limit ${limit}`);
    }
  });

  test('one look reads a hundred days at most, and the next goes on', async () => {
    const container = await storage.container();
    const { audit, clock } = auditOn(container);
    for (let day = 0; day < 103; day += 1) {
      await audit.begin({ ...change, subject: `run r${day}` }, soon());
      clock.ms += 86_400_000;
    }
    const isWanted = ({ subject }: AuditEntry) => subject === 'run r0';
    const first = await audit.read({ limit: 5, isWanted }, soon());
    assert.deepEqual(first.entries, []);
    assert.ok(first.next);
    const second = await audit.read({ limit: 5, isWanted, before: first.next }, soon());
    assert.equal(second.entries.length, 1);
    assert.equal(second.next, undefined);
  });

  test('days are kept as long as told after their end', async () => {
    const container = await storage.container();
    const { audit, clock } = auditOn(container);
    for (const day of ['2026-11-26', '2026-11-27', '2026-11-28', '2026-11-29']) {
      clock.ms = Date.parse(`${day}T12:00:00Z`);
      await audit.begin({ ...change, subject: day }, soon());
    }
    clock.ms = Date.parse('2026-11-29T12:00:00Z');
    assert.equal(await audit.expire(1, soon()), 2);
    assert.equal(await audit.expire(1, soon()), 0);
    const { entries } = await audit.read(everything, soon());
    assert.deepEqual(
      entries.map(({ subject }) => subject),
      ['2026-11-29', '2026-11-28'],
    );
  });
});

test('lines in any order and number make the same entries', () => {
  const intent = fc.record({ id: fc.constantFrom('a', 'b', 'c'), hour: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(intent), fc.infiniteStream(fc.nat(100)), (made, shuffle) => {
      const known = new Map(made.map((one) => [one.id, one]));
      const lines = [...known.values()].flatMap(({ id, hour }): string[] => {
        const at = `2026-11-29T0${hour}:00:00.000Z`;
        const begun: Intent = { ...change, id, at };
        return [lineOf(begun), ...(hour % 2 === 0 ? [lineOf({ of: id, outcome: 'done' })] : [])];
      });
      const twice = [...lines, ...lines];
      const order = twice
        .map((line) => ({ line, place: shuffle.next().value ?? 0 }))
        .sort((a, b) => a.place - b.place);
      const [plain, mixed] = [new Entries(), new Entries()];
      plain.push(lines.join(''));
      for (const { line } of order) mixed.push(line);
      assert.deepEqual(mixed.all(), plain.all());
      assert.equal(mixed.all().length, known.size);
      assert.equal(mixed.damaged, 0);
    }),
  );
});
