/** The routes of FlexiBee over real storage and the stand-in; only the host is missing. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import functions, { type HttpRequestInit } from '@azure/functions';
import type { ContainerClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { type Flexibee, startFlexibee } from 'flexibee-server';
import { pollCompany } from '../../functions/flexibee/poll-company.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { type CompanyMessage, companyMessageSchema } from '../../shared/app/company-message.ts';
import { companyQueueName } from '../../shared/app/company-queue.ts';
import { restarted } from '../../shared/flexibee/cursor.ts';
import { cursorStore } from '../../shared/flexibee/follow.ts';
import { HookFlags } from '../../shared/flexibee/hook-flags.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { edit, shippedJson, stepsOf } from '../catalog/edited.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call, type Reply, testApp } from './app.ts';

const secret = 'a-secret-of-this-test-0123456789abcdef';
const narrow = createHash('sha256').update('narrow').digest('hex');
const tokens = JSON.parse(sample.Values.API_TOKENS);

let storage: TestStorage;
let flexibee: Flexibee;
let app: App;
/** What stands at PUBLIC_URL in place of a host. */
const calls: { url: string; headers: IncomingHttpHeaders; text: string; status: number }[] = [];
const publicServer = createServer(async (request, response) => {
  const { url = '', headers } = request;
  const text = Buffer.concat(await request.toArray()).toString();
  const { status } = await hook(text, {
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `${value}`])),
  });
  calls.push({ url, headers, text, status });
  response.writeHead(status).end();
});

before(async () => {
  await new Promise<void>((resolve) => publicServer.listen(0, '127.0.0.1', resolve));
  const { port } = publicServer.address() as AddressInfo;
  [storage, flexibee] = await Promise.all([startStorage(), startFlexibee()]);
  app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    API_TOKENS: JSON.stringify([
      ...tokens,
      { name: 'narrow', sha256: narrow, codes: ['0c10'], roles: ['read', 'run', 'admin'] },
    ]),
    FLEXIBEE_DEMO: `Url=${flexibee.url};User Id=winstrom;Password=winstrom`,
    FLEXIBEE_HOOK_SECRET: secret,
    PUBLIC_URL: `http://127.0.0.1:${port}/`,
  });
});
after(async () => {
  await app.stop();
  await Promise.all([storage.close(), flexibee.close()]);
  publicServer.close();
});
afterEach(() => {
  flexibee.faults.clear();
  flexibee.company('demo').enableChangelog();
  const demo = flexibee.companies.get('demo');
  if (demo !== undefined) Object.assign(demo, { licence: 'present', loggedIn: false });
});

const company = 'flexi-demo';

function ask(name: string, init: HttpRequestInit = {}): Promise<Reply> {
  const headers = { authorization: 'Bearer demo-token', ...init.headers };
  return call(app, name, { params: { company }, ...init, headers });
}

function hook(body: string, init: HttpRequestInit = {}): Promise<Reply> {
  return call(app, 'hook', {
    method: 'POST',
    params: { company },
    headers: { 'content-type': 'application/json', 'x-fb-hook-seckey': secret },
    body: { string: body },
    ...init,
  });
}

const change = {
  winstrom: {
    '@globalVersion': '7',
    changes: [
      {
        '@evidence': 'adresar',
        '@in-version': '7',
        '@operation': 'update',
        id: '12',
        'external-ids': [],
      },
    ],
    next: 'none',
  },
};

const touching: [name: string, method: 'PUT' | 'POST' | 'DELETE'][] = [
  ['changelog_enable', 'PUT'],
  ['changelog_disable', 'PUT'],
  ['hook', 'PUT'],
  ['hook', 'DELETE'],
  ['poll', 'POST'],
  ['reconcile_company', 'POST'],
  ['reset_company', 'POST'],
];
const reading = ['companies', 'company', 'changelog_status', 'hook'];

