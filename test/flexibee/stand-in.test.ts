import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type Flexibee, startFlexibee } from 'flexibee-server';
import { type FlexibeeCompany, openCompany } from '../../shared/flexibee/client.ts';
import { FlexibeeServers } from '../../shared/flexibee/servers.ts';
import type { Change, FlexibeeRecord } from '../../shared/flexibee/types.ts';

const never = new AbortController().signal;

async function open(t: TestContext) {
  const flexibee = await startFlexibee();
  const servers = new FlexibeeServers({ retry: { attempts: 4, baseMs: 1, capMs: 2 } });
  t.after(() => {
    servers.close();
    return flexibee.close();
  });
  const company = (members: { name?: string; password?: string } = {}) =>
    openCompany(
      {
        code: 'flexi-demo',
        name: members.name ?? 'demo',
        address: {
          origin: flexibee.url,
          user: 'winstrom',
          password: members.password ?? 'winstrom',
          trustServerCertificate: false,
        },
      },
      servers,
    );
  return { flexibee, company };
}

async function allChanges(company: FlexibeeCompany, limit: number): Promise<Change[]> {
  const found: Change[] = [];
  for (let start: number | undefined = 0; start !== undefined; ) {
    const page = await company.changes({ start, limit }, never);
    found.push(...page.changes);
    assert.ok((page.next ?? Number.POSITIVE_INFINITY) > start, 'it goes on');
    start = page.next;
  }
  return found;
}

async function allRecords(company: FlexibeeCompany, evidence: string): Promise<FlexibeeRecord[]> {
  const found: FlexibeeRecord[] = [];
  for (;;) {
    const afterId = found.at(-1)?.id;
    const { records } = await company.list(evidence, { afterId, limit: 7 }, never);
    assert.ok(
      records.every(({ id }) => Number(id) > Number(afterId ?? 0)),
      'it goes on',
    );
    found.push(...records);
    if (records.length < 7) return found;
  }
}

const write = (flexibee: Flexibee, kod: string) =>
  flexibee.company('demo').write('adresar', { adresar: { kod, nazev: 'Žluťoučký kůň' } });

test('changes page by page are the changes at once', async (t) => {
  const { flexibee, company } = await open(t);
  for (let number = 0; number < 9; number += 1) write(flexibee, `PAGE${number}`);
  const inOne = await allChanges(company(), 1000);
  assert.deepEqual(await allChanges(company(), 4), inOne);
  assert.equal(await company().newestVersion(never), inOne.at(-1)?.version);
});

test('a whole evidence page by page, and the same records by number', async (t) => {
  const { flexibee, company } = await open(t);
  write(flexibee, 'KUN');
  const listed = await allRecords(company(), 'adresar');
  assert.ok(listed.length > 14, `${listed.length} records`);
  assert.equal(listed.at(-1)?.code, 'KUN');
  assert.equal(listed.at(-1)?.payload['nazev'], 'Žluťoučký kůň');
  const ids = listed.map(({ id }) => id);
  const got = await company().records('adresar', [...ids, '999999'], never);
  assert.deepEqual(
    got.toSorted((a, b) => Number(a.id) - Number(b.id)),
    listed,
  );
});

test('troubles have their names', async (t) => {
  const { flexibee, company } = await open(t);
  const range = { start: 1, limit: 10 };
  const hosted = flexibee.companies.get('demo') ?? assert.fail();

  const wrong = company({ password: 'hush' });
  await assert.rejects(wrong.changes(range, never), { kind: 'wrong password', status: 401 });
  const none = company({ name: 'neni' });
  await assert.rejects(none.changes(range, never), { kind: 'unknown company' });
  await assert.rejects(none.records('adresar', ['1'], never), { kind: 'unknown company' });
  const evidence = company().list('neni', { afterId: '0', limit: 9 }, never);
  await assert.rejects(evidence, { kind: 'request refused', evidence: 'neni' });

  hosted.licence = 'missing';
  await assert.rejects(company().changes(range, never), { kind: 'licence missing' });
  hosted.licence = 'present';

  await company().disable(never);
  assert.equal(await company().status(never), false);
  await assert.rejects(company().changes(range, never), { kind: 'changelog disabled' });
  hosted.loggedIn = true;
  await assert.rejects(company().enable(never), { kind: 'company in use', cure: /log everybody/ });
  hosted.loggedIn = false;
  await company().enable(never);
  assert.equal(await company().status(never), true);
  await company().changes(range, never);
});

test('whatever passes is passed over', async (t) => {
  const { flexibee, company } = await open(t);
  const expected = await company().changes({ start: 1, limit: 10 }, never);
  for (const fault of [
    { status: 503, retryAfterSeconds: 0 },
    { status: 500 },
    { broken: 'request' },
    { broken: 'answer' },
    { broken: 'truncated' },
    { broken: 'cut' },
  ] as const) {
    flexibee.faults.set({ ...fault, kind: 'changes', times: 2 });
    assert.deepEqual(await company().changes({ start: 1, limit: 10 }, never), expected);
  }
  flexibee.faults.set({ broken: 'garbage', times: 1 });
  const garbage = company().changes({ start: 1, limit: 10 }, never);
  await assert.rejects(garbage, { kind: 'answer not understood' });
});

test('a hook: registered, listed, called with its secret, removed', async (t) => {
  const { flexibee, company } = await open(t);
  const called = createServer((request, response) => {
    calls.push(request.headers['x-fb-hook-seckey']);
    response.end();
  });
  const calls: unknown[] = [];
  t.after(() => called.close());
  called.listen(0, '127.0.0.1');
  await once(called, 'listening');
  const url = `http://127.0.0.1:${(called.address() as AddressInfo).port}/hook?a=1`;

  await company().hooks.register({ url, secret: 'quiet' }, never);
  assert.deepEqual(calls, ['quiet']);
  const [hook, ...more] = await company().hooks.list(never);
  assert.deepEqual(more, []);
  assert.equal(hook?.url, url);
  const again = once(called, 'request');
  write(flexibee, 'HOOK');
  await again;
  const id = hook?.id ?? assert.fail();
  await company().hooks.remove(id, never);
  assert.deepEqual(await company().hooks.list(never), []);
  await assert.rejects(company().hooks.remove(id, never), { name: 'FlexibeeError', status: 404 });
});
