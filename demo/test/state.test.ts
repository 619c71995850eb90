/** A folder of state has one instance at a time, whatever becomes of instances. */

import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { StateInUse, takeState } from '../state.ts';

const running = { pid: 4711, since: '2026-11-29T20:30:05.000Z', url: 'http://127.0.0.1:7071' };
const never = new AbortController().signal;
const silent = () => {};

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'syncboard-state-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function holder(t: TestContext, folder: string, what = ''): ChildProcess {
  const child = fork(new URL('fixtures/state-holder.ts', import.meta.url), [folder, what], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

const message = async (child: ChildProcess) => (await once(child, 'message'))[0];

test('whoever comes second reads who has it, since when, where and how to stop it', async (t) => {
  const folder = await folderFor(t);
  const state = await takeState(folder, running, silent, never);
  const other = holder(t, folder);
  const refusal = await message(other);
  assert.match(
    refusal,
    /^syncboard runs already since \d{4}-\d\d-\d\d \d\d:\d\d:05: process 4711, http:\/\/127\.0\.0\.1:7071\n/,
  );
  assert.ok(refusal.includes(`Its state is in ${folder}`), refusal);
  assert.match(refusal, /Ctrl-C in its terminal, or: kill 4711\n.*npm start -- --ports 21000$/);
  await state.release();
  assert.equal(await message(holder(t, folder)), 'taken');
});

test('of ten that start at once one has it, the others name it', async (t) => {
  const folder = await folderFor(t);
  const holders = Array.from({ length: 10 }, () => holder(t, folder));
  const answers = await Promise.all(holders.map(message));
  const winners = holders.filter((_, index) => answers[index] === 'taken');
  assert.equal(winners.length, 1, answers.join('\n'));
  for (const answer of answers.filter((answer) => answer !== 'taken')) {
    assert.ok(answer.includes(`process ${winners[0]?.pid},`), answer);
  }
});

test('a process that was killed has it no more, whatever it left', async (t) => {
  const folder = await folderFor(t);
  const killed = holder(t, folder);
  assert.equal(await message(killed), 'taken');
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  // The record that it left names a process that lives: a pid that was given out again.
  const record = { ...running, pid: process.pid };
  await writeFile(join(folder, 'lock', 'running.json'), JSON.stringify(record));
  const state = await takeState(folder, running, silent, never);
  await state.release();
});

test('the parts of one that was killed are waited for', async (t) => {
  const folder = await folderFor(t);
  const killed = holder(t, folder, 'part');
  const { part } = await message(killed);
  t.after(() => {
    try {
      process.kill(part, 'SIGKILL');
    } catch {}
  });
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const next = holder(t, folder);
  assert.match(await message(next), /^Waiting for the parts/);
  // A third one is told of the second, which has it already.
  assert.ok((await message(holder(t, folder))).includes(`process ${next.pid},`));
  process.kill(part, 'SIGKILL');
  assert.equal(await message(next), 'taken');
});

test('waiting ends with the signal, and the folder is free again', async (t) => {
  const folder = await folderFor(t);
  const killed = holder(t, folder, 'part');
  const { part } = await message(killed);
  t.after(() => process.kill(part, 'SIGKILL'));
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const stop = new AbortController();
  const taken = takeState(folder, running, () => stop.abort(new Error('stop')), stop.signal);
  await assert.rejects(taken, (error: Error) => !(error instanceof StateInUse));
  const again = new AbortController();
  const waits = takeState(folder, running, () => again.abort(new Error('stop')), again.signal);
  await assert.rejects(waits, (error: Error) => !(error instanceof StateInUse));
});

test('clearing keeps the lock: it is still refused to others', async (t) => {
  const folder = await folderFor(t);
  const state = await takeState(folder, running, silent, never);
  await mkdir(join(folder, 'azurite', 'deep'), { recursive: true });
  await writeFile(join(folder, 'azurite', 'deep', 'blob'), 'x');
  await state.clear();
  assert.deepEqual(await readdir(folder), ['lock']);
  assert.match(await message(holder(t, folder)), /^syncboard runs already/);
  await state.release();
});