test('everything but a hook needs a token, and what touches a company one that may', async () => {
  const before = flexibee.requests.count();
  const all = [...touching, ...reading.map((name) => [name, 'GET'] as const)];
  for (const [name, method] of all) {
    const without = await call(app, name, { method, params: { company } });
    assert.equal(without.status, 401, name);
    const unknown = await call(app, name, {
      method,
      params: { company },
      headers: { authorization: 'Bearer nobody' },
    });
    assert.equal(unknown.status, 401, name);
  }
  for (const [name, method] of touching) {
    const reply = await ask(name, { method, headers: { authorization: 'Bearer narrow' } });
    assert.equal(reply.status, 403, name);
    assert.match(reply.text, /Token is not allowed for code: flexi-demo\./);
    assert.equal(reply.polled, undefined);
  }
  const narrow = { authorization: 'Bearer narrow' };
  for (const name of ['company', 'changelog_status', 'hook']) {
    assert.equal((await ask(name, { headers: narrow })).status, 403, name);
  }
  assert.deepEqual(JSON.parse((await ask('companies', { headers: narrow })).text), {
    companies: [],
  });
  assert.equal(flexibee.requests.count(), before);
});

test('a data source that is no company is not found, and the companies are named', async () => {
  for (const code of ['0c10', 'demo', '', '__proto__']) {
    for (const [name, method] of [...touching, ['company', 'GET'] as const]) {
      const reply = await ask(name, { method, params: { company: code } });
      assert.equal(reply.status, 404, name);
      const { detail, errors } = JSON.parse(reply.text);
      assert.equal(detail, `There is no company ${code}.`);
      assert.equal(errors[0].allowed, 'one of flexi-demo');
    }
  }
});

test('the changelog is turned off and on, and the company polled then', async () => {
  const status = async () => JSON.parse((await ask('changelog_status')).text);
  const off = await ask('changelog_disable', { method: 'PUT' });
  assert.deepEqual([off.status, JSON.parse(off.text)], [200, { company, enabled: false }]);
  assert.deepEqual(await status(), { company, enabled: false });
  const on = await ask('changelog_enable', { method: 'PUT' });
  assert.deepEqual([on.status, JSON.parse(on.text)], [200, { company, enabled: true }]);
  assert.partialDeepStrictEqual(on.polled, { company, why: 'request' });
  assert.match(on.log, /Changelog of flexi-demo was turned on \(token demo\)/);
  assert.deepEqual(await status(), { company, enabled: true });
});

const troubles: {
  title: string;
  cause(): void;
  status: number;
  kind: string;
  cure: RegExp;
}[] = [
  {
    title: 'somebody is logged in',
    cause: () => {
      // What is on already needs nobody to leave.
      flexibee.company('demo').disableChangelog();
      const demo = flexibee.companies.get('demo');
      if (demo !== undefined) demo.loggedIn = true;
    },
    status: 409,
    kind: 'company in use',
    cure: /log everybody out/,
  },
  {
    title: 'the licence is missing',
    cause: () => {
      const demo = flexibee.companies.get('demo');
      if (demo !== undefined) demo.licence = 'missing';
    },
    status: 502,
    kind: 'licence missing',
    cure: /licence of this company must include it/,
  },
  {
    title: 'the server is broken',
    cause: () => {
      flexibee.faults.set({ broken: 'garbage' });
    },
    status: 502,
    kind: 'answer not understood',
    cure: /leads to a FlexiBee server/,
  },
];
for (const { title, cause, status, kind, cure } of troubles) {
  test(`turning the changelog on while ${title}: ${status} with the cure in its text`, async () => {
    cause();
    const reply = await ask('changelog_enable', { method: 'PUT' });
    const problem = JSON.parse(reply.text);
    assert.equal(reply.status, status, reply.text);
    assert.equal(problem.kind, kind);
    assert.match(problem.detail, /FlexiBee flexi-demo: PUT \/c\/demo\/changes\/enable/);
    assert.match(problem.detail, cure);
    assert.match(problem.cure, cure);
    assert.equal(reply.polled, undefined);
    const plain = await ask('changelog_enable', {
      method: 'PUT',
      headers: { accept: 'text/plain' },
    });
    assert.match(plain.text, cure);
  });
}

