/** How old data are: by the clock of the database that holds them, whatever the worker's says. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FreshnessQuery, Placed } from '../../../shared/catalog/index.ts';
import { type Age, ageMs, isOld } from '../../../shared/sync/ages/age.ts';
import { AgeStore, mergedAges } from '../../../shared/sync/ages/age-store.ts';
import { lookAtAges } from '../../../shared/sync/ages/look-at-ages.ts';
import { startWorld } from '../../database/wire/world.ts';
import { soon, startStorage } from '../../support/storage.ts';

const hour = 3_600_000;
const hands = { local: '2026-01-02T03:00:00.1230000', utc: '2026-01-01T17:00:00.1230000' };

describe('the age of a timestamp', () => {
  const cases: [newest: string, clock: 'utc' | 'local', hours: number | undefined][] = [
    ['2026-01-01T16:00:00.1234567', 'utc', 1],
    ['2026-01-02T02:00:00.123', 'local', 1],
    ['2026-01-02T02:00:00.123+10:00', 'utc', 1],
    ['2026-01-01T16:00:00.123Z', 'local', 1],
    ['2026-01-01 05:00:00.123', 'utc', 12],
    ['2025-12-31', 'utc', 41],
    ['2026-01-01T18:00:00.123', 'utc', -1],
    ['20260101', 'utc', undefined],
    ['2026-13-01', 'utc', undefined],
    ['', 'local', undefined],
  ];
  for (const [newest, clock, hours] of cases) {
    it(`${newest || 'nothing'} by ${clock} is ${hours} h`, () => {
      const ms = ageMs(newest, clock, hands);
      assert.equal(ms === undefined ? ms : Math.round(ms / hour), hours);
    });
  }
});

const age = (more: Partial<Age> = {}): Age => ({
  ...{ entity: 'payment', code: '0c10', place: 'heap', maxAgeMs: hour },
  ...more,
});
const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1) + minutes * 60_000);
const iso = (minutes: number) => at(minutes).toISOString();

describe('a look after a look', () => {
  it('the same timestamp stays old from the same moment, whatever the clocks say meanwhile', () => {
    const before = age({ readAt: iso(0), newest: 'x', oldAt: iso(60) });
    const after = age({ readAt: iso(15), newest: 'x', oldAt: iso(61) });
    assert.deepEqual(mergedAges([before], [after]), [{ ...after, oldAt: iso(60) }]);
    const newer = age({ readAt: iso(15), newest: 'y', oldAt: iso(75) });
    assert.deepEqual(mergedAges([before], [newer]), [newer]);
    const stricter = age({ readAt: iso(15), newest: 'x', oldAt: iso(30), maxAgeMs: hour / 2 });
    assert.deepEqual(mergedAges([before], [stricter]), [stricter]);
  });

  it('what could not be read keeps what was read last, and grows old by itself', () => {
    const before = age({ readAt: iso(0), newest: 'x', oldAt: iso(60) });
    const [kept] = mergedAges([before], [age({ error: 'its query fails' })]);
    assert.deepEqual(kept, { ...before, error: 'its query fails' });
    assert.deepEqual([isOld(before, at(59)), isOld(before, at(60))], [false, true]);
    // And is read again.
    const again = age({ readAt: iso(30), newest: 'x', oldAt: iso(60) });
    assert.deepEqual(mergedAges([{ ...before, error: 'gone' }], [again]), [again]);
  });

  it('of two workers the later reading counts; what nobody watches any more is forgotten', () => {
    const later = age({ readAt: iso(2), newest: 'y', oldAt: iso(62) });
    const earlier = age({ readAt: iso(1), newest: 'x', oldAt: iso(61) });
    assert.deepEqual(mergedAges([later, age({ code: 'gone' })], [earlier]), [later]);
  });
});

describe('against a server and storage', () => {
  let world: Awaited<ReturnType<typeof startWorld>>;
  let storage: Awaited<ReturnType<typeof startStorage>>;
  before(async () => {
    [world, storage] = await Promise.all([startWorld(), startStorage()]);
    await world.query('CREATE TABLE dbo.a (code varchar(10), v datetime2(3) NULL)');
  });
  after(() => Promise.all([world.close(), storage.close()]));

  const item = (code: string, more: Partial<FreshnessQuery> = {}): Placed<FreshnessQuery> => ({
    ...{ entity: 'payment', code, at: { database: '', name: '', parameters: '' } },
    item: {
      ...{ place: 'heap', database: 'ab', server: 'ab', maxAgeMs: hour, clock: 'utc' },
      sql: 'SELECT MAX(v) FROM dbo.a WHERE code = @code',
      parameters: [{ name: 'code', type: 'varchar(10)', value: code }],
      ...more,
    },
  });

  it('each place is read once, in one request; old, fresh and unknown are told apart', async () => {
    await world.query(`DELETE FROM dbo.a; INSERT INTO dbo.a VALUES
      ('old', DATEADD(hour, -2, SYSUTCDATETIME())), ('fresh', DATEADD(minute, -59, SYSUTCDATETIME())), ('null', NULL)`);
    const all = [
      ...[item('old'), item('old'), item('fresh'), item('null'), item('none')],
      item('broken', { sql: 'SELECT MAX(v) FROM dbo.not_there' }),
      item('text', { sql: "SELECT 'soon'", parameters: [] }),
    ];
    const unwatched = item('unwatched');
    delete unwatched.item.maxAgeMs;
    let requests = 0;
    const databases = {
      answers: (...given: Parameters<typeof world.databases.answers>) => {
        requests += 1;
        return world.databases.answers(...given);
      },
    };
    // A worker whose clock is a year behind.
    const now = new Date('2025-01-01T00:00:00Z');
    const look = {
      ...{ catalog: { placedFreshness: () => [...all, unwatched] }, databases },
      ...{ closed: async () => undefined, now: () => now },
    };
    const store = new AgeStore(await storage.container());
    const first = await store.note(await lookAtAges(look, [], soon()), now, soon());
    assert.equal(requests, 1);
    assert.deepEqual(
      first.old.map(({ code }) => code),
      ['old'],
    );
    const found = new Map((await store.read(soon())).map((one) => [one.code, one]));
    assert.deepEqual([...found.keys()].sort(), ['broken', 'fresh', 'none', 'null', 'old', 'text']);
    assert.equal(isOld(found.get('fresh') ?? {}, now), false);
    assert.equal(isOld(found.get('fresh') ?? {}, new Date(now.getTime() + 61_000)), true);
    assert.deepEqual([found.get('null')?.oldAt, found.get('null')?.error], [undefined, undefined]);
    assert.equal(found.get('broken')?.error, 'its query fails');
    assert.equal(found.get('text')?.error, 'soon is no time');

    // Known already; and then it is synced.
    const known = await store.read(soon());
    const second = await store.note(await lookAtAges(look, known, soon()), now, soon());
    assert.deepEqual(second, { old: [], fresh: [] });
    await world.query("INSERT INTO dbo.a VALUES ('old', SYSUTCDATETIME())");
    const third = await store.note(await lookAtAges(look, known, soon()), now, soon());
    assert.deepEqual(
      third.fresh.map(({ code }) => code),
      ['old'],
    );
  });

  it('a database that is closed is not asked, and one that is away says so', async () => {
    const catalog = { placedFreshness: () => [item('one')] };
    const databases = {
      answers: () => assert.fail('it was asked'),
    };
    const closed = async () => 'closed until then: backup';
    const now = () => new Date();
    const [shut] = await lookAtAges({ catalog, databases, closed, now }, [], soon());
    assert.equal(shut?.error, 'closed until then: backup');
    const away = {
      answers: async () => {
        throw new Error('nobody is there');
      },
    };
    const open = async () => undefined;
    const look = { catalog, databases: away, closed: open, now };
    const [gone] = await lookAtAges(look, [], soon());
    assert.match(gone?.error ?? '', /nobody is there/);
  });
});
