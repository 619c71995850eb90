/** A FlexiBee company on the whole system: followed, synced by hand, in trouble, told by hooks. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { standInAt, withDatabase } from '../../demo/billing/connections.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { Databases } from '../../shared/database/databases.ts';
import { type OneMachine, oneMachine, type Reply } from '../support/one-machine.ts';
import { soon } from '../support/storage.ts';

const code = 'flexi-demo';
const secret = sample.Values.FLEXIBEE_HOOK_SECRET;

let machine: OneMachine;
let base: Databases;
before(async () => {
  machine = await oneMachine();
  const connectionString = withDatabase(standInAt(machine.sqlPort), 'AB');
  base = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  await machine.start();
});
after(async () => {
  await base.close();
  await machine.close();
});

const rows = (sql: string) => base.query('ab', sql, [], soon());
const company = async () => JSON.parse((await machine.get(`/flexibee/${code}`)).text);

/** There is no event for the clients of an HTTP API: they ask again. */
async function until<T>(what: string, look: () => Promise<T | false>): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== false) return found;
    if (Date.now() > deadline) assert.fail(`${what} within a minute`);
    await sleep(100);
  }
}

function inState(state: string) {
  return until(`state ${state}`, async () => {
    const found = await company();
    return found.state === state && found;
  });
}

function send(method: string, path: string): Promise<Reply> {
  return machine.request(path, { method, headers: { authorization: 'Bearer demo-token' } });
}

/** As whoever works in FlexiBee. */
async function write(evidence: string, ...records: object[]): Promise<void> {
  const response = await fetch(`${machine.flexibeeUrl}/c/demo/${evidence}.json`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa('winstrom:winstrom')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ winstrom: { [evidence]: records } }),
  });
  assert.equal(response.status, 201, await response.text());
}

interface Described {
  globalVersion: number;
  records: Record<string, number>;
  requests: Record<string, number>;
}

async function control(change?: object): Promise<Described> {
  const response = await fetch(`${machine.flexibeeControlUrl}/companies/demo`, {
    ...(change && { method: 'PUT', body: JSON.stringify(change) }),
  });
  assert.equal(response.status, 200);
  return (await response.json()) as Described;
}