test('a company can be looked at without its server, and held until something changes', async () => {
  const look = (query: string, known = '') =>
    ask('company', { url: `http://localhost/?${query}`, headers: { 'if-none-match': known } });
  const before = flexibee.requests.count();
  const first = await look('live=false');
  assert.equal(first.status, 200);
  assert.equal('live' in JSON.parse(first.text), false);
  const known = first.headers.get('etag') ?? '';
  assert.equal((await look('live=false', known)).status, 304);
  assert.equal((await look('wait=1', known)).status, 304);
  assert.equal(flexibee.requests.count(), before);
  const held = look('wait=25', known);
  await ask('changelog_disable', { method: 'PUT' });
  const changed = await held;
  assert.equal(changed.status, 200);
  assert.notEqual(changed.headers.get('etag'), known);
  assert.equal((await look('live=no')).status, 400);
  assert.equal((await look('wait=26')).status, 400);
});

test('our hook is registered once, with the secret, and removed', async () => {
  const hooks = () => flexibee.companies.get('demo')?.hooks.list() ?? [];
  const shown = async () => JSON.parse((await ask('hook')).text);
  calls.length = 0;
  assert.equal((await shown()).registered, 0);
  for (let round = 0; round < 2; round += 1) {
    const reply = await ask('hook', { method: 'PUT' });
    assert.equal(reply.status, 200, reply.text);
    assert.match(
      JSON.parse(reply.text).url,
      /^http:\/\/127\.0\.0\.1:\d+\/flexibee\/flexi-demo\/hook$/,
    );
    assert.doesNotMatch(reply.text + reply.log, new RegExp(secret));
  }
  assert.equal(hooks().length, 1);
  assert.equal(hooks()[0]?.format, 'JSON');
  // The server tries the address at once; the secret is in the header, never in the address.
  assert.equal(calls[0]?.url, '/flexibee/flexi-demo/hook');
  assert.equal(calls[0]?.headers['x-fb-hook-seckey'], secret);
  const seen = await shown();
  assert.equal(seen.registered, 1);
  assert.ok(Math.abs(Date.now() - Date.parse(seen.heardAt)) < 120_000, seen.heardAt);
  const removed = await ask('hook', { method: 'DELETE' });
  assert.deepEqual(JSON.parse(removed.text), { company, removed: 1 });
  assert.equal(hooks().length, 0);
  const again = await ask('hook', { method: 'DELETE' });
  assert.deepEqual(JSON.parse(again.text), { company, removed: 0 });
});

test('registering needs an address and a secret of ours', async () => {
  for (const name of ['PUBLIC_URL', 'FLEXIBEE_HOOK_SECRET']) {
    const reply = await call(testApp({ [name]: '' }), 'hook', {
      method: 'PUT',
      params: { company },
      headers: { authorization: 'Bearer demo-token' },
    });
    assert.equal(reply.status, 409);
    const { type, detail } = JSON.parse(reply.text);
    assert.equal(type, 'urn:syncboard:problem:not-configured');
    assert.match(detail, new RegExp(`^${name} is not set: `));
  }
});

test('a hook without the secret, or with another, is refused before anything is read', async () => {
  await queuedPolls();
  const cases: HttpRequestInit[] = [
    { headers: {} },
    { headers: { 'x-fb-hook-seckey': '' } },
    { headers: { 'x-fb-hook-seckey': secret.slice(1) } },
    { headers: {}, query: { secret: `${secret}x` } },
    { headers: { 'x-fb-hook-seckey': 'wrong' }, query: { secret } },
    { headers: {}, params: { company: 'nobody' } },
  ];
  for (const init of cases) {
    const reply = await hook(JSON.stringify(change), init);
    assert.equal(reply.status, 401);
    // RFC 9110, 15.5.2: whoever is refused so is told how to prove himself.
    const challenge = reply.headers.get('www-authenticate');
    assert.equal(challenge, 'X-FB-Hook-SecKey realm="syncboard"');
    assert.doesNotMatch(reply.text + reply.log, new RegExp(secret.slice(1)));
  }
  assert.deepEqual(await queuedPolls(), []);
  const unset = await call(testApp({ FLEXIBEE_HOOK_SECRET: '' }), 'hook', {
    method: 'POST',
    params: { company },
    headers: { 'x-fb-hook-seckey': '' },
  });
  assert.equal(unset.status, 401);
});

