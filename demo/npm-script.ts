/** The npm scripts that are made of commands of others: checks, tests, and the app under Core Tools. */

import { spawnSync } from 'node:child_process';
import { commandLine } from '../shared/command-line/command-line.ts';
import type { Operand } from '../shared/command-line/options.ts';
import { testFiles } from '../test/support/files-to-play.ts';
import { linter } from './fetched/linter.ts';

const runner = 'node --disable-warning=ExperimentalWarning --test --test-reporter=spec';
const build = 'npm run --silent build';
const schemas =
  'node --disable-warning=ExperimentalWarning cli/main.ts catalog schema catalog/schema --check';
const pageTypes = 'node --disable-warning=ExperimentalWarning demo/page-types.ts --check';
const start = 'node --disable-warning=ExperimentalWarning demo/build/check-start.ts';
const types = ['tsc', 'tsc -p page'];
const lint = [linter, 'check', '--error-on-warnings', '.'] as const;
const check = [...types, lint, schemas, pageTypes, build, start];

interface Script {
  /** What it does, in a sentence. */
  what: string;
  /** What it takes besides options; the last command gets it. */
  operands?: readonly Operand[];
  /** One after the other; the first that fails ends it. */
  commands: readonly Step[];
}

/** A line of the shell, or a command that is fetched where it is not there, with its arguments. */
type Step = string | readonly [command: () => string, ...args: string[]];

const packages = Object.fromEntries(
  ['tds-sqlite', 'flexibee-server', 'abra-gen-server', 'functions-host', 'stand-in-kit'].map(
    (name): [string, Script] => [
      `test:${name}`,
      { what: `Runs the tests of packages/${name}.`, commands: [`npm test -w packages/${name}`] },
    ],
  ),
);

const scripts: Readonly<Record<string, Script>> = {
  check: {
    what: 'Types, linter, walls between folders, schemas, build, and what a start of it reads.',
    commands: check,
  },
  format: {
    what: 'Formats, sorts imports, applies safe fixes.',
    operands: [
      { name: 'FILE', help: 'this one; all where none is named', isOptional: true, areMany: true },
    ],
    commands: [[linter, 'check', '--write', '--no-errors-on-unmatched']],
  },
  test: {
    what: 'Runs the checks and every test.',
    commands: [
      ...check,
      `${runner} --test-concurrency=4 --test-timeout=600000 ${testFiles().join(' ')}`,
    ],
  },
  ...packages,
  'test:sqlserver': {
    what: 'Runs the tests of the demo on a SQL Server, the one that SQLSERVER_URL names, too.',
    commands: [`${runner} --test-timeout=900000 "test/sqlserver/*.test.ts"`],
  },
  func: {
    what: 'Runs the app under the Functions host of Core Tools, which must be installed.',
    commands: [build, 'func start'],
  },
};

const [name = ''] = process.argv.splice(2, 1);
const script = scripts[name];
if (script === undefined) throw new RangeError(`no script ${name}`);
const typed = name === 'test' ? 'npm test --' : `npm run ${name} --`;
const { operands } = commandLine({
  name: typed,
  what: script.what,
  options: {},
  ...(script.operands && { operands: script.operands }),
});
if (name === 'func' && spawnSync('func', ['--version'], { shell: true }).status !== 0) {
  console.error(
    'Core Tools are not installed: npm install -g azure-functions-core-tools@4, or see https://learn.microsoft.com/azure/azure-functions/functions-run-local. npm start needs none.',
  );
  process.exit(1);
}
for (const step of script.commands) {
  const status = run(step);
  if (status !== 0) process.exit(status);
}

/** @returns the exit code */
function run(step: Step): number {
  if (typeof step === 'string') return exitCode(spawnSync(step, { shell: true, stdio: 'inherit' }));
  const [command, ...args] = step;
  try {
    const fetched = [command(), ...args, ...operands];
    return exitCode(spawnSync(process.execPath, fetched, { stdio: 'inherit' }));
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
}

function exitCode({ status }: { status: number | null }): number {
  return status ?? 1;
}
