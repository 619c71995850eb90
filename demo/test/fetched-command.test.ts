/** What is fetched when it is asked for: once, again when another version is locked, or with a reason. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';

const module = new URL('../fetched/fetched-command.ts', import.meta.url);
const run = promisify(execFile);

const locked = (integrity: string) => ({
  packages: {
    '': { devDependencies: { tool: '1' } },
    'node_modules/tool': { integrity },
    'node_modules/tool-for-others': { integrity, optional: true },
  },
});

/** An npm that counts how often it is asked, and brings what the lock has for this machine. */
const brings = (tool: string) => `
  const fs = require('node:fs');
  if (process.argv[2] !== 'ci' || !process.argv.includes('--ignore-scripts')) process.exit(9);
  fs.appendFileSync('asked', 'x');
  fs.rmSync('node_modules', { recursive: true, force: true });
  fs.mkdirSync('node_modules/tool', { recursive: true });
  fs.writeFileSync('node_modules/tool/cli.js', ${JSON.stringify(tool)});
  const { packages } = JSON.parse(fs.readFileSync('package-lock.json'));
  const { '': own, 'node_modules/tool-for-others': others, ...there } = packages;
  fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: there }));`;

/** A folder with a lock, and an npm of ours. */
async function world(t: TestContext, npm: string) {
  const folder = await mkdtemp(join(tmpdir(), 'fetched-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const lock = (integrity: string) =>
    writeFile(join(folder, 'package-lock.json'), JSON.stringify(locked(integrity)));
  await writeFile(join(folder, 'npm-cli.js'), npm);
  await lock('sha512-one');
  const command = JSON.stringify({ folder, name: 'Tool', path: 'tool/cli.js' });
  const code = `import { fetchedCommand } from ${JSON.stringify(module)};
    try { console.log(fetchedCommand(${command})); } catch (error) { console.log(error.message); }`;
  const env = { ...process.env, npm_execpath: join(folder, 'npm-cli.js') };
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code];
  return {
    folder,
    lock,
    asked: async () => (await readFile(join(folder, 'asked'), 'utf8')).length,
    async fetch() {
      const { stdout, stderr } = await run(process.execPath, args, { env });
      return { answer: stdout.trim(), told: stderr.trim() };
    },
  };
}

test('it is fetched the first time, which is said, and again when another is locked', async (t) => {
  const { folder, lock, asked, fetch } = await world(t, brings(''));
  const answer = join(folder, 'node_modules/tool/cli.js');
  const told = 'Fetching Tool, once: npm ci does not bring it.';
  assert.deepEqual(await fetch(), { answer, told });
  assert.deepEqual(await fetch(), { answer, told: '' });
  assert.equal(await asked(), 1);
  await lock('sha512-two');
  assert.deepEqual(await fetch(), { answer, told });
  // Npm was ended before it was through.
  await rm(join(folder, 'node_modules/.package-lock.json'));
  assert.deepEqual(await fetch(), { answer, told });
  assert.equal(await asked(), 3);
});

const faults: [string, string, RegExp][] = [
  [
    'no registry answers',
    'console.error("npm error network"); process.exitCode = 1;',
    /^Tool is not here, and could not be fetched\. Is the registry of npm in reach\?$/,
  ],
  [
    'there is none for this machine',
    brings('process.exitCode = 1;'),
    /^Tool does not run on \w+ \w+, and could not be fetched\./,
  ],
];
for (const [why, npm, message] of faults) {
  test(`where ${why}, that is told, and it is tried anew the next time`, async (t) => {
    const { folder, fetch } = await world(t, npm);
    for (const _ of ['once', 'again']) {
      const { answer, told } = await fetch();
      assert.match(answer, message);
      assert.match(told, /^Fetching Tool/);
      await assert.rejects(access(join(folder, 'node_modules')));
    }
  });
}

test('what is left out may be loaded and made a class of; whoever uses it is told', () => {
  const leftOut = createRequire(import.meta.url)('../left-out/index.cjs');
  class Made extends leftOut.Model {}
  const { part } = leftOut.some;
  const uses = [
    () => leftOut(),
    () => new leftOut.Client(),
    () => leftOut.format.combine(1),
    () => part(),
    () => new Made(),
  ];
  for (const use of uses) assert.throws(use, /left out here: package\.json, "overrides"/);
});