/** As a server may send it: to try the address, or with changes that cannot be read. */
const emptyNotifications: [what: string, body: string][] = [
  ['no body', ''],
  ['an empty object', '{}'],
  ['nothing in winstrom', '{"winstrom":{}}'],
  ['no changes', '{"winstrom":{"@version":"1.0","changes":[]}}'],
  ['an empty document', '<?xml version="1.0" encoding="utf-8"?>\n<winstrom version="1.0"/>'],
];
const lookNow: [what: string, body: string, type?: string][] = [
  ...emptyNotifications,
  ['another operation', JSON.stringify(change).replace('update', 'rename')],
  ['versions that are none', JSON.stringify(change).replaceAll('"7"', '"x"')],
  ['JSON that is cut off', JSON.stringify(change).slice(0, -10)],
  ['JSON that is too deep', '['.repeat(5_000)],
  ['a form', 'a=1&b=2', 'application/x-www-form-urlencoded'],
  ['no text', '\0\ufffd', 'application/octet-stream'],
];
for (const [what, body, type] of lookNow) {
  test(`a hook with ${what} is taken, and means "look now"`, async () => {
    await lowered();
    const headers = { 'x-fb-hook-seckey': secret, ...(type && { 'content-type': type }) };
    const reply = await hook(body, { headers });
    assert.equal(reply.status, 200, reply.text);
    assert.deepEqual(JSON.parse(reply.text), { company, queued: true });
    assert.partialDeepStrictEqual(await queuedPolls(), [{ company, why: 'hook' }]);
  });
}

/** As if a poll had begun. */
async function lowered(): Promise<void> {
  const flags = new HookFlags(await container(), async () => {});
  await flags.lower(company, soon());
}

/** What hooks have put on the queue of companies since this was last asked. */
async function queuedPolls(): Promise<CompanyMessage[]> {
  const queues = QueueServiceClient.fromConnectionString(storage.connectionString);
  const queue = queues.getQueueClient(companyQueueName);
  if (!(await queue.exists())) return [];
  const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 });
  for (const { messageId, popReceipt } of receivedMessageItems) {
    await queue.deleteMessage(messageId, popReceipt);
  }
  return receivedMessageItems.map(({ messageText }) =>
    companyMessageSchema.parse(JSON.parse(Buffer.from(messageText, 'base64').toString())),
  );
}

/** The app's own. */
function container(): Promise<ContainerClient> {
  const { connectionString } = storage;
  return openContainer({ kind: 'connection string', connectionString }, soon());
}

test('a hook is as large as it may be, and no larger', async () => {
  const frame = '{"winstrom": ""}';
  const most = 2 * 1024 * 1024;
  for (const [length, status] of [
    [most, 200],
    [most + 1, 413],
  ] as const) {
    await lowered();
    const reply = await hook(frame.replace('""', `"${'x'.repeat(length - frame.length)}"`));
    assert.equal(reply.status, status, reply.text.slice(0, 200));
    assert.equal((await queuedPolls()).length, status === 200 ? 1 : 0);
  }
});

test('a server registers its hook at this app, whatever its empty notification is', async () => {
  const demo = flexibee.companies.get('demo');
  assert.ok(demo !== undefined);
  const secKey = secret;
  try {
    for (const [what, body] of emptyNotifications) {
      demo.hooks.emptyNotification = body;
      calls.length = 0;
      const reply = await ask('hook', { method: 'PUT' });
      assert.equal(reply.status, 200, `${what}: ${reply.text}`);
      assert.deepEqual(
        calls.map(({ text, status }) => [text, status]),
        [[body, 200]],
      );
    }
    // By hand, in XML, as in ABRA's own example; and with a secret that is not ours.
    const url = JSON.parse((await ask('hook', { method: 'PUT' })).text).url;
    for (const [key, status] of [
      [secKey, 200],
      ['another', 400],
    ] as const) {
      const query = new URLSearchParams({ url, format: 'XML', secKey: key });
      const reply = await fetch(`${flexibee.url}/c/demo/hooks.xml?${query}`, {
        method: 'PUT',
        headers: { authorization: `Basic ${btoa('winstrom:winstrom')}` },
      });
      assert.equal(reply.status, status, await reply.text());
    }
  } finally {
    demo.hooks.emptyNotification = '';
    await ask('hook', { method: 'DELETE' });
  }
});

