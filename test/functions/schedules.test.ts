/** Schedules over HTTP and real storage, three workers at once; only the host is missing. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { HttpRequestInit } from '@azure/functions';
import type { ContainerClient } from '@azure/storage-blob';
import { QueueClient } from '@azure/storage-queue';
import { startDue } from '../../functions/board/start-due.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { runQueueName } from '../../shared/app/run-queue.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { brokenTexts, soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call } from './app.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const narrow = { name: 'narrow', sha256: digest('narrow'), codes: ['0c10'] };

let storage: TestStorage;
let container: ContainerClient;
let apps: [App, App, App];
before(async () => {
  storage = await startStorage();
  const { connectionString } = storage;
  apps = await Promise.all([start(), start(), start()]);
  container = await openContainer({ kind: 'connection string', connectionString }, soon());
});
after(async () => {
  await Promise.all(apps.map((app) => app.stop()));
  await storage.close();
});

function start(): Promise<App> {
  return App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    API_TOKENS: JSON.stringify([...JSON.parse(sample.Values.API_TOKENS), narrow]),
  });
}

interface Asking extends Omit<HttpRequestInit, 'body'> {
  json?: unknown;
}

async function ask(name: string, { json, ...init }: Asking = {}, by = apps[0]) {
  const reply = await call(by.current, name, {
    ...init,
    headers: {
      authorization: 'Bearer demo-token',
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...init.headers,
    },
    ...(json !== undefined && { body: { string: JSON.stringify(json) } }),
  });
  return {
    ...reply,
    json: JSON.parse(reply.text || 'null'),
    etag: reply.headers.get('etag') ?? '',
  };
}

const put = (schedule: string, json: object, init: Asking = {}) =>
  ask('schedule', { method: 'PUT', params: { schedule }, json, ...init });
const get = (name: string, schedule: string, init: Asking = {}, by = apps[0]) =>
  ask(name, { params: { schedule }, ...init }, by);

async function putBoard(board: string, calls: object[]): Promise<void> {
  const reply = await ask('board', { method: 'PUT', params: { board }, json: { calls } });
  assert.ok(reply.status < 300, reply.text);
}

/** As if nobody had looked for so long. */
async function leftAlone(schedule: string, ms: number): Promise<void> {
  const { schedules, now } = apps[0].current;
  const found = (await schedules.read(schedule, soon())) ?? assert.fail();
  const upTo = new Date(now().getTime() - ms).toISOString();
  await schedules.withState(found, { due: found.value.state?.due ?? [], upTo }, soon());
}

async function tickAll(): Promise<void> {
  const log = () => {};
  await Promise.all(apps.map((app) => app.current.startDue(log)));
}

async function runsOf(board: string) {
  const { json } = await ask('runs', { query: { board } });
  return json.runs as { id: string; state: string; user: string }[];
}

const meter = { code: '0c10', name: 'meter', run: true };
const nightly = { board: 'nightly', cron: '30 2 * * *', timeZone: 'Europe/Prague' };

test('it is written as it is read, with its next times; who has not seen the latest is refused', async () => {
  const dry = await put('night', { ...nightly, user: 'Jana' }, { query: { dry: 'true' } });
  assert.equal(dry.status, 200, dry.text);
  assert.equal(dry.json.next.length, 5);
  for (const at of dry.json.next) {
    const prague = { timeZone: 'Europe/Prague', timeStyle: 'short' } as const;
    const shown = new Intl.DateTimeFormat('en-GB', prague).format(new Date(at));
    assert.ok(shown === '02:30' || shown === '03:00', shown);
  }
  assert.equal((await get('schedule', 'night')).status, 404);
  const anew = { headers: { 'if-none-match': '*' } };
  const [made, ...late] = (
    await Promise.all(apps.map(() => put('night', { ...nightly, user: 'Jana' }, anew)))
  ).sort((one, two) => one.status - two.status);
  assert.deepEqual([made?.status, ...late.map(({ status }) => status)], [201, 412, 412]);
  assert.match(late[0]?.text ?? '', /problem:exists.*There is a schedule night already\./);
  const shown = {
    ...{ name: 'night', revision: 1, ...nightly, enabled: true, missed: 'last', window: '1d' },
    ...{ whenBusy: 'wait', changedBy: { token: 'demo', user: 'Jana' } },
  };
  const read = await get('schedule', 'night', {}, apps[1]);
  const { changedAt, ...rest } = read.json;
  assert.ok(Date.parse(changedAt));
  assert.deepEqual(rest, shown);
  assert.equal(read.etag, made?.etag);
  const times = await get('schedule_times', 'night', { query: { next: '3' } });
  assert.deepEqual(times.json, { next: made?.json.next.slice(0, 3), due: [] });
  const listed = await ask('schedules');
  assert.partialDeepStrictEqual(listed.json.schedules, [{ ...shown, next: made?.json.next[0] }]);
  // What was given comes back changed.
  const off = { ...read.json, enabled: false };
  const headers = { 'if-match': read.etag };
  const changed = await put('night', off, { headers });
  assert.equal(changed.status, 200, changed.text);
  assert.deepEqual([changed.json.enabled, changed.json.next], [false, []]);
  assert.equal((await put('night', off, { headers })).status, 412);
  const removing = { method: 'DELETE', params: { schedule: 'night' } } as const;
  assert.equal((await ask('schedule', { ...removing, headers })).status, 412);
  assert.equal((await ask('schedule', removing)).status, 200);
  assert.equal((await get('schedule', 'night')).status, 404);
  assert.deepEqual((await ask('schedules')).json, { schedules: [] });
});

