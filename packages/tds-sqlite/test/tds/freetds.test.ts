/** The same server through FreeTDS, an implementation that shares nothing with tedious. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { noFreeTds } from '../freetds.ts';
import { startEcho } from './echo-backend.ts';

const echo = await startEcho();
const folder = await mkdtemp(join(tmpdir(), 'freetds-'));
const configuration = join(folder, 'freetds.conf');
before(() =>
  writeFile(
    configuration,
    ['off', 'require']
      .map((encryption) =>
        [
          `[${encryption}]`,
          'host = 127.0.0.1',
          `port = ${echo.tds.port}`,
          'tds version = 7.4',
          'client charset = UTF-8',
          `encryption = ${encryption}`,
        ].join('\n'),
      )
      .join('\n'),
  ),
);
after(async () => {
  await echo.tds.close();
  await rm(folder, { recursive: true });
});

/** What `tool` prints, rows to stdout and messages to stderr, for batches each sent on its own. */
function run(
  tool: 'tsql' | 'bsqldb',
  batches: string[],
  options: { encryption?: string; password?: string; database?: string; quiet?: boolean } = {},
): Promise<{ stdout: string; stderr: string }> {
  const { encryption = 'off', password = 'Пароль1', database = 'HCS' } = options;
  const args = ['-S', encryption, '-U', 'sa', '-P', password, '-D', database];
  const quiet =
    tool === 'tsql'
      ? ['-o', options.quiet === false ? 'fh' : 'fhq', '-t', '|']
      : ['-q', '-h', '-t', '|'];
  return new Promise((resolve) => {
    const child = execFile(
      tool,
      [...args, ...quiet],
      {
        timeout: 20_000,
        env: { ...process.env, FREETDSCONF: configuration, LC_ALL: 'C.UTF-8' },
      },
      (_error, stdout, stderr) => resolve({ stdout, stderr }),
    );
    child.stdin?.end(
      `${batches.map((batch) => `${batch}\ngo\n`).join('')}${tool === 'tsql' ? 'exit\n' : ''}`,
    );
  });
}

const select = (columns: [string, string | number | null][]): string =>
  `select ${JSON.stringify(columns.map(([type, value], index) => [`c${index}`, type, value]))}`;

test('tsql reads every type as it is, exact to the last digit', { skip: noFreeTds }, async () => {
  const cases: [string, string | number | null, string][] = [
    ['bit', 1, '1'],
    ['tinyint', 255, '255'],
    ['smallint', -32768, '-32768'],
    ['int', -2147483648, '-2147483648'],
    ['bigint', '9223372036854775807', '9223372036854775807'],
    ['bigint', '-9223372036854775808', '-9223372036854775808'],
    [
      'decimal(38, 10)',
      '-1234567890123456789012345678.0123456789',
      '-1234567890123456789012345678.0123456789',
    ],
    [
      'decimal(38, 0)',
      '99999999999999999999999999999999999999',
      '99999999999999999999999999999999999999',
    ],
    ['numeric(5, 2)', '0.01', '0.01'],
    ['money', '922337203685477.58', '922337203685477.5800'],
    ['smallmoney', '-1.50', '-1.5000'],
    ['float', 0.5, '0.5'],
    ['real', 0.25, '0.25'],
    ['nvarchar(50)', 'Съешь ещё Žluťoučký 😀', 'Съешь ещё Žluťoučký 😀'],
    ['varchar(80)', 'Съешь ещё Žluťoučký 😀', 'Съешь ещё Žluťoučký 😀'],
    ['nvarchar(max)', 'жž', 'жž'],
    ['varchar(max)', 'жž', 'жž'],
    ['char(4)', 'ž', 'ž  '],
    ['nchar(4)', 'ž', 'ž   '],
    [
      'uniqueidentifier',
      '6F9619FF-8B86-D011-B42D-00C04FC964FF',
      '6F9619FF-8B86-D011-B42D-00C04FC964FF',
    ],
    ['int', null, 'NULL'],
    ['nvarchar(max)', null, 'NULL'],
    ['datetime', null, 'NULL'],
  ];
  const { stdout, stderr } = await run('tsql', [
    select(cases.map(([type, value]) => [type, value])),
  ]);
  const [row = ''] = stdout.split('\n').filter((line) => line.includes('|'));
  assert.deepEqual(
    row.split('|'),
    cases.map(([, , shown]) => shown),
    stderr,
  );
});

test('tsql reads dates and times', { skip: noFreeTds }, async () => {
  const { stdout } = await run('tsql', [
    select([
      ['date', '2020-02-29'],
      ['time(0)', '12:34:56'],
      ['datetime', '2019-07-01T12:34:56.997'],
      ['smalldatetime', '2019-07-01T12:34:00'],
      ['datetime2(3)', '2019-07-01T12:34:56.789'],
      ['datetimeoffset(0)', '2019-07-01T12:34:56+02:00'],
    ]),
  ]);
  const moment = 'Jul  1 2019 12:34PM';
  assert.deepEqual(stdout.trim().split('|'), [
    'Feb 29 2020 12:00AM',
    'Jan  1 1900 12:34PM',
    ...[moment, moment, moment, moment],
  ]);
});

test('tsql shows errors, messages and the return status', { skip: noFreeTds }, async () => {
  const { stdout, stderr } = await run('tsql', ['counts 3', 'wait 1', 'exec'], { quiet: false });
  assert.match(
    stderr,
    /Msg 547 \(severity 16, state 3\) from echo, Procedure dbo\.sp_x Line 7:\s+"conflict"/,
  );
  assert.match(stderr, /waiting/);
  assert.match(stdout, /return status = 42/);
});

test('tsql works encrypted', { skip: noFreeTds }, async () => {
  const text = 'ж'.repeat(3000);
  const { stdout, stderr } = await run(
    'tsql',
    [
      select([
        ['nvarchar(4000)', text],
        ['int', 1],
      ]),
    ],
    { encryption: 'require' },
  );
  assert.ok(stdout.includes(`${text}|1`), stderr);
});

test('tsql is refused with a wrong password and an unknown database', {
  skip: noFreeTds,
}, async () => {
  const wrong = await run('tsql', [], { password: 'wrong' });
  assert.match(wrong.stderr + wrong.stdout, /Msg 18456 \(severity 14, state 1\)/);
  const unknown = await run('tsql', [], { database: 'nowhere' });
  assert.match(unknown.stderr + unknown.stdout, /Msg 4060 \(severity 11, state 1\)/);
});

test('bsqldb reads rows of a stored procedure run as a batch', { skip: noFreeTds }, async () => {
  const batch = select([
    ['int', 1],
    ['nvarchar(20)', 'жž'],
    ['decimal(12, 2)', '12.50'],
    ['datetime', '2019-07-01T12:34:56'],
  ]);
  const { stdout, stderr } = await run('bsqldb', [batch]);
  assert.match(stdout, /1\|жž\|12\.50\|/, stderr);
});
