/**
 * Every reader of storage, over real storage, with blobs that nobody of us wrote: one odd blob harms
 * one thing, and what a newer version of the app wrote is left alone.
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import fc from 'fast-check';
import { type Flexibee, startFlexibee } from 'flexibee-server';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { companyState, cursorStore } from '../../shared/flexibee/follow.ts';
import { DocumentNewerError } from '../../shared/storage/documents.ts';
import { Cancellations } from '../../shared/sync/cancellations.ts';
import { DurationStore } from '../../shared/sync/durations.ts';
import { CancelRequestedError } from '../../shared/sync/interruption.ts';
import { RunLogs } from '../../shared/sync/log/run-logs.ts';
import { RunStore } from '../../shared/sync/run-store.ts';
import { breakLeases, contentOf, newerBlobs, oddBlobs, put } from '../support/odd-blobs.ts';
import { partOf } from '../support/some-of.ts';
import { brokenTexts, soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call, post } from './app.ts';

const secret = 'a-secret-of-this-test-0123456789abcdef';
const company = 'flexi-demo';
const headers = { authorization: 'Bearer demo-token' };
const runs = { numRuns: partOf(25, 1 / 3) };
const silent = () => {};

let storage: TestStorage;
let flexibee: Flexibee;
let app: App;
let container: ContainerClient;

before(async () => {
  [storage, flexibee] = await Promise.all([startStorage(), startFlexibee()]);
  app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    FLEXIBEE_DEMO: `Url=${flexibee.url};User Id=winstrom;Password=winstrom`,
    FLEXIBEE_HOOK_SECRET: secret,
  });
  container = BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient(
    'syncboard',
  );
  await container.createIfNotExists();
});
after(async () => {
  await app.stop();
  await Promise.all([storage.close(), flexibee.close()]);
});

async function answer(name: string, params: Record<string, string> = {}): Promise<string> {
  const reply = await call(app, name, { params, headers });
  assert.equal(reply.status, 200, `${name}: ${reply.text} ${reply.log}`);
  return reply.text;
}

/** @returns the status, and the run's id where one was started */
async function sync(): Promise<{ status: number; id: string }> {
  await breakLeases(container);
  const body = {
    token: 'demo-token',
    user: 'me',
    code: '0c10',
    name: 'meter',
    month: 7,
    year: 2019,
  };
  const reply = await post(app, 'entity_sync', body);
  assert.ok([202, 409].includes(reply.status), `${reply.status}: ${reply.text} ${reply.log}`);
  return { status: reply.status, id: reply.headers.get('location')?.slice('/runs/'.length) ?? '' };
}

/** As readers take it: a mark of the order of bytes before it is none of its letters. */
async function documentAt(name: string): Promise<object> {
  const content = await contentOf(container, name);
  return JSON.parse(new TextDecoder().decode(content ?? assert.fail(`no ${name}`)));
}

test('every document has a version', async () => {
  const { id } = await sync();
  await app.current.syncs.cancel(id, 'me', soon());
  await app.current.pollCompany({ company, why: 'request', at: new Date().toISOString() }, silent);
  const versions = [
    [`runs/${id}`, 3],
    [`cancellations/${id}`, 1],
    [`flexibee/${company}`, 2],
  ] as const;
  for (const [name, version] of versions) {
    assert.partialDeepStrictEqual(await documentAt(`${name}.json`), { version }, name);
  }
  await container.getBlobClient(`cancellations/${id}.json`).delete();
});

test('the document of an unfinished run', async () => {
  let { id } = await readRun();
  const whole = await documentAt(`runs/${id}.json`);
  await fc.assert(
    fc.asyncProperty(oddBlobs(whole), async (odd) => {
      await put(container, `runs/${id}.json`, { ...odd, body: named(odd.body, whole, id) });
      await answer('sync_status');
      await answer('runs');
      await answer('run', { id });
      const { state } = JSON.parse(await answer('run', { id }));
      // One that is whole all the same may wait for a worker.
      const may = ['queued', 'running'].includes(state) ? [id] : [];
      const { abandoned, ended } = await app.sweepRuns();
      assert.ok(abandoned.every((one) => may.includes(one)));
      assert.deepEqual(ended, []);
      const next = await sync();
      // An odd member may be one that a run may have.
      assert.equal(next.status, state === 'queued' || state === 'running' ? 409 : 202, state);
      if (next.status === 202) id = next.id;
    }),
    runs,
  );
});