test('what cannot be is refused, each member by its name', async () => {
  const bad = await put('night', { board: 'nightli', cron: '60 * * * *', timezone: 'UTC' });
  assert.equal(bad.status, 400);
  const fields = bad.json.errors.map(({ field }: { field: string }) => field);
  assert.deepEqual(fields, ['timezone', 'board', 'cron']);
  assert.match(bad.text, /did you mean timeZone\?.*did you mean nightly\?/);
  assert.equal((await put('Night', nightly)).status, 400);
  assert.equal((await get('schedule_times', 'night', { query: { next: '51' } })).status, 404);
});

test('three workers that look at once start one run, which says what it is of', async () => {
  await putBoard('due', [meter, { code: '0c10', name: 'payment', month: -1, run: true }]);
  await put('hourly', { board: 'due', cron: '0 * * * *', timeZone: 'UTC' });
  await leftAlone('hourly', 3 * 3_600_000);
  await tickAll();
  const [run, ...others] = await runsOf('due');
  assert.deepEqual(others, []);
  const { due } = (await get('schedule_times', 'hourly')).json;
  assert.equal(due.length, 3);
  const [last, ...before] = due;
  assert.deepEqual(last, { at: last.at, state: 'started', run: run?.id });
  for (const { state, why } of before) {
    assert.deepEqual([state, why], ['skipped', 'It was missed, and a later one was due by then.']);
  }
  const stored = await apps[1].current.syncs.read(run?.id ?? '', soon());
  assert.partialDeepStrictEqual(stored, {
    ...{ board: 'due', user: 'schedule hourly', token: 'demo', state: 'queued', codes: ['0c10'] },
    due: { schedule: 'hourly', at: last.at },
  });
  // By the clock of the catalogue's zone, ten hours ahead: at the turn of a month it is another one.
  const ahead = new Date(Date.parse(last.at) + 10 * 3_600_000);
  const expected = { month: ahead.getUTCMonth() || 12 };
  assert.partialDeepStrictEqual(stored?.calls?.[1]?.periods, [expected]);
  const queue = new QueueClient(storage.connectionString, runQueueName);
  const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 });
  const sent = receivedMessageItems.map(({ messageText }) =>
    Buffer.from(messageText, 'base64').toString(),
  );
  assert.ok(sent.includes(run?.id ?? '-'), sent.join());
  await tickAll();
  assert.equal((await runsOf('due')).length, 1);
  const shown = await ask('run', { params: { id: run?.id ?? '' } });
  assert.deepEqual(shown.json.due, { schedule: 'hourly', at: last.at });
});

test('the next one waits in line, or is skipped, where its servers are not free', async () => {
  await put('hourly', { board: 'due', cron: '0 * * * *', timeZone: 'UTC', whenBusy: 'skip' });
  await leftAlone('hourly', 3_600_000);
  await tickAll();
  const [skipped] = (await get('schedule_times', 'hourly')).json.due;
  assert.equal(skipped.state, 'skipped');
  assert.match(skipped.why, /^Busy: dcdb/);
  assert.equal((await runsOf('due')).length, 1);
  await put('hourly', { board: 'due', cron: '0 * * * *', timeZone: 'UTC', missed: 'all' });
  await leftAlone('hourly', 2 * 3_600_000);
  await tickAll();
  const states = (await runsOf('due')).map(({ state }) => state);
  assert.deepEqual(states, ['waiting', 'waiting', 'queued']);
});

