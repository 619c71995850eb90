/** `npm run check:model`: the lock protocol, explored by spin (`locks.pml`, README.md). See `--help`. */

import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sideBySide } from '../../shared/async/side-by-side.ts';
import { commandLine } from '../../shared/command-line/command-line.ts';
import { type Case, cases, type Mode } from './cases.ts';

/** Compiler options and the verifier's: hash-compact, cycles (of whole states), bit-state. */
const modes: Record<Mode, { compile: string[]; run: string[] }> = {
  exhaustive: { compile: ['-DSAFETY', '-DHC4'], run: ['-w26'] },
  progress: { compile: ['-DNP'], run: ['-l', '-w25'] },
  bits: { compile: ['-DSAFETY', '-DBITSTATE'], run: ['-w33', '-k3'] },
};

interface Outcome {
  isComplete: boolean;
  /** What does not hold, as the verifier says it. */
  fault: string | undefined;
  line: string;
}

const execute = promisify(execFile);

/** Builds the verifier of one case in `folder` and runs it. @throws when spin or gcc refuses */
async function verify(
  folder: string,
  { model = 'locks.pml', defines, mode, seconds, seed = 0 }: Case,
): Promise<Outcome> {
  const { compile, run } = modes[mode];
  const cwd = { cwd: folder };
  await execute('spin', [...defines.map((define) => `-D${define}`), '-a', model], cwd);
  const options = ['-O1', '-DVECTORSZ=1024', '-DMEMLIM=6000', ...compile];
  await execute('gcc', [...options, '-o', 'pan', 'pan.c'], cwd);
  const startedAt = performance.now();
  // An interrupt makes it tell how far it has come; a time limit of execFile would not read that.
  const limited = ['-s', 'INT', String(seconds), './pan', '-m100000', `-h${seed}`, ...run];
  // It ends with another code than 0 where it was interrupted, too: what it tells counts.
  const { stdout } = await execute('timeout', limited, {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? String(error) }));
  const took = (performance.now() - startedAt) / 1_000;
  const states = Number(/([\d.e+]+) states, stored/.exec(stdout)?.[1] ?? Number.NaN);
  if (!Number.isFinite(states)) throw new Error(`pan told nothing: ${stdout.slice(-500)}`);
  const memory = /([\d.]+)\s+total actual memory/.exec(stdout)?.[1];
  const hash = /hash factor: ([\d.]+)/.exec(stdout)?.[1];
  const depth = /depth reached (\d+)/.exec(stdout)?.[1];
  return {
    isComplete: !/Search not completed|out of memory/.test(stdout),
    fault: /pan:\d+: (.*?)(?: \(at depth|$)/m.exec(stdout)?.[1],
    line: `${states.toLocaleString('en')} states, depth ${depth}, ${took.toFixed(0)} s, ${memory} MB${hash ? `, hash factor ${hash}` : ''}`,
  };
}

/** @returns whether the case came out as it should */
async function check(entry: Case): Promise<boolean> {
  const folder = mkdtempSync(path.join(tmpdir(), 'syncboard-model-'));
  cpSync(path.dirname(fileURLToPath(import.meta.url)), folder, { recursive: true });
  const { isComplete, fault, line } = await verify(folder, entry);
  const isExpected = entry.fails ? fault !== undefined : fault === undefined;
  const end = isComplete ? 'complete' : `not complete after ${entry.seconds} s`;
  const tells = fault === undefined ? `holds, ${end}` : `fails: ${fault}`;
  console.log(`${isExpected ? 'ok  ' : 'BAD '} ${entry.name}: ${tells} (${line})`);
  if (fault === undefined) rmSync(folder, { recursive: true });
  else {
    const defines = entry.defines.map((define) => `-D${define}`).join(' ');
    console.log(
      `       trail: cd ${folder} && spin ${defines} -t -p ${entry.model ?? 'locks.pml'}`,
    );
  }
  // Bit-state says what it covered; the others must have seen everything.
  return isExpected && (entry.fails || entry.mode === 'bits' || isComplete);
}

const { quick: isQuick } = commandLine({
  name: 'npm run check:model --',
  what: 'Explores the model of the lock protocol, test/model/locks.pml, with spin and gcc.',
  options: {
    quick: {
      type: 'flag',
      help: 'only what takes seconds: the mutations, and the runs without faults',
    },
  },
  more: `Exit codes: 0 the model holds and every mutation of it fails, or spin or gcc is missing;
1 otherwise.`,
});
const missing = ['spin', 'gcc'].find((tool) => spawnSync(tool, ['--version']).error !== undefined);
if (missing !== undefined) {
  console.log(`${missing} is missing: the model of the lock protocol is not checked`);
} else {
  const chosen = cases.filter(({ quick }) => !isQuick || quick);
  // The whole of it needs the memory of the machine for each case.
  const most = isQuick ? availableParallelism() : 1;
  const results = await sideBySide(chosen, most, check, new AbortController().signal);
  process.exitCode = results.every(Boolean) ? 0 : 1;
}