test('of a burst of hooks one has the company polled, by header or query, of any type', async () => {
  const kinds: HttpRequestInit[] = [
    {},
    { headers: {}, query: { secret } },
    { headers: { 'x-fb-hook-seckey': secret, 'content-type': 'text/plain' } },
  ];
  await lowered();
  const replies = await Promise.all(
    Array.from({ length: 300 }, (_, index) => hook(JSON.stringify(change), kinds[index % 3])),
  );
  for (const { status } of replies) assert.equal(status, 200);
  const told = replies.filter(({ text }) => JSON.parse(text).queued);
  assert.equal(told.length, 1);
  assert.partialDeepStrictEqual(await queuedPolls(), [{ company, why: 'hook' }]);
});

const hush = 'hush-hush-0123';
test('a wrong password is trouble with a cure, told once, and shown nowhere', async () => {
  const other = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    FLEXIBEE_DEMO: `Url=${flexibee.url};User Id=winstrom;Password=${hush}`,
  });
  try {
    const lines: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const at = new Date().toISOString();
      const message = { company, why: 'request' as const, at };
      assert.equal(await other.current.pollCompany(message, (text) => lines.push(text)), 'trouble');
    }
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /\(wrong password\)/);
    const headers = { authorization: 'Bearer demo-token' };
    const reply = await call(other, 'company', { params: { company }, headers });
    const details = JSON.parse(reply.text);
    assert.equal(details.state, 'trouble');
    assert.partialDeepStrictEqual(details.trouble, { kind: 'wrong password' });
    assert.match(details.trouble.cure, /User Id and Password/);
    assert.match(details.live.cure, /User Id and Password/);
    const list = await call(other, 'companies', { headers });
    assert.equal(JSON.parse(list.text).companies[0].trouble.kind, 'wrong password');
    const health = await other.current.health(AbortSignal.timeout(30_000));
    const found = health.find(({ part }) => part === 'companies');
    assert.equal(found?.reason, 'flexi-demo: wrong password, see /flexibee');
    const shown = [...lines, reply.text, reply.log, list.text].join();
    for (const hidden of [hush, btoa(`winstrom:${hush}`)]) assert.ok(!shown.includes(hidden));
  } finally {
    await other.stop();
  }
});

test('whoever asked for a look is seen to later where the company is busy', async () => {
  await lowered();
  await queuedPolls();
  const holder = await cursorStore(await container()).acquire(company, soon());
  assert.ok(holder !== undefined);
  const at = new Date().toISOString();
  const poll = (why: CompanyMessage['why']) =>
    app.current.pollCompany({ company, why, at }, () => {});
  assert.equal(await poll('request'), 'busy');
  assert.partialDeepStrictEqual(await queuedPolls(), [{ company, why: 'hook' }]);
  assert.equal(await poll('hook'), 'busy');
  // Not at once: whoever has the company may have it for long.
  assert.deepEqual(await queuedPolls(), []);
  await holder.release();
});

test('a company that is paused, or not due, is not asked; its state says so', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'paused-'));
  const catalog = shippedJson();
  edit(catalog, stepsOf('dataSources[16].company.paused'), true);
  await writeFile(join(directory, 'catalog.json'), JSON.stringify(catalog));
  const other = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    CATALOG: join(directory, 'catalog.json'),
    FLEXIBEE_DEMO: `Url=${flexibee.url};User Id=winstrom;Password=winstrom`,
    FLEXIBEE_HOOK_SECRET: secret,
  });
  try {
    await queuedPolls();
    const before = flexibee.requests.count();
    const at = new Date().toISOString();
    for (const why of ['timer', 'hook', 'request', 'rest'] as const) {
      assert.equal(await other.current.pollCompany({ company, why, at }, () => {}), 'paused');
    }
    const headers = { 'x-fb-hook-seckey': secret };
    const init = { method: 'POST' as const, params: { company }, headers };
    const reply = await call(other, 'hook', { ...init, body: { string: '{}' } });
    assert.deepEqual(JSON.parse(reply.text), { company, queued: false });
    assert.deepEqual(await queuedPolls(), []);
    assert.equal(flexibee.requests.count(), before);
    const shown = await call(other, 'companies', {
      headers: { authorization: 'Bearer demo-token' },
    });
    assert.equal(JSON.parse(shown.text).companies[0].paused, true);
  } finally {
    await other.stop();
    await rm(directory, { recursive: true });
  }
});

