/**
 * Servers that cannot give what is asked for: too large, too slow, cut short, forbidden, odd. A
 * company at the stand-in, over HTTP, behind a server that fails as each test says.
 */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Flexibee, startFlexibee } from 'flexibee-server';
import { openCompany } from '../../shared/flexibee/client.ts';
import { FlexibeeError } from '../../shared/flexibee/errors.ts';
import { companyState, poll, reload } from '../../shared/flexibee/follow.ts';
import { FlexibeeServers } from '../../shared/flexibee/servers.ts';
import type { FlexibeeRecord } from '../../shared/flexibee/types.ts';
import type { Limits } from '../../shared/outbound/servers.ts';
import {
  type Reply,
  type ScriptedRequest,
  startScriptedHttp,
  status,
} from '../support/scripted-http.ts';
import { soon } from '../support/storage.ts';
import { code, evidences, newWorld } from './world.ts';

/** What the server does to a request; undefined: it is answered. */
type Rule = (request: ScriptedRequest, asked: number) => Reply | undefined;

/** How many records a request asks for. */
function askedBy({ url, body }: ScriptedRequest): number {
  const ids = /"id":\[(.*)\]/.exec(body)?.[1];
  if (ids !== undefined) return ids.split(',').length;
  return Number(new URL(url, 'http://x').searchParams.get('limit'));
}

/** Followed at the stand-in. */
const both = ['adresar', 'cenik'];

const refused = (evidence: string) =>
  new FlexibeeError({
    kind: 'request refused',
    company: code,
    evidence,
    request: `GET /c/demo/${evidence}.json`,
    status: 403,
    fault: 'not allowed (HTTP 403)',
  });

const isAbout = (evidence: string) => (request: ScriptedRequest) =>
  new RegExp(`^/c/demo/${evidence}[/.]`).test(request.url);