function hook(body: string, init: RequestInit = {}): Promise<Reply> {
  return machine.request(`/flexibee/${code}/hook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-fb-hook-seckey': secret },
    body,
    ...init,
  });
}

const names = [
  'adresar',
  'cenik',
  'faktura-vydana',
  'faktura-vydana-polozka',
  'faktura-prijata',
  'banka',
  'pokladni-pohyb',
  'smlouva',
  'objednavka-prijata',
  'kontakt',
  'nastaveni',
  'smlouva-polozka',
  'banka-polozka',
  'vazba',
];

test('the company is a data source, and is loaded without anybody asking', async () => {
  assert.ok(code in JSON.parse((await machine.get('/valid_codes')).text));
  const listed = Object.keys(JSON.parse((await machine.get(`/${code}/valid_names`)).text));
  assert.deepEqual(listed, names);
  const found = await inState('following');
  // Its changelog has gaps, each of which may still be filled.
  assert.equal(found.lag.versions, found.gaps);
  assert.deepEqual(found.live, { globalVersion: found.version });
  const { records } = await control();
  const loaded = await rows(
    'SELECT evidence, COUNT(*) AS n FROM crude.flexibee_record WHERE deleted = 0 GROUP BY evidence',
  );
  assert.deepEqual(
    Object.fromEntries(loaded.map(({ evidence, n }) => [evidence, n])),
    Object.fromEntries(names.map((name) => [name, records[name]])),
  );
  const health = JSON.parse((await machine.get('/health')).text);
  assert.partialDeepStrictEqual(
    health.parts.find(({ part }: { part: string }) => part === 'companies'),
    { state: 'ok' },
  );
});

test('an entity is synced by hand: what differs is put right, and the run tells', async () => {
  const of = `FROM crude.flexibee_record WHERE company = '${code}' AND evidence = 'adresar'`;
  const [first, second] = await rows(`SELECT TOP 2 record_id ${of} ORDER BY record_id`);
  await rows(`UPDATE crude.flexibee_record SET payload = N'{}' WHERE company = '${code}'
    AND evidence = 'adresar' AND record_id = ${first?.['record_id']}`);
  await rows(`DELETE ${of} AND record_id = ${second?.['record_id']}`);
  await rows(`INSERT INTO crude.flexibee_record (company, evidence, record_id, external_ids,
    generation, version, read_at, deleted, payload, created_at, updated_at)
    SELECT company, evidence, 987654, N'[]', generation, version, read_at, 0, N'{}', created_at,
    updated_at ${of} AND record_id = ${first?.['record_id']}`);
  const body = { token: 'demo-token', user: 'operator', code, name: 'adresar' };
  const started = await machine.post('/entity_sync', body);
  assert.equal(started.text, 'Synchronization was started.\n');
  const id = (started.headers.get('location') ?? '').replace('/runs/', '');
  const run = await machine.finished(id);
  assert.equal(run.state, 'succeeded', JSON.stringify(run.stages));
  const [stage, ...others] = run.stages;
  assert.deepEqual(others, []);
  assert.equal(stage?.server, 'flexibee');
  assert.deepEqual(stage?.rows?.last, [1, 1, 1]);
  assert.match(stage?.messages.last?.text ?? '', /records/);
  const [freshness] = run.freshness;
  assert.ok((freshness?.after?.crude ?? '') > (freshness?.before?.crude ?? ''));
  const [gone] = await rows(`SELECT deleted ${of} AND record_id = 987654`);
  assert.equal(gone?.['deleted'], true);
});

test('all of its entities are one run on the lock of its server', async () => {
  const body = { token: 'demo-token', user: 'operator', code };
  const started = await machine.post('/data_source_sync', body);
  const busy = await machine.post('/data_source_sync', body);
  assert.equal(busy.text, 'Thread is busy, try again later.\n');
  const run = await machine.finished((started.headers.get('location') ?? '').replace('/runs/', ''));
  assert.equal(run.state, 'succeeded');
  assert.equal(run.stages.length, names.length);
  for (const { id, rows } of run.stages) assert.deepEqual(rows?.last, [0, 0, 0], id);
});

test('what is written in FlexiBee is in the aggregate base, told by a hook', async () => {
  assert.equal((await send('PUT', `/flexibee/${code}/hook`)).status, 200);
  await write('adresar', { kod: 'HOOKED', nazev: 'Řeznictví & syn' });
  const applied = await until('the row', async () => {
    const [row] = await rows(
      `SELECT payload FROM crude.flexibee_record WHERE company = '${code}' AND code = 'HOOKED'`,
    );
    return row ?? false;
  });
  assert.equal(JSON.parse(String(applied['payload'])).nazev, 'Řeznictví & syn');
  const journal = await rows(
    `SELECT operation FROM crude.flexibee_change WHERE company = '${code}' AND evidence = 'adresar'`,
  );
  assert.deepEqual(journal.at(-1), { operation: 'create' });
  assert.deepEqual(JSON.parse((await send('DELETE', `/flexibee/${code}/hook`)).text).removed, 1);
});

test('a burst of a thousand hooks: a poll or two, not a thousand', async () => {
  await inState('following');
  await write('cenik', { kod: 'BURST', nazev: 'Dávka' });
  const { globalVersion, requests } = await control();
  const body = JSON.stringify({
    winstrom: { '@globalVersion': `${globalVersion}`, changes: [], next: 'none' },
  });
  const replies = await Promise.all(Array.from({ length: 1000 }, () => hook(body)));
  for (const { status } of replies) assert.equal(status, 200);
  await until('the row', async () => {
    const [row] = await rows(
      `SELECT code FROM crude.flexibee_record WHERE company = '${code}' AND code = 'BURST'`,
    );
    return row ?? false;
  });
  await until('the end of the polls', async () => {
    const before = (await control()).requests['changes'];
    await sleep(1_000);
    return (await control()).requests['changes'] === before;
  });
  const polls = ((await control()).requests['changes'] ?? 0) - (requests['changes'] ?? 0);
  // One, another one for hooks that came while it was at it, and those of the minutes between.
  assert.ok(polls >= 1 && polls <= 4, `${polls} polls`);
});

const captured = new URL('../../../shared/data/flexibee-webhooks/', import.meta.url);
test('hooks as real servers sent them are taken', { skip: !existsSync(captured) }, async () => {
  for (const file of await readdir(captured)) {
    const reply = await hook(await readFile(new URL(file, captured), 'utf8'));
    assert.equal(reply.status, 200, file);
  }
  assert.equal((await hook('{}')).status, 200);
  assert.equal((await hook('')).status, 200);
  assert.equal((await hook('{}', { headers: {} })).status, 401);
  await inState('following');
});

const troubles: [what: string, change: object, kind: string, cure: RegExp][] = [
  ['without a licence', { licence: 'missing' }, 'licence missing', /licence/],
  ['whose changelog is off', { changelog: 'disabled' }, 'changelog disabled', /changes\/enable/],
];
for (const [what, change, kind, cure] of troubles) {
  test(`a company ${what} says so, with the cure, and goes on by itself`, async () => {
    await control(change);
    assert.equal((await send('POST', `/flexibee/${code}/poll`)).status, 202);
    const { trouble } = await inState('trouble');
    assert.equal(trouble.kind, kind);
    assert.match(trouble.cure, cure);
    assert.ok(Date.parse(trouble.since) <= Date.now());
    // What was looked at up to 5 s ago is told once more.
    const health = await until(`health with ${kind}`, async () => {
      const reply = await machine.get('/health');
      return reply.text.includes(kind) && reply;
    });
    assert.equal(health.status, 200);
    assert.equal(JSON.parse(health.text).state, 'degraded');
    assert.match(health.text, new RegExp(`flexi-demo: ${kind}, see /flexibee`));
    await control({ licence: 'present', changelog: 'enabled' });
    assert.equal((await send('POST', `/flexibee/${code}/poll`)).status, 202);
    await inState('following');
  });
}

test('a reset begins a new generation and loads everything again', async () => {
  const { generation } = await company();
  const reply = await send('POST', `/flexibee/${code}/reset`);
  assert.equal(reply.status, 202, reply.text);
  const again = await until('a new generation', async () => {
    const found = await company();
    return found.state === 'following' && found.generation > generation && found;
  });
  assert.equal(again.lag.versions, again.gaps);
  assert.deepEqual(again.live, { globalVersion: again.version });
});

test('no secret is printed', () => {
  const printed = machine.lines.join('\n');
  assert.match(printed, /Web hook of flexi-demo was registered \(token demo\)/);
  for (const hidden of [secret, btoa('winstrom:winstrom'), 'Password=', "demo-token'"]) {
    const lines = printed.split('\n').filter((line) => line.includes(hidden));
    // What the greeting shows is the demo's, for everybody to type.
    assert.deepEqual(
      lines.filter((line) => !line.includes('curl')),
      [],
    );
  }
});
