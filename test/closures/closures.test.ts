/** Closures on real storage: seen by other workers, damaged, of a newer version, many at once. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ContainerClient } from '@azure/storage-blob';
import fc from 'fast-check';
import { ClosedPlaces } from '../../shared/closures/closed-places.ts';
import {
  type Closure,
  Closures,
  closureText,
  mostClosures,
  TooManyClosuresError,
} from '../../shared/closures/closures.ts';
import { brokenTexts, soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

class Clock {
  ms = Date.parse('2026-11-29T12:00:00.000Z');
  readonly now = () => new Date(this.ms);
}

function closuresOn(container: ContainerClient, clock = new Clock()) {
  const told: string[] = [];
  const closures = new Closures(
    async () => container,
    clock.now,
    (text) => told.push(text),
  );
  return { closures, clock, told };
}

const closure = {
  server: 'dcdb',
  until: '2026-11-29T14:00:00.000Z',
  reason: 'index maintenance',
  user: 'me',
  token: 'demo',
};

describe('closures', { concurrency: true }, () => {
  test('one that is made holds until its time, for every worker', async () => {
    const container = await storage.container();
    const { closures, clock } = closuresOn(container);
    const other = closuresOn(container, clock).closures;
    assert.deepEqual(await closures.current(soon()), []);
    const begun = await closures.begin(closure, soon());
    assert.deepEqual(begun, { ...closure, id: begun.id, at: '2026-11-29T12:00:00.000Z' });
    assert.deepEqual(await closures.current(soon()), [begun]);
    assert.deepEqual(await other.current(soon()), [begun]);
    clock.ms = Date.parse(closure.until);
    assert.deepEqual(await closures.current(soon()), []);
    assert.deepEqual(await other.current(soon()), []);
    assert.equal(await closures.end(begun.id, soon()), undefined);
  });

  test('one that is opened early holds no more; an unknown one opens nothing', async () => {
    const { closures } = closuresOn(await storage.container());
    const [one, two] = [
      await closures.begin(closure, soon()),
      await closures.begin(closure, soon()),
    ];
    assert.equal(await closures.end('nobody', soon()), undefined);
    assert.deepEqual(await closures.end(one.id, soon()), one);
    assert.equal(await closures.end(one.id, soon()), undefined);
    assert.deepEqual(await closures.current(soon()), [two]);
  });

  test('many workers that close and open at once lose nothing', async () => {
    const container = await storage.container();
    const workers = Array.from({ length: 6 }, () => closuresOn(container).closures);
    const kept = await Promise.all(
      workers.map(async (closures, index) => {
        const begun = await closures.begin({ ...closure, reason: `of ${index}` }, soon());
        if (index % 2 === 0) return begun;
        await closures.end(begun.id, soon());
        return undefined;
      }),
    );
    const found = await closuresOn(container).closures.current(soon());
    const ids = (all: readonly (Closure | undefined)[]) =>
      all.flatMap((one) => one?.id ?? []).sort();
    assert.deepEqual(ids(found), ids(kept));
  });

  test('what has run out is forgotten, and there are not more than somebody reads', async () => {
    const container = await storage.container();
    const { closures, clock } = closuresOn(container);
    const old = await closures.begin({ ...closure, until: '2026-11-29T12:00:01.000Z' }, soon());
    clock.ms += 1_000;
    for (let number = 0; number < 3; number += 1) await closures.begin(closure, soon());
    const text = String(await container.getBlobClient('state/closures.json').downloadToBuffer());
    assert.equal(JSON.parse(text).items.length, 3);
    assert.ok(!text.includes(old.id));
    const full = {
      version: 1,
      items: Array.from({ length: mostClosures }, () => JSON.parse(text).items[0]),
    };
    const body = JSON.stringify(full);
    await container.getBlockBlobClient('state/closures.json').upload(body, body.length);
    await assert.rejects(closures.begin(closure, soon()), TooManyClosuresError);
  });

  test('a damaged document is set aside and told, and nothing is closed', async () => {
    for (const text of ['{', '[]', 'null', '{"items":[{"id":1}]}', '{"version":0,"items":[]}']) {
      const container = await storage.container();
      await container.getBlockBlobClient('state/closures.json').upload(text, text.length);
      const { closures, told } = closuresOn(container);
      assert.deepEqual(await closures.current(soon()), [], text);
      assert.deepEqual(await brokenTexts(container), [text]);
      assert.match(told.join(), /state\/closures\.json is damaged: .*: nothing is closed$/);
      const begun = await closures.begin(closure, soon());
      assert.deepEqual(await closures.current(soon()), [begun]);
    }
  });

  test('one of a newer version keeps everything closed, and is left alone', async () => {
    const container = await storage.container();
    const text = '{"version":2,"items":[]}';
    await container.getBlockBlobClient('state/closures.json').upload(text, text.length);
    const { closures } = closuresOn(container);
    const [only, ...others] = await closures.current(soon());
    assert.equal(others.length, 0);
    assert.equal(only?.everything, true);
    assert.match(only?.reason ?? '', /written by a newer version/);
    await assert.rejects(closures.begin(closure, soon()), { name: 'DocumentNewerError' });
  });
});

const at = (scope: Partial<Closure>, until = '2026-11-29T14:00:00.000Z'): Closure => ({
  ...{ id: `${Object.values(scope)} ${until}`, until, reason: 'why', user: 'me', token: 'demo' },
  ...{ at: '2026-11-29T12:00:00.000Z', ...scope },
});

const places = new ClosedPlaces(
  new Map([
    ['dcdb', new Set(['dcdb', 'sql1.example:1433'])],
    ['twin', new Set(['twin', 'sql1.example:1433'])],
    ['ab', new Set(['ab', 'ab.example:1433'])],
  ]),
);

for (const [what, closures, locks, companies, expected] of [
  ['a server by its id', [at({ server: 'dcdb' })], ['dcdb'], [], true],
  ['whoever shares its address', [at({ server: 'dcdb' })], ['sql1.example:1433', 'twin'], [], true],
  [
    'a server that it shares none with',
    [at({ server: 'dcdb' })],
    ['ab', 'ab.example:1433'],
    [],
    false,
  ],
  ['a server that the catalogue has no more', [at({ server: 'gone' })], ['gone'], [], true],
  ['another server', [at({ server: 'gone' })], ['ab'], [], false],
  ['a company', [at({ company: 'flexi' })], ['ab'], ['flexi'], true],
  ['another company', [at({ company: 'flexi' })], ['ab'], ['other'], false],
  ['everything', [at({ everything: true })], [], [], true],
  ['nothing', [], ['dcdb'], ['flexi'], false],
] as const) {
  test(`closed: ${what}: ${expected}`, () => {
    assert.equal(places.closureOf({ locks, companies }, closures) !== undefined, expected);
  });
}

test('of several closures the one that lasts longest is told', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(23), { minLength: 1 }), (hours) => {
      const until = (hour: number) => `2026-11-30T${String(hour).padStart(2, '0')}:00:00.000Z`;
      const closures = hours.map((hour) => at({ server: 'ab' }, until(hour)));
      const found = places.closureOf({ locks: ['ab'] }, closures);
      assert.equal(found?.until, until(Math.max(...hours)));
    }),
  );
});

test('a closure says what is closed, until when, and why', () => {
  const until = 'is closed until 2026-11-29T14:00:00.000Z: why';
  assert.equal(closureText(at({ server: 'ab' })), `Server ab ${until}`);
  assert.equal(closureText(at({ company: 'flexi' })), `Company flexi ${until}`);
  assert.equal(closureText(at({ everything: true })), `Everything ${until}`);
});
