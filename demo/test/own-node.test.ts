/** Where Node is too old, `npm ci` brings one that is not: with an npm that fetches what it is given. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const bring = fileURLToPath(new URL('../fetched/own-node/bring.mjs', import.meta.url));
const run = promisify(execFile);
const { platform, arch, execPath } = process;

/** Runs `bringNode` with an npm of ours. @returns why not, and where the command leads then */
async function broughtBy(t: TestContext, npm: string) {
  const root = await mkdtemp(join(tmpdir(), 'own-node-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, 'own-node');
  const bin = join(root, 'node_modules', '.bin');
  await mkdir(folder);
  await writeFile(join(root, 'npm-cli.js'), `const { execPath, platform, arch } = process; ${npm}`);
  const code = `import { bringNode } from ${JSON.stringify(bring)};
    console.log(bringNode(${JSON.stringify({ folder, bin })}) ?? '');`;
  const environment = { ...process.env, npm_execpath: join(root, 'npm-cli.js') };
  const args = ['--input-type=module', '-e', code];
  const again = () => run(execPath, args, { env: environment, cwd: root });
  const { stdout } = await again();
  return { why: stdout.trim(), command: join(bin, 'node'), again };
}

const fetches = `
  const fs = require('node:fs');
  if (process.argv[2] !== 'ci' || !process.argv.includes('--ignore-scripts')) process.exit(9);
  const bin = 'node_modules/node-' + platform + '-' + arch + '/bin';
  fs.mkdirSync(bin, { recursive: true });
  fs.symlinkSync(execPath, bin + '/node');`;

const isUnix = platform === 'linux' || (platform === 'darwin' && arch === 'x64');
test('it is fetched, and is node of npm scripts; a second time nothing is', async (t) => {
  if (!isUnix) return t.skip('laid out otherwise there');
  const { why, command, again } = await broughtBy(t, fetches);
  assert.equal(why, '');
  assert.equal((await run(command, ['--version'])).stdout.trim(), process.version);
  assert.match(await readlink(command), /^\.\.\/\.\.\/own-node\/node_modules\//);
  // It would find its link there, and fail.
  assert.equal((await again()).stdout.trim(), '');
});

test('where no registry answers, or has none for this machine, that is told', async (t) => {
  const away = await broughtBy(t, 'process.exitCode = 1;');
  assert.equal(away.why, 'it could not be fetched');
  await assert.rejects(access(away.command));
  assert.equal((await broughtBy(t, '')).why, `there is none for ${platform} ${arch}`);
});

test('the Node that this runs on is new enough: nothing is fetched, and nothing said', async () => {
  const environment = { ...process.env, npm_execpath: '/nowhere/npm-cli.js' };
  assert.deepEqual(await run(execPath, [bring], { env: environment }), { stdout: '', stderr: '' });
});
