/**
 * A company of the stand-in, followed into an aggregate base: its typed tables say what its mirror
 * says, whatever happens, and what keeps them from it is told.
 */

import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { startFlexibee } from 'flexibee-server';
import { pageProcedure, sqlMirror } from '../../../shared/flexibee/apply.ts';
import { openCompany } from '../../../shared/flexibee/client.ts';
import { companyState } from '../../../shared/flexibee/company-state.ts';
import { FlexibeeError } from '../../../shared/flexibee/errors.ts';
import {
  type FollowContext,
  type PollOutcome,
  poll,
  reload,
} from '../../../shared/flexibee/follow.ts';
import { FlexibeeServers } from '../../../shared/flexibee/servers.ts';
import { sqlTypedBase } from '../../../shared/flexibee/typed/base.ts';
import type { EvidenceProperties } from '../../../shared/flexibee/typed/properties.ts';
import { noticingMirror, TypedTables } from '../../../shared/flexibee/typed/tables.ts';
import { startAggregateBases } from '../../support/aggregate-bases.ts';
import { soon } from '../../support/storage.ts';
import { newCompany } from '../apply-target.ts';
import { memoryCursors } from '../world.ts';
import { expectedRow } from './expected.ts';

const evidences = ['adresar', 'faktura-vydana', 'cenik'];
const account = { user: 'winstrom', password: 'winstrom' };
const [base = assert.fail()] = await startAggregateBases();
const flexibee = await startFlexibee({ companies: [{ name: 'demo' }] });
const servers = new FlexibeeServers();
after(async () => {
  servers.close();
  await Promise.all([base.close(), flexibee.close()]);
});

const source = (code: string) =>
  openCompany(
    {
      code,
      name: 'demo',
      address: { origin: flexibee.url, ...account, trustServerCertificate: false },
    },
    servers,
  );