/** The unfinished run. */
async function readRun(): Promise<{ id: string }> {
  const reply = await call(app, 'sync_status', {
    headers: { ...headers, accept: 'application/json' },
  });
  const { runs: active } = JSON.parse(reply.text);
  assert.equal(active.length, 1);
  return active[0];
}

/** The document that `whole` was is one run's; each round has another. */
function named(body: Buffer, whole: object, id: string): Buffer {
  const known = 'id' in whole ? String(whole.id) : '';
  const text = body.toString('latin1').replace(known, id);
  return Buffer.from(text, 'latin1');
}

test('the document of a run that a newer version has: nobody touches it', async () => {
  const { id } = await readRun();
  const whole = await documentAt(`runs/${id}.json`);
  await fc.assert(
    fc.asyncProperty(newerBlobs(whole), async (newer) => {
      await put(container, `runs/${id}.json`, newer);
      const before = await container.getBlobClient(`runs/${id}.json`).getProperties();
      await answer('runs');
      assert.match(await answer('run', { id }), /newer version/);
      const said = await answer('sync_status');
      await app.sweepRuns();
      await assert.rejects(app.current.executeRun(id, silent), DocumentNewerError);
      assert.equal((await sync()).status, 409);
      const now = await container.getBlobClient(`runs/${id}.json`).getProperties();
      assert.equal(now.etag, before.etag);
      assert.match(said, /is running/);
    }),
    runs,
  );
  // Its own version has ended it: its server is free here, too.
  const ended = { body: Buffer.from('{"version":3}'), metadata: { state: 'succeeded' } };
  await put(container, `runs/${id}.json`, ended);
  assert.equal((await sync()).status, 202);
});

test('the cursor of a company: full load, and the others are not concerned', async () => {
  const name = `flexibee/${company}.json`;
  const message = () => ({ company, why: 'request' as const, at: new Date().toISOString() });
  await app.current.pollCompany(message(), silent);
  const whole = await documentAt(name);
  const cursors = cursorStore(container, 15, silent);
  await fc.assert(
    fc.asyncProperty(oddBlobs(whole), async (odd) => {
      await put(container, name, odd);
      const seen = await cursors.read(company, soon());
      await answer('companies');
      await answer('company', { company });
      await hook();
      const held = await cursors.acquire(company, soon());
      assert.deepEqual(held?.value, seen);
      await held?.release();
    }),
    runs,
  );
  await put(container, name, { body: Buffer.from('{"broken":'), metadata: {} });
  await app.current.pollCompany(message(), silent);
  // The base of this test does not answer, and it is asked for its generation before a load begins.
  const state = companyState(await cursors.read(company, soon()), new Date());
  assert.equal(state.phase, 'starting');
  assert.equal(state.trouble?.kind, 'database');
  await fc.assert(
    fc.asyncProperty(newerBlobs(whole), async (newer) => {
      await put(container, name, newer);
      assert.match(await answer('companies'), /newer version/);
      assert.match(await answer('company', { company }), /newer version/);
      await hook();
      const lines: string[] = [];
      assert.equal(await app.current.pollCompany(message(), (text) => lines.push(text)), 'trouble');
      assert.match(lines.join(), /newer version/);
      assert.deepEqual(await contentOf(container, name), newer.body);
    }),
    runs,
  );
  await container.getBlobClient(name).delete();
});

async function hook(): Promise<void> {
  const reply = await call(app, 'hook', {
    method: 'POST',
    params: { company },
    headers: { 'x-fb-hook-seckey': secret, 'content-type': 'application/json' },
    body: { string: '{"winstrom":{"@globalVersion":"1","changes":[],"next":"none"}}' },
  });
  assert.equal(reply.status, 200, `${reply.text} ${reply.log}`);
}

test('the flag of hooks', async () => {
  await fc.assert(
    fc.asyncProperty(oddBlobs({ any: 1 }), async (odd) => {
      await put(container, `hooks/${company}`, odd);
      await hook();
      const at = new Date().toISOString();
      await app.current.pollCompany({ company, why: 'hook', at }, silent);
      assert.equal(await contentOf(container, `hooks/${company}`), undefined);
    }),
    { numRuns: 3 },
  );
});

