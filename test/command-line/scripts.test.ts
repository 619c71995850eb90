/** Every npm script of ours says what it takes, and does nothing else then. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };

const cwd = fileURLToPath(new URL('../..', import.meta.url));
const guard = '--import ./demo/node-version.mjs';
const scripts = Object.entries(manifest.scripts).flatMap(([name, command]) => {
  const [program, ...args] = command.split(' ');
  // Npm's own moment: it is what brings a Node that the others can run on.
  return name === 'postinstall' ? [] : { name, command, program, args };
});

async function run(args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, SQLSERVER_URL: '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const [out = '', err = ''] = await Promise.all(
    [child.stdout, child.stderr].map(async (stream) => {
      stream.setEncoding('utf8');
      return (await stream.toArray()).join('');
    }),
  );
  const [code] = await closed;
  return { code, out, err };
}

describe('npm scripts', { concurrency: 2 }, () => {
  test('are these', () => {
    const names = scripts.map(({ name }) => name).join(' ');
    assert.match(
      names,
      /^build start tick demo:sqlserver docs:settings demo:sql page:types check format check:infra check:packages check:model test /,
    );
    assert.match(names, / sql:install sql:run test:sqlserver bench:bodies .*bench:flexibee func$/);
  });

  test('func says where Core Tools are had from', async () => {
    const args = scripts.find(({ name }) => name === 'func')?.args ?? [];
    const { code, err } = await run(args, { PATH: dirname(process.execPath) });
    assert.equal(code, 1);
    assert.match(err, /^Core Tools are not installed: npm install -g azure-functions-core-tools@4/);
  });

  for (const { name, command, program, args } of scripts) {
    test(`${name} looks at the version of Node before it reads anything else`, () => {
      assert.equal(program, 'node');
      assert.ok(command.includes(guard), command);
    });

    test(`${name} --help`, async () => {
      const { code, out, err } = await run([...args, '--help']);
      assert.deepEqual([code, err], [0, '']);
      const typed = ['start', 'test'].includes(name) ? `npm ${name}` : `npm run ${name}`;
      assert.ok(out.startsWith(`Usage: ${typed} -- `), out);
      for (const line of out.split('\n')) assert.ok(line.length <= 100, line);
    });

    // Options are read by one module: of those that are alike one shows it.
    if (/^(bench|test):(?!bodies|unit)/.test(name)) continue;
    test(`${name} --hepl`, async () => {
      const { code, out, err } = await run([...args, '--hepl']);
      assert.equal(code, 2);
      assert.match(out + err, /^unknown option --hepl \(did you mean --help\?\)\nnpm /);
    });
  }
});
