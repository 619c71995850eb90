/** `npm run sql:run`: somebody's own T-SQL in a database of the catalogue. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startSqlServer } from 'tds-sqlite';
import { command } from '../../sql/command.ts';
import { runCommand } from '../../sql/run-command.ts';
import { freePorts } from '../support/free-ports.ts';
import { soon } from '../support/storage.ts';

let server: Awaited<ReturnType<typeof startSqlServer>>;
let folder: string;
let address: string;

before(async () => {
  server = await startSqlServer({ databases: [{ name: 'AB' }], logins: { app: 'secret' } });
  folder = await mkdtemp(join(tmpdir(), 'sql-run-'));
  address = `Server=127.0.0.1,${server.port};Database=AB;User Id=app;Password=secret;Encrypt=false`;
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function told(args: readonly string[], settings: Record<string, string> = {}) {
  const lines: string[] = [];
  const code = await runCommand(args, settings, (line) => lines.push(line), soon());
  return { code, text: lines.join('\n') };
}

describe('sql:run', () => {
  it('runs batch after batch, and shows the rows', async () => {
    const file = join(folder, 'sale.sql');
    await writeFile(
      file,
      `CREATE TABLE dbo.sale (id int PRIMARY KEY, amount decimal(9, 2), note nvarchar(20));
GO
CREATE PROCEDURE dbo.add_sale @id int AS INSERT INTO dbo.sale VALUES (@id, 1.5, NULL);
GO
EXEC dbo.add_sale 1; EXEC dbo.add_sale 2;
SELECT id, amount, note FROM dbo.sale ORDER BY id;
`,
    );
    assert.deepEqual(await told(['--database', 'ab', file], { SQL_AB: address }), {
      code: 0,
      text: 'id\tamount\tnote\n1\t1.50\tNULL\n2\t1.50\tNULL\ndone: 3 batches in ab',
    });
    const counted = await told(['--database', 'ab', '--url', address, '--query', 'SELECT 2 AS n']);
    assert.deepEqual(counted, { code: 0, text: 'n\n2\ndone: 1 batch in ab' });
    const anywhere = await told(['--url', address, '--query', 'SELECT 2 AS n']);
    assert.deepEqual(anywhere, { code: 0, text: 'n\n2\ndone: 1 batch' });
  });

  it('names file and line of what the server refuses, and nothing of the address', async () => {
    const file = join(folder, 'wrong.sql');
    await writeFile(file, 'SELECT 1 AS a;\nGO\n\nSELECT *\nFROM dbo.nothing;\n');
    await assert.rejects(told(['--database', 'ab', file], { SQL_AB: address }), (error: Error) => {
      assert.match(error.message, /wrong\.sql, line [45]: Invalid object name 'dbo\.nothing'/);
      return !error.message.includes('secret');
    });
  });

  it('names the setting and what to check where nobody lets it in, as sql:install does', async () => {
    const [port = 0] = await freePorts(1);
    const away = address.replace(String(server.port), String(port));
    const stranger = address.replace('secret', 'hush');
    const cases: [settings: Record<string, string>, url: string[], said: RegExp][] = [
      [
        { SQL_AB: away },
        [],
        new RegExp(
          `^ab at 127\\.0\\.0\\.1:${port}, as SQL_AB says, cannot be opened: .*ECONNREFUSED.*\\n  check Server in SQL_AB, that`,
        ),
      ],
      [
        { SQL_AB: stranger },
        [],
        /^ab at .*, as SQL_AB says, cannot be opened: Login failed.*\n {2}check User Id, Password and Database in SQL_AB/,
      ],
      [
        {},
        ['--url', stranger],
        /, as --url says, cannot be opened: Login failed.*\n {2}check User Id, Password and Database in --url/,
      ],
    ];
    for (const [settings, url, said] of cases) {
      const check = (error: Error) => {
        assert.match(error.message, said);
        assert.doesNotMatch(error.message, /hush|secret/);
        return true;
      };
      const args = ['--database', 'ab', ...url];
      await assert.rejects(told([...args, '--query', 'SELECT 1 AS n'], settings), check);
      await assert.rejects(
        command(args, settings, () => {}, soon()),
        check,
      );
    }
    await assert.rejects(told(['--url', stranger, '--query', 'SELECT 1 AS n']), {
      message: /^the database at 127\.0\.0\.1:/,
    });
  });

  it('says what was run before what is refused', async () => {
    const file = join(folder, 'half.sql');
    const failing = 'GO\nSELECT * FROM dbo.nothing;\n';
    for (const [made, said] of [
      ['', /^(?!.*\n)/],
      [
        'SELECT 1 AS a;\n',
        /\nThe batch before line 3 was run: mend this one, and run the file from there\.$/,
      ],
      ['SELECT 1 AS a;\nGO\nSELECT 2 AS a;\n', /\nThe 2 batches before line 5 were run: /],
    ] as const) {
      await writeFile(file, made + failing);
      await assert.rejects(told(['--database', 'ab', file], { SQL_AB: address }), {
        message: said,
      });
    }
  });

  it('says what it was not given', async () => {
    const cases: [args: string[], text: RegExp][] = [
      [['--database', 'ab'], /^give FILE or --query\n/],
      [['--database', 'ab', '--query', 'x', 'y.sql'], /^give FILE or --query\n/],
      [['--query', 'SELECT 1'], /^--database must be one of hcs, stek/],
      [['--database', 'abb', '--query', 'SELECT 1'], /did you mean ab\?/],
      [['--database', 'ab', '--query', 'SELECT 1'], /^SQL_AB is not set: set it, or use --url\n/],
    ];
    for (const [args, text] of cases) {
      const { code, text: found } = await told(args);
      assert.equal(code, 2, found);
      assert.match(found, text);
    }
  });
});