test('of a round of the timer the wait that was meant is none', async () => {
  const linesOf = async (queuedMsAgo: number, delaySeconds: number) => {
    const lines: string[] = [];
    const context = new functions.InvocationContext({
      functionName: 'poll_company',
      triggerMetadata: { insertionTime: new Date(Date.now() - queuedMsAgo).toISOString() },
      logHandler: (_level, ...parts) => lines.push(parts.join(' ')),
    });
    const at = new Date().toISOString();
    await pollCompany(() => app)({ round: [company], at, delaySeconds }, context);
    return lines;
  };
  const late = `company ${company}: late`;
  assert.ok(!(await linesOf(0, 0)).includes(late));
  assert.ok(!(await linesOf(100_000, 50)).includes(late));
  assert.deepEqual(await linesOf(100_000, 5), [late]);
});

test('a message of the timer that waited for too long is left to the next', async () => {
  const before = flexibee.requests.count();
  const [at, ago] = [0, 100_000].map((ms) => new Date(Date.now() - ms).toISOString());
  const timer = { company, why: 'timer' as const, at: at ?? '' };
  assert.equal(await app.current.pollCompany({ ...timer, queuedAt: ago }, () => {}), 'late');
  assert.equal(flexibee.requests.count(), before);
  // By the queue's clock: the machine that has sent it is 100 s behind, or an hour.
  for (const sent of [ago ?? '', new Date(Date.now() - 3_600_000).toISOString()]) {
    const lagging = { ...timer, at: sent, queuedAt: at };
    assert.notEqual(await app.current.pollCompany(lagging, () => {}), 'late');
  }
});

test('the age of a message is by the time that the host tells of its queue', async () => {
  const queuedAt = new Date(Date.now() - 100_000).toISOString();
  const lines: string[] = [];
  const context = new functions.InvocationContext({
    functionName: 'poll_company',
    triggerMetadata: { insertionTime: queuedAt },
    logHandler: (_level, ...texts) => void lines.push(texts.join(' ')),
  });
  const message = { company, why: 'timer', at: new Date().toISOString() };
  await pollCompany(() => app)(message, context);
  assert.deepEqual(lines, [`company ${company}: late`]);
});

const captured = new URL('../../../shared/data/flexibee-webhooks/', import.meta.url);
test('hooks as real servers sent them are taken', { skip: !existsSync(captured) }, async () => {
  for (const file of await readdir(captured)) {
    const reply = await hook(await readFile(new URL(file, captured), 'utf8'));
    assert.equal(reply.status, 200, `${file}: ${reply.text}`);
  }
});

test('what is readable tells more, in JSON as in XML', async () => {
  const known = 1_000;
  const held = await cursorStore(await container()).acquire(company, soon());
  assert.ok(held !== undefined);
  const next = known + 1;
  await held.replace({ ...restarted(undefined, new Date()), next, globalVersion: known }, soon());
  await held.release();
  const bodies = (version: number) => [
    JSON.stringify(change).replaceAll('"7"', `"${version}"`),
    `<winstrom version="1.0" globalVersion="${version}"><adresar in-version="${version}" operation="update"><id>12</id></adresar><next>none</next></winstrom>`,
  ];
  for (const [version, queued] of [
    [known, false],
    [known + 1, true],
  ] as const) {
    for (const body of bodies(version)) {
      await lowered();
      const reply = await hook(body);
      assert.deepEqual(JSON.parse(reply.text), { company, queued }, body);
    }
  }
});