async function write(evidence: string, record: Record<string, unknown>): Promise<void> {
  const answer = await fetch(`${flexibee.url}/c/demo/${evidence}.json`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${account.user}:${account.password}`)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ winstrom: { [evidence]: [record] } }),
  });
  assert.ok(answer.ok, await answer.text());
}

/** A company with a mirror and a clock of its own. */
function follower(code = newCompany()) {
  let time = Date.now();
  const logged: string[] = [];
  const cursors = memoryCursors();
  const client = source(code);
  const typedBase = sqlTypedBase(base.databases, 'ab');
  const asked: string[] = [];
  const world = {
    code,
    logged,
    asked,
    cursors,
    hasTyped: true,
    /** What the server says of an evidence, and what its records have. */
    properties: (_evidence: string, told: EvidenceProperties) => told,
    record: (_evidence: string, payload: Record<string, unknown>) => payload,
    tick: (ms: number) => {
      time += ms;
    },
    context(): FollowContext {
      const typed = new TypedTables({
        company: code,
        evidences,
        properties: async (evidence, signal) => {
          asked.push(evidence);
          return world.properties(evidence, await client.properties(evidence, signal));
        },
        base: typedBase,
        now: () => new Date(time),
        log: (text) => logged.push(text),
      });
      const mirror = sqlMirror(base.databases, () => ({
        database: 'ab',
        procedure: pageProcedure,
      }));
      const changed = <T extends { payload: Record<string, unknown> }>(
        evidence: string,
        list: T[],
      ) => list.map((one) => ({ ...one, payload: world.record(evidence, one.payload) }));
      return {
        company: { code, evidences, onRegression: 'stop', lateMs: 600_000 },
        source: {
          changes: client.changes.bind(client),
          records: async (evidence, ids, signal) =>
            changed(evidence, await client.records(evidence, ids, signal)),
          list: async (evidence, range, signal) => {
            const page = await client.list(evidence, range, signal);
            return { ...page, records: changed(evidence, page.records) };
          },
        },
        mirror: world.hasTyped ? noticingMirror(mirror, typed) : mirror,
        ...(world.hasTyped && { typed }),
        returned: new Map(),
        cursors: cursors.store,
        now: () => new Date(time),
        changelogIsOn: async () => true,
        sliceMs: 3_600_000,
        log: (text) => logged.push(text),
        after: async () => {},
      };
    },
    async poll(insists = false): Promise<PollOutcome> {
      time += 1_000;
      const outcome = await poll(world.context(), { waitForLockMs: 0, insists }, soon());
      assert.notEqual(outcome, 'trouble', logged.join('\n'));
      return outcome;
    },
    async state() {
      return companyState(await cursors.store.read(code, soon()), new Date(time)).typed;
    },
    /** Every row of the mirror has its typed row, and says the same. */
    async check(only: readonly string[] = evidences) {
      for (const evidence of only) {
        const { properties } = world.properties(
          evidence,
          await client.properties(evidence, soon()),
        );
        const mirror =
          await base.query(`SELECT record_id, version, generation, deleted, payload FROM crude.flexibee_record
WHERE company = N'${code}' AND evidence = N'${evidence}' ORDER BY record_id`);
        const typed = await base.query(
          `SELECT * FROM flexi.[${evidence.replaceAll('-', '_')}] WHERE company = N'${code}' ORDER BY id`,
        );
        const own = mirror.map(({ record_id, version, generation, deleted, payload }) => ({
          id: record_id,
          version,
          generation,
          deleted,
          ...expectedRow(properties, payload === null ? null : JSON.parse(String(payload))),
        }));
        const shown = typed.map((row, index) => {
          const expected = own[index] ?? {};
          const pick = Object.keys(expected).map((name) => [name, row[name]]);
          const seen: Record<string, unknown> = Object.fromEntries(pick);
          if (typeof seen['lastUpdate'] === 'string')
            seen['lastUpdate'] = Date.parse(seen['lastUpdate']);
          return seen;
        });
        assert.deepEqual(shown, own, evidence);
      }
    },
  };
  return world;
}

type Follower = ReturnType<typeof follower>;

describe('typed tables of a company that is followed', () => {
  let world: Follower;
  beforeEach(() => {
    world = follower();
  });

  it('are equal to the mirror after a load, changes, deletions and a reload', async () => {
    assert.equal(await world.poll(), 'applied');
    await world.check();
    assert.deepEqual(
      await world.state(),
      Object.fromEntries(evidences.map((one) => [one, { state: 'ready' }])),
    );
    assert.deepEqual(world.asked, evidences);
    const kod = `T${Date.now() % 1_000_000}`;
    await write('adresar', { kod, nazev: 'Nová', ic: '12345678', platceDph: 'true' });
    await write('faktura-vydana', {
      typDokl: 'code:FAKTURA',
      firma: `code:${kod}`,
      datVyst: '2026-06-05',
    });
    await world.poll();
    await world.check();
    await write('adresar', { id: `code:${kod}`, nazev: "O'Neill & Søn 🐎", limitFak: '1234.50' });
    await world.poll();
    await world.check();
    const [row] = await base.query(
      `SELECT nazev, limitFak FROM flexi.adresar_living WHERE company = N'${world.code}' AND kod = N'${kod}'`,
    );
    assert.deepEqual(row, { nazev: "O'Neill & Søn 🐎", limitFak: '1234.50' });
    const [invoice] = await base.query(
      `SELECT f.id FROM flexi.faktura_vydana_living AS f JOIN flexi.adresar_living AS a ON a.company = f.company AND a.id = f.firma_id
WHERE a.company = N'${world.code}' AND a.kod = N'${kod}'`,
    );
    await write('faktura-vydana', { id: invoice?.['id'], '@action': 'delete' });
    await world.poll();
    await world.check();
    assert.deepEqual(
      await base.query(
        `SELECT deleted FROM flexi.faktura_vydana WHERE company = N'${world.code}' AND id = ${invoice?.['id']}`,
      ),
      [{ deleted: true }],
    );
    await reload(world.context(), 'adresar', () => {}, soon());
    await world.check();
    assert.equal(await world.poll(), 'idle');
    assert.deepEqual(world.asked, evidences, 'asked once');
    world.tick(24 * 60 * 60_000);
    await world.poll();
    assert.deepEqual(world.asked, [...evidences, ...evidences], 'and once a day');
  });

  it('get a column before a record with a new property is written, and a wider one', async () => {
    await world.poll();
    world.properties = (evidence, told) =>
      evidence === 'adresar'
        ? {
            ...told,
            properties: [
              ...told.properties,
              { name: 'novinka', type: 'numeric', digits: 9, decimal: 3 },
            ],
          }
        : told;
    world.record = (evidence, payload) =>
      evidence === 'adresar' ? { ...payload, novinka: '1.125', email: 'e'.repeat(300) } : payload;
    const kod = `N${Date.now() % 1_000_000}`;
    await write('adresar', { kod, nazev: 'S novinkou' });
    await world.poll();
    const [row] = await base.query(
      `SELECT novinka, email FROM flexi.adresar_living WHERE company = N'${world.code}' AND kod = N'${kod}'`,
    );
    assert.deepEqual(row, { novinka: '1.125', email: 'e'.repeat(300) });
    await world.poll();
    await world.check();
    // A key that FlexiBee's properties do not have is asked about once.
    world.record = (_, payload) => ({ ...payload, nikde: 'x' });
    const before = world.asked.length;
    for (const nazev of ['A', 'B']) {
      await write('adresar', { id: `code:${kod}`, nazev });
      await world.poll();
    }
    assert.equal(world.asked.length, before + 1);
  });

  it('are filled where the mirror was there first', async () => {
    world.hasTyped = false;
    await world.poll();
    world.hasTyped = true;
    await world.poll();
    await world.check();
    assert.equal((await world.state())['cenik']?.state, 'ready');
  });

  it('wait for whoever has the tables, say so, and the mirror goes on', async () => {
    const other = await base.databases.session('ab', soon());
    await other.batch(
      "BEGIN TRANSACTION; EXEC sys.sp_getapplock N'syncboard/flexi/shape', 'Exclusive', 'Transaction', 0;",
      soon(),
    );
    try {
      await world.poll();
    } finally {
      await other.batch('ROLLBACK', soon());
      other.release();
    }
    const { adresar } = await world.state();
    assert.equal(adresar?.state, 'due');
    assert.match(adresar?.message ?? '', /somebody else had the tables for 5 s/);
    assert.ok(world.logged.some((text) => /typed table of adresar is due/.test(text)));
    const [count] = await base.query(
      `SELECT COUNT(*) AS n FROM crude.flexibee_record WHERE company = N'${world.code}'`,
    );
    assert.ok(Number(count?.['n']) > 0);
    world.tick(5 * 60_000);
    await world.poll();
    assert.deepEqual((await world.state())['adresar'], { state: 'ready' });
    await world.check();
  });

  describe('are an evidence’s own trouble: one that FlexiBee does not tell of keeps no other', () => {
    const isAllowed = () => {
      world.properties = (_, told) => told;
    };

    beforeEach(async () => {
      world.properties = (evidence, told) => {
        if (evidence !== 'cenik') return told;
        const details = {
          kind: 'request refused',
          company: world.code,
          evidence,
          request: 'GET',
          fault: 'no right',
        } as const;
        throw new FlexibeeError(details);
      };
      await world.poll();
      const state = await world.state();
      assert.equal(state['cenik']?.state, 'failed');
      assert.match(state['cenik']?.message ?? '', /no right/);
      assert.equal(state['adresar']?.state, 'ready');
      world.asked.length = 0;
    });

    it('it is asked for again after a minute', async () => {
      isAllowed();
      await world.poll();
      assert.deepEqual(world.asked, []);
      world.tick(60_000);
      await world.poll();
      assert.deepEqual((await world.state())['cenik'], { state: 'ready' });
      await world.check();
    });

    it('then ever more seldom, every five minutes at last', async () => {
      for (let minute = 1; minute <= 20; minute += 1) {
        world.tick(59_000);
        await world.poll();
      }
      // After 1, 2, 4, 8, 13 and 18 of them.
      assert.equal(world.asked.length, 6);
    });

    it('at once when somebody asks for a poll', async () => {
      isAllowed();
      await world.poll(true);
      assert.deepEqual(world.asked, ['cenik']);
      assert.deepEqual((await world.state())['cenik'], { state: 'ready' });
      await world.check();
    });
  });

  it('tell in the state what did not fit', async () => {
    world.record = (evidence, payload) =>
      evidence === 'cenik' ? { ...payload, zaruka: 'dva roky' } : payload;
    await world.poll();
    const [count] = await base.query(
      `SELECT COUNT(*) AS n FROM crude.flexibee_record WHERE company = N'${world.code}' AND evidence = N'cenik'`,
    );
    assert.deepEqual((await world.state())['cenik']?.misfits, { zaruka: Number(count?.['n']) });
  });
});
