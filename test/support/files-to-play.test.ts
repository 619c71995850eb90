import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { shareOfLong, testFiles } from './files-to-play.ts';
import { longFiles } from './long-files.ts';
import { oneOfEach } from './some-of.ts';

const isWhole = Boolean(process.env['EVERY_CASE']);

test('files that take long are there, each once', () => {
  assert.deepEqual(
    longFiles.filter((file) => !existsSync(file)),
    [],
  );
  assert.equal(new Set(longFiles).size, longFiles.length);
});

test('of five that take as long one is played, of the others all', () => {
  const files = testFiles();
  assert.equal(new Set(files).size, files.length);
  const long = files.filter((file) => longFiles.includes(file));
  assert.equal(long.length, isWhole ? longFiles.length : Math.ceil(longFiles.length / shareOfLong));
  assert.deepEqual(files.slice(0, long.length), long, 'they come first');
  assert.ok(files.includes('test/support/files-to-play.test.ts'));
});

test('in time all are played', () => {
  const played = new Set<string>();
  for (let count = 0; count < 200; count += 1) {
    for (const file of oneOfEach(longFiles, shareOfLong)) played.add(file);
  }
  assert.equal(played.size, longFiles.length);
});
