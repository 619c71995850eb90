/** The bin of the package as a process: what scripts and pipelines go by. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { it } from 'node:test';
import manifest from '../../package.json' with { type: 'json' };

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', manifest.bin.syncboard, ...args],
    { encoding: 'utf8', timeout: 60_000 },
  );
  return { status, stdout, stderr };
};

it('answers on standard output, complains on the other, and ends with its code', () => {
  const sound = run('catalog', 'check', '--json');
  assert.deepEqual([sound.status, JSON.parse(sound.stdout), sound.stderr], [0, { faults: [] }, '']);
  const { status, stdout, stderr } = run('catalog', 'diff');
  assert.deepEqual([status, stdout], [2, '']);
  const missing = 'OLD is missing: a catalogue, or a folder as of catalog check';
  assert.equal(stderr, `${missing}\nsyncboard catalog diff --help says what there is\n`);
});

it('an answer that is lost on a full disk is a failure, and is told', {
  skip: process.platform !== 'linux',
}, () => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', manifest.bin.syncboard, '--help'],
    { encoding: 'utf8', timeout: 60_000, stdio: ['ignore', full, 'pipe'] },
  );
  closeSync(full);
  assert.equal(status, 1);
  assert.match(stderr, /^the answer cannot be written: ENOSPC/);
});