async function open(t: TestContext, options: Partial<Limits> = {}) {
  const flexibee = await startFlexibee();
  const company = flexibee.company('demo');
  let rule: Rule = () => undefined;
  /** What passes, is passed on, perhaps changed. */
  let change = (text: string, _request: ScriptedRequest) => text;
  const http = await startScriptedHttp(async (response, request) => {
    const reply = rule(request, askedBy(request));
    if (reply !== undefined) return await reply(response, request);
    const { method, url, body, headers } = request;
    const answer = await fetch(`${flexibee.url}${url}`, {
      method,
      headers: { authorization: headers.authorization ?? '', 'content-type': 'application/json' },
      ...(body !== '' && { body }),
    });
    const text = change(await answer.text(), request);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
  const servers = new FlexibeeServers({ retry: { attempts: 4, baseMs: 1, capMs: 2 }, ...options });
  t.after(async () => {
    servers.close();
    await http.close();
    await flexibee.close();
  });
  const world = newWorld();
  const { context } = world.worker();
  const address = {
    origin: http.origin,
    user: 'winstrom',
    password: 'winstrom',
    trustServerCertificate: false,
  };
  const following = {
    ...context,
    company: { ...context.company, evidences: both },
    source: openCompany({ code: 'flexi-demo', name: 'demo', address }, servers),
  };
  return {
    flexibee,
    company,
    http,
    world,
    following,
    set rule(to: Rule) {
      rule = to;
    },
    set change(to: typeof change) {
      change = to;
    },
    poll: (insists = false) => poll(following, { waitForLockMs: 0, insists }, soon()),
    state: () => companyState(world.cursor, new Date(world.time())),
    /** The mirror is what the company is. */
    check(...which: string[]) {
      for (const evidence of which.length > 0 ? which : both) {
        const there = company.dump(evidence).map((row) => [String(row['id']), row]);
        assert.deepEqual(world.mirror.alive(code, evidence), new Map(there as [string, object][]));
      }
    },
    /** Numbers of records asked for, in the order of requests about an evidence. */
    sizes: (evidence: string) => http.requests.filter(isAbout(evidence)).map(askedBy),
  };
}

const write = (flexibee: Flexibee, evidence: string, count: number, prefix = 'L') => {
  for (let from = 0; from < count; from += 500) {
    const rows = Array.from({ length: Math.min(500, count - from) }, (_, index) => ({
      kod: `${prefix}${from + index}`,
      nazev: `Řádek ${from + index}`,
    }));
    flexibee.company('demo').write(evidence, { [evidence]: rows });
  }
};

const silent: Reply = () => {};
const tooMuch: [what: string, reply: Reply, options?: Partial<Limits>][] = [
  ['too slow', silent, { deadlineMs: 3_000 }],
  ['a 504', status(504)],
  [
    'too large',
    (response) => void response.writeHead(200, { 'content-length': 10 ** 9 }).write('{'),
  ],
];
for (const [what, reply, options] of tooMuch) {
  test(`${what} for 300 records: a load halves until it fits, remembers that, and grows again`, async (t) => {
    const at = await open(t, options);
    write(at.flexibee, 'adresar', 1_200);
    let most = 300;
    at.rule = (request, asked) => (isAbout('adresar')(request) && asked > most ? reply : undefined);
    assert.equal(await at.poll(), 'applied');
    at.check();
    const sizes = at.sizes('adresar');
    assert.deepEqual(sizes.slice(0, 3), [1000, 500, 250]);
    // No size is asked for twice that was just too much.
    for (const [index, size] of sizes.entries()) {
      if (size > most) assert.ok((sizes[index + 1] ?? 0) < size, `${sizes}`);
    }
    assert.ok((at.world.cursor?.sizes['adresar']?.size ?? 0) <= most);

    // The next worker goes on with what fits, for records in bulk, too.
    at.http.requests.length = 0;
    write(at.flexibee, 'adresar', 700, 'M');
    assert.equal(await at.poll(), 'applied');
    at.check();
    assert.ok(Math.max(...at.sizes('adresar')) <= 500, `${at.sizes('adresar')}`);
    assert.ok(at.sizes('adresar').length >= 3);

    most = 1000;
    for (let again = 0; again < 10 && at.world.cursor?.sizes['adresar']; again += 1) {
      await reload(at.following, 'adresar', () => {}, soon());
    }
    assert.equal(at.world.cursor?.sizes['adresar'], undefined, 'as much as usual again');
    at.check();
  });
}

test('a load that is broken off between two requests has kept what fits and what it read', async (t) => {
  const at = await open(t);
  write(at.flexibee, 'adresar', 300);
  at.rule = (request, asked) =>
    isAbout('adresar')(request) && asked > 40 ? status(504) : undefined;
  const slices = { ...at.following, sliceMs: 0 };
  let polls = 0;
  while ((await poll(slices, { waitForLockMs: 0 }, soon())) === 'handed on') polls += 1;
  assert.ok(polls > 8, `${polls} slices`);
  at.check();
  const sizes = at.sizes('adresar');
  assert.equal(sizes.filter((size) => size === 1000).length, 1);
  const afterIds = at.http.requests.map(({ url }) => /id%20%3E%20(\d+)/.exec(url)?.[1]);
  assert.ok(new Set(afterIds).size > 8, 'it went on behind what was read');
});

test('one record that is too large stops its evidence only, and names it', async (t) => {
  const at = await open(t);
  write(at.flexibee, 'adresar', 20);
  at.rule = (request) =>
    isAbout('adresar')(request)
      ? (response) => void response.writeHead(200, { 'content-length': 10 ** 9 }).write('{')
      : undefined;
  assert.equal(await at.poll(), 'applied');
  at.check('cenik');
  const { trouble } = at.state().evidences['adresar'] ?? assert.fail();
  assert.equal(trouble?.kind, 'answer not understood');
  assert.match(trouble?.message ?? '', /adresar.*more than 67108864 bytes/);
  assert.equal(at.state().trouble, undefined);
});

test('a page that was cut short does not end a load, and deletes nothing', async (t) => {
  const at = await open(t);
  write(at.flexibee, 'adresar', 400);
  await at.poll();
  at.check();
  let isCutShort = true;
  at.change = (text, request) => {
    if (!isAbout('adresar')(request) || !isCutShort) return text;
    const { winstrom } = JSON.parse(text) as { winstrom: Record<string, unknown> };
    const records = winstrom['adresar'] as FlexibeeRecord[];
    return JSON.stringify({ winstrom: { ...winstrom, adresar: records.slice(0, 70) } });
  };
  const rows = await reload(at.following, 'adresar', () => {}, soon());
  assert.equal(rows.deleted, 0);
  at.check();
  // Without a count only a page without records is the end.
  at.change = (text, request) =>
    isAbout('adresar')(request)
      ? text.replace(/"@rowCount":\s*"\d+",?/, '').replace('"adresar":[]', '"adresar": []')
      : text;
  isCutShort = false;
  assert.equal((await reload(at.following, 'adresar', () => {}, soon())).deleted, 0);
  at.check();
  // A page that brings nothing of what it counts is no answer.
  at.change = (text, request) =>
    isAbout('adresar')(request)
      ? JSON.stringify({ winstrom: { '@globalVersion': '1', '@rowCount': '400', adresar: [] } })
      : text;
  await assert.rejects(
    reload(at.following, 'adresar', () => {}, soon()),
    /is empty, and @rowCount/,
  );
  at.check();
});

test('pages without changes that point on are gone through; one that points back ends it', async (t) => {
  const at = await open(t);
  await at.poll();
  write(at.flexibee, 'adresar', 3);
  const newest = at.flexibee.company('demo').globalVersion();
  const from = at.world.cursor?.next ?? 0;
  let steps = 0;
  at.rule = (request) => {
    const start = Number(/changes\.json\?start=(\d+)/.exec(request.url)?.[1] ?? Number.NaN);
    if (Number.isNaN(start) || start < from || start >= from + 3 || steps === 3) return undefined;
    steps += 1;
    const winstrom = { '@globalVersion': `${newest}`, changes: [], next: `${from}` };
    return (response) => void response.end(JSON.stringify({ winstrom }));
  };
  // The page of the beginning starts lower and is answered.
  assert.equal(await at.poll(), 'applied');
  at.check();
});

test('a server that lists a range of versions at a time, empty or not: all of it is read', async (t) => {
  const at = await open(t);
  await at.poll();
  // What its user may not see, say, is 4,500 versions long.
  at.company.gap(4_500);
  write(at.flexibee, 'adresar', 3);
  const empty: number[] = [];
  at.change = (text, { url }) => {
    const start = Number(/changes\.json\?start=(\d+)/.exec(url)?.[1] ?? Number.NaN);
    if (Number.isNaN(start)) return text;
    const page = JSON.parse(text) as {
      winstrom: { changes: Record<string, string>[]; next: string };
    };
    const end = start + 1_000;
    const { changes } = page.winstrom;
    const within = changes.filter((line) => Number(line['@in-version']) < end);
    if (within.length === changes.length) return text;
    if (within.length === 0) empty.push(start);
    return JSON.stringify({
      winstrom: { ...page.winstrom, changes: within, next: `${end}` },
    });
  };
  assert.equal(await at.poll(), 'applied');
  assert.ok(new Set(empty).size >= 3, `${empty}`);
  at.check();
  assert.equal(at.state().version, at.company.globalVersion());
});

test('a right that is missing for one evidence: the others go on, its changes wait', async (t) => {
  const at = await open(t);
  await at.poll();
  const { forbidden } = at.flexibee.companies.get('demo') ?? assert.fail();
  forbidden.add('cenik');
  write(at.flexibee, 'adresar', 3);
  write(at.flexibee, 'cenik', 5);
  at.company.write('cenik', { cenik: { id: '1', nazev: 'Jinak' } });
  assert.equal(await at.poll(), 'applied');
  at.check('adresar');
  const state = at.state();
  assert.equal(state.phase, 'following');
  assert.equal(state.trouble, undefined);
  assert.equal(state.stale, 6);
  assert.equal(state.evidences['cenik']?.changes, 6, 'they are in the journal');
  const { trouble } = state.evidences['cenik'] ?? assert.fail();
  assert.equal(trouble?.kind, 'request refused');
  assert.match(trouble?.message ?? '', /flexi-demo, cenik: .*HTTP 403: Nemáte právo/);
  assert.match(trouble?.cure ?? '', /right.*licence/);
  assert.equal(at.world.logged.filter((line) => /cenik/.test(line)).length, 1);

  // It is not asked for at once again, and told once.
  at.http.requests.length = 0;
  write(at.flexibee, 'adresar', 1, 'N');
  assert.equal(await at.poll(), 'applied');
  assert.equal(at.sizes('cenik').length, 0);
  at.check('adresar');
  at.world.tick(61_000);
  assert.equal(await at.poll(), 'idle');
  assert.equal(at.sizes('cenik').length, 1);
  at.world.tick(61_000);
  await at.poll();
  assert.equal(at.sizes('cenik').length, 1, 'ever more seldom');
  assert.ok(at.state().lag.seconds >= 120, 'nobody says that all is there');
  assert.equal(at.world.logged.filter((line) => /cenik/.test(line)).length, 1);

  // Whoever asks for a poll has given the right.
  forbidden.clear();
  await at.poll(true);
  at.check();
  assert.equal(at.state().evidences['cenik']?.trouble, undefined);
  assert.equal(at.state().stale, 0);
  assert.match(at.world.logged.at(-1) ?? '', /cenik: no more trouble/);
});

test('an evidence that cannot be loaded: the others are loaded and followed', async (t) => {
  const at = await open(t);
  const { forbidden } = at.flexibee.companies.get('demo') ?? assert.fail();
  forbidden.add('adresar');
  assert.equal(await at.poll(), 'applied');
  write(at.flexibee, 'cenik', 3);
  write(at.flexibee, 'adresar', 3);
  assert.equal(await at.poll(), 'applied');
  at.check('cenik');
  assert.equal(at.state().phase, 'following');
  assert.deepEqual(
    at.state().loads.map(({ evidence }) => evidence),
    ['adresar'],
  );
  await assert.rejects(
    reload(at.following, 'adresar', () => {}, soon()),
    /HTTP 403/,
  );
  forbidden.clear();
  at.world.tick(16 * 60_000);
  await at.poll();
  at.check();
  assert.deepEqual(at.state().loads, []);
  assert.equal(at.state().evidences['adresar']?.trouble, undefined);
});

test('an evidence that this FlexiBee does not have: both readings of 404 are named', async (t) => {
  const at = await open(t);
  at.following.company.evidences = ['neni', 'cenik'];
  await at.poll();
  at.check('cenik');
  const { trouble } = at.state().evidences['neni'] ?? assert.fail();
  assert.match(trouble?.message ?? '', /HTTP 404/);
  assert.match(trouble?.cure ?? '', /name of the evidence.*licence/);
  assert.equal(at.state().trouble, undefined);
});

test('more changes than may wait for an evidence: a load of it is due instead', async () => {
  const world = newWorld();
  const [first = '', second = ''] = evidences;
  await world.settle();
  const { context } = world.worker();
  const forbidden: typeof context.source = {
    ...context.source,
    records: (evidence, ids, signal) =>
      evidence === first
        ? Promise.reject(refused(first))
        : context.source.records(evidence, ids, signal),
    list: (evidence, range, signal) =>
      evidence === first
        ? Promise.reject(refused(first))
        : context.source.list(evidence, range, signal),
  };
  const refusing = { ...context, source: forbidden };
  const state = () => companyState(world.cursor, new Date(world.time()));
  for (let index = 0; index < 25_000; index += 1) world.company.write('create', first);
  world.company.write('create', second);
  assert.equal(await poll(refusing, { waitForLockMs: 0 }, soon()), 'applied');
  assert.deepEqual(world.mirror.alive(code, second), world.company.alive(second));
  assert.ok(state().stale <= 20_000, `${state().stale} wait`);
  assert.deepEqual(
    state().loads.map(({ evidence }) => evidence),
    [first],
  );
  assert.equal(state().evidences[first]?.trouble?.kind, 'request refused');
  world.tick(16 * 60_000);
  await world.settle();
  world.check();
  assert.deepEqual(state().loads, []);
  assert.equal(state().stale, 0);
});

test('an odd line of the changelog: of an evidence that nobody follows it is nothing, of another a load', async (t) => {
  const at = await open(t);
  await at.poll();
  /** From now on the next change of the evidence comes in another form. */
  const makeOdd = (evidence: string) => {
    const from = at.company.globalVersion();
    at.change = (text, { url }) => {
      if (!url.startsWith('/c/demo/changes.json')) return text;
      const page = JSON.parse(text) as { winstrom: { changes: Record<string, string>[] } };
      const isIt = (line: Record<string, string>) =>
        line['@evidence'] === evidence && Number(line['@in-version']) > from;
      const line = page.winstrom.changes.find(isIt);
      if (line !== undefined) line['@operation'] = 'rename';
      return JSON.stringify(page);
    };
  };
  makeOdd('smlouva');
  write(at.flexibee, 'smlouva', 1);
  write(at.flexibee, 'adresar', 2);
  assert.equal(await at.poll(), 'applied');
  at.check();
  assert.deepEqual(at.state().loads, []);

  makeOdd('adresar');
  write(at.flexibee, 'adresar', 2, 'O');
  write(at.flexibee, 'cenik', 2, 'O');
  assert.equal(await at.poll(), 'applied');
  at.check('cenik');
  const { trouble } = at.state().evidences['adresar'] ?? assert.fail();
  assert.match(
    trouble?.message ?? '',
    /adresar: a change is not understood: version \d+: @operation/,
  );
  await at.poll(true);
  at.check();
  assert.equal(at.state().evidences['adresar']?.trouble, undefined);
  assert.equal(await at.poll(), 'idle');
});