test('what waits is cancelled when it was to have ended', async () => {
  await putBoard('late', [meter]);
  await put('late', { board: 'late', cron: '0 * * * *', timeZone: 'UTC', endBy: '00:00' });
  await leftAlone('late', 3_600_000);
  await tickAll();
  const [waiting] = await runsOf('late');
  assert.equal(waiting?.state, 'waiting');
  const { schedules, now } = apps[0].current;
  const found = (await schedules.read('late', soon())) ?? assert.fail();
  const state = found.value.state ?? assert.fail();
  const endBy = new Date(now().getTime() - 1_000).toISOString();
  const due = state.due.map((one) => (one.state === 'started' ? { ...one, endBy } : one));
  await schedules.withState(found, { ...state, due }, soon());
  await tickAll();
  assert.deepEqual(
    (await runsOf('late')).map((run) => run.state),
    ['cancelled'],
  );
  const { json } = await ask('run', { params: { id: waiting?.id ?? '' } });
  assert.match(JSON.stringify(json.log), /schedule late \(it was to end by .*\) while it waited/);
});

test('a schedule that is changed is not late for what was due before', async () => {
  await putBoard('changed', [meter]);
  const changed = { board: 'changed', cron: '0 * * * *', timeZone: 'UTC' };
  await put('changed', { ...changed, enabled: false });
  await leftAlone('changed', 5 * 3_600_000);
  await tickAll();
  await put('changed', changed);
  await tickAll();
  assert.deepEqual(await runsOf('changed'), []);
  await leftAlone('changed', 5 * 3_600_000);
  await put('changed', { ...changed, cron: '30 * * * *' });
  await tickAll();
  assert.deepEqual(await runsOf('changed'), []);
});

test('one that is damaged, or of a newer version, keeps no other from its time', async () => {
  await putBoard('well', [{ code: 'mo', name: 'meter', run: true }]);
  for (const name of ['broken', 'newer', 'well']) {
    await put(name, { board: 'well', cron: '0 * * * *', timeZone: 'UTC', missed: 'last' });
    await leftAlone(name, 3_600_000);
  }
  const before = (await get('schedule', 'broken')).json;
  const upload = (name: string, text: string) =>
    container.getBlockBlobClient(`schedules/${name}.json`).upload(text, Buffer.byteLength(text));
  await upload('broken', '{"rubbish": ');
  const newer = JSON.stringify({ version: 2, name: 'newer' });
  await upload('newer', newer);
  const told: string[] = [];
  await apps[2].current.startDue((text) => told.push(text));
  assert.match(told.join('\n'), /Schedule newer: .*newer version/);
  assert.deepEqual(
    (await runsOf('well')).map(({ user }) => user),
    ['schedule well'],
  );
  assert.ok((await brokenTexts(container)).includes('{"rubbish": '));
  assert.deepEqual((await get('schedule', 'broken')).json, before);
  assert.equal((await get('schedule', 'newer')).status, 409);
  const bytes = await container.getBlobClient('schedules/newer.json').downloadToBuffer();
  assert.equal(String(bytes), newer);
  const listed = (await ask('schedules')).json.schedules;
  const entry = listed.find(({ name }: { name: string }) => name === 'newer');
  assert.match(entry.newer, /newer version/);
});

test('a token has the schedules of boards that it may touch', async () => {
  await putBoard('wide', [meter, { code: 'stek', name: 'meter', run: false }]);
  await put('wide', { board: 'wide', cron: '0 3 * * *' });
  const headers = { authorization: 'Bearer narrow' };
  const names = (await ask('schedules', { headers })).json.schedules.map(
    ({ name }: { name: string }) => name,
  );
  assert.ok(names.includes('late') && !names.includes('wide'), names.join());
  assert.equal((await get('schedule', 'wide', { headers })).status, 403);
  assert.equal((await put('mine', { board: 'wide', cron: '0 3 * * *' }, { headers })).status, 403);
  assert.equal((await put('wide', { board: 'late', cron: '0 3 * * *' }, { headers })).status, 403);
});

test('the job tells what it did', async () => {
  await putBoard('timer', []);
  await put('timer', { board: 'timer', cron: '0 * * * *', timeZone: 'UTC' });
  await leftAlone('timer', 3_600_000);
  const lines: string[] = [];
  const note = (text: string) => void lines.push(text);
  const context = { info: note, warn: note };
  await startDue(() => apps[0]).run(context);
  assert.match(
    lines.join('\n'),
    /Schedule timer, due at .*: skipped: Nothing of board timer is switched on/,
  );
});