test('durations: there are none, and they are measured anew', async () => {
  const whole = { version: 1, 'export:meter:0c10': [1_000, 2_000] };
  const name = 'state/durations.json';
  const durations = new DurationStore(container, silent);
  await fc.assert(
    fc.asyncProperty(oddBlobs(whole), async (odd) => {
      await put(container, name, odd);
      const known = await durations.read(soon());
      for (const values of Object.values(known)) assert.ok(values.every((value) => value >= 0));
      await assert.doesNotReject(documentAt(name));
    }),
    runs,
  );
  await put(container, name, { body: Buffer.from('{"version":9}'), metadata: {} });
  const { id } = await readRun();
  await app.current.syncs.cancel(id, 'me', soon());
  assert.equal(await app.current.executeRun(id, silent), 'finished');
  assert.equal((await sync()).status, 202);
  assert.equal(String(await contentOf(container, name)), '{"version":9}');
});

test('a request to cancel is one, whatever is in it', async () => {
  const cancellations = new Cancellations(container, silent);
  const name = 'cancellations/some-run.json';
  const whole = { version: 1, by: 'me', at: new Date().toISOString() };
  await fc.assert(
    fc.asyncProperty(fc.oneof(oddBlobs(whole), newerBlobs(whole)), async (odd) => {
      await put(container, name, odd);
      const reason = await cancellations.requested('some-run', soon());
      assert.ok(reason instanceof CancelRequestedError);
    }),
    runs,
  );
});

test('blobs of a log: what is there is shown, and more is written', async () => {
  const { id } = await readRun();
  const logs = new RunLogs(container);
  await fc.assert(
    fc.asyncProperty(
      oddBlobs({ any: 1 }),
      fc.constantFrom('00000001', '00000002', 'x', '99999999', '100000000', '1/2'),
      async (odd, name) => {
        // Every answer that is text ends with a line's end.
        const body = Buffer.concat([odd.body, Buffer.from('\n')]);
        await put(container, `logs/${id}/${name}`, { ...odd, body });
        await answer('run_log', { id });
        const log = logs.open(id, 'some-holder', () => new Date());
        const text = `said ${Math.random()}`;
        log.message('export:meter:0c10', text);
        assert.equal(await log.close(soon()), 0);
        assert.ok((await answer('run_log', { id })).includes(text));
      },
    ),
    runs,
  );
});

test('a part of a log that goes while it is read, and a flag that somebody has leased', async () => {
  const { id } = await readRun();
  const body = Buffer.from('some text');
  await put(container, `logs/${id}/00000001`, { body, metadata: {} });
  const log = await new RunLogs(container).read(id, soon());
  await put(container, `logs/${id}/00000001`, { body: Buffer.from(''), metadata: {} });
  const others = log.bytes - body.length;
  let read = 0;
  for await (const piece of log.read({ from: 0 }, soon())) read += piece.length;
  assert.equal(read, others);
  await put(container, `hooks/${company}`, { body, metadata: {} });
  await container.getBlobClient(`hooks/${company}`).getBlobLeaseClient().acquireLease(-1);
  const at = new Date().toISOString();
  await app.current.pollCompany({ company, why: 'hook', at }, silent);
});

test('messages that were given up', async () => {
  const whole = { version: 1, messages: [] };
  await fc.assert(
    fc.asyncProperty(fc.oneof(oddBlobs(whole), newerBlobs(whole)), async (odd) => {
      await put(container, 'state/given-up.json', odd);
      await answer('company', { company });
    }),
    runs,
  );
});

test('what is too large for its kind is not read', async () => {
  const { id } = await readRun();
  const body = Buffer.alloc(64 * 1024 * 1024 + 1, ' ');
  await put(container, `runs/${id}.json`, { body, metadata: {} });
  const found = await new RunStore(container, silent).read(id, soon());
  assert.equal(found?.value.state, 'interrupted');
  assert.match(found?.value.log.at(-2)?.text ?? '', /67108865 bytes are more than/);
});

test('what was damaged is told by /health until somebody removes it', async () => {
  assert.ok((await brokenTexts(container)).length > 0);
  const part = (await app.current.health(soon())).find((one) => one.part === 'documents');
  assert.equal(part?.state, 'degraded');
  assert.match(part?.reason ?? '', /damaged and set aside, the latest as broken\//);
});
