/** The npm scripts that are made of commands of others: checks, tests, and the app under Core Tools. */

import { spawnSync } from 'node:child_process';
import { commandLine } from '../shared/command-line/command-line.ts';
import { testFiles } from '../test/support/files-to-play.ts';

const runner = 'node --disable-warning=ExperimentalWarning --test --test-reporter=spec';
const build = 'npm run --silent build';
const schemas =
  'node --disable-warning=ExperimentalWarning cli/main.ts catalog schema catalog/schema --check';
const pageTypes = 'node --disable-warning=ExperimentalWarning demo/page-types.ts --check';
const start = 'node --disable-warning=ExperimentalWarning demo/build/check-start.ts';
const types = ['tsc', 'tsc -p page'];
const check = [...types, 'biome check --error-on-warnings .', schemas, pageTypes, build, start];

interface Script {
  /** What it does, in a sentence. */
  what: string;
  /** One after the other; the first that fails ends it. */
  commands: readonly string[];
}

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
    commands: ['biome check --write .'],
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
commandLine({ name: typed, what: script.what, options: {} });
if (name === 'func' && spawnSync('func', ['--version'], { shell: true }).status !== 0) {
  console.error(
    'Core Tools are not installed: npm install -g azure-functions-core-tools@4, or see https://learn.microsoft.com/azure/azure-functions/functions-run-local. npm start needs none.',
  );
  process.exit(1);
}
for (const command of script.commands) {
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
