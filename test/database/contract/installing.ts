/** `npm run sql:install` against the server: once, in order, and never changed. */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Session } from '../../../shared/database/session.ts';
import { command } from '../../../sql/command.ts';
import { ChangedScriptError, install } from '../../../sql/installer.ts';
import { printedScript } from '../../../sql/print-script.ts';
import { batchesOf } from '../../../sql/script-batches.ts';
import { readScripts } from '../../../sql/scripts.ts';
import { soon } from '../../support/storage.ts';
import type { Target } from './target.ts';

const own = new URL('../../../sql/install/', import.meta.url);

export function installing(target: Target): void {
  /** A folder with the product's first script and others. */
  async function folderWith(t: TestContext, files: Record<string, string>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'scripts-'));
    t.after(() => rm(folder, { recursive: true }));
    const first = '001-applied-scripts.sql';
    const text = await readFile(new URL(first, own), 'utf8');
    for (const [name, content] of Object.entries({ [first]: text, ...files })) {
      await writeFile(join(folder, name), content);
    }
    return folder;
  }

  async function clean(opened: Awaited<ReturnType<Target['open']>>) {
    const session = await opened.session();
    await session.batch(
      `IF OBJECT_ID(N'syncboard.applied_script') IS NOT NULL DROP TABLE syncboard.applied_script;
DROP TABLE IF EXISTS contract.installed;`,
      soon(),
    );
    return session;
  }

  describe('installing', { concurrency: 1 }, () => {
    it('applies what is missing, in order, once', async (t) => {
      const opened = await target.open(t);
      const session = await clean(opened);
      const table = 'CREATE TABLE contract.installed (id int NOT NULL PRIMARY KEY);\nGO\n';
      const row =
        'INSERT INTO contract.installed (id) VALUES (1);\nGO\nINSERT INTO contract.installed (id) VALUES (2);';
      const folder = await folderWith(t, { '002-table.sql': table, '003-rows.sql': row });
      const names = ['001-applied-scripts', '002-table', '003-rows'];
      const told: string[] = [];
      assert.deepEqual(
        await install(session, await readScripts(folder), (name) => told.push(name), soon()),
        names,
      );
      assert.deepEqual(told, names);
      assert.deepEqual(await install(session, await readScripts(folder), () => {}, soon()), []);

      await writeFile(
        join(folder, '004-more.sql'),
        'INSERT INTO contract.installed (id) VALUES (3);',
      );
      // The same script from a checkout with other ends of lines.
      await writeFile(join(folder, '002-table.sql'), table.replaceAll('\n', '\r\n'));
      assert.deepEqual(await install(session, await readScripts(folder), () => {}, soon()), [
        '004-more',
      ]);
      const rows = await session.query('SELECT id FROM contract.installed ORDER BY id', [], soon());
      assert.deepEqual(rows, [{ id: 1 }, { id: 2 }, { id: 3 }]);
    });

    it('refuses a script that has changed or is gone, and does nothing then', async (t) => {
      const opened = await target.open(t);
      const session = await clean(opened);
      const folder = await folderWith(t, {
        '002-nothing.sql': 'SELECT 1;',
        '003-gone.sql': 'SELECT 1;',
      });
      await install(session, await readScripts(folder), () => {}, soon());
      await writeFile(join(folder, '002-nothing.sql'), 'SELECT 2;');
      await rm(join(folder, '003-gone.sql'));
      await writeFile(join(folder, '004-table.sql'), 'CREATE TABLE contract.installed (id int);');
      const error = await install(session, await readScripts(folder), () => {}, soon()).then(
        () => assert.fail('installed'),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof ChangedScriptError);
      assert.match(
        error.message,
        /002-nothing has changed[\s\S]*003-gone was applied and is not here/,
      );
      const rows = await session.query("SELECT OBJECT_ID(N'contract.installed') AS id", [], soon());
      assert.deepEqual(rows, [{ id: null }]);
    });

    it('a script that fails leaves nothing of itself and keeps those before it', async (t) => {
      const opened = await target.open(t);
      const session = await clean(opened);
      const folder = await folderWith(t, {
        '002-table.sql': 'CREATE TABLE contract.installed (id int NOT NULL PRIMARY KEY);',
        '003-fails.sql':
          'INSERT INTO contract.installed (id) VALUES (1);\nGO\n\nSELECT 1 / (1 - 1);',
      });
      await assert.rejects(
        install(session, await readScripts(folder), () => {}, soon()),
        {
          message: /^003-fails\.sql, line 4: .*[Dd]ivi/,
        },
      );
      const again = await opened.session();
      assert.deepEqual(await again.query('SELECT id FROM contract.installed', [], soon()), []);
      const rows = await again.query(
        'SELECT name FROM syncboard.applied_script ORDER BY name',
        [],
        soon(),
      );
      assert.deepEqual(rows, [{ name: '001-applied-scripts' }, { name: '002-table' }]);
    });

    /** As sqlcmd without -b: every batch, whatever the one before it said. Gives the errors. */
    async function byHand(session: Session, printed: string): Promise<string[]> {
      const errors: string[] = [];
      for (const { text, times } of batchesOf(printed)) {
        for (let time = 0; time < times; time++) {
          await session.batch(text, soon()).catch((error: Error) => errors.push(error.message));
        }
      }
      return errors;
    }

    it('what is printed and applied by hand is recorded, and keeps its procedures', async (t) => {
      const opened = await target.open(t);
      const session = await clean(opened);
      const scripts = await readScripts(fileURLToPath(own));
      const idsOf = () =>
        session.query(
          `SELECT OBJECT_ID(N'crude.sp_apply_flexibee_changes') AS f,
OBJECT_ID(N'crude.sp_apply_dynsql_rows') AS d`,
          [],
          soon(),
        );
      assert.deepEqual(await byHand(session, scripts.map(printedScript).join('\n')), []);
      const recorded = await session.query(
        'SELECT name, sha256 FROM syncboard.applied_script ORDER BY name',
        [],
        soon(),
      );
      assert.deepEqual(
        recorded,
        scripts.map(({ name, sha256 }) => ({ name, sha256 })),
      );
      const ids = await idsOf();
      assert.ok(ids[0]?.['f'] && ids[0]['d']);
      assert.deepEqual(await install(session, scripts, () => {}, soon()), []);
      // Without the record everything is applied again, and what has the grants is the same object.
      await session.batch('DELETE FROM syncboard.applied_script', soon());
      assert.equal((await install(session, scripts, () => {}, soon())).length, scripts.length);
      assert.deepEqual(await idsOf(), ids);
      // Nor is anything told twice by hand.
      assert.deepEqual(await byHand(session, scripts.map(printedScript).join('\n')), []);
    });

    it('what fails by hand leaves nothing, no record either', async (t) => {
      const opened = await target.open(t);
      const session = await clean(opened);
      const folder = await folderWith(t, {
        '002-fails.sql':
          'CREATE TABLE contract.installed (id int NOT NULL PRIMARY KEY);\nGO\nSELECT 1 / (1 - 1);\nGO\n',
        '003-wrong.sql': 'SELECT 1;\nGO\nSELECT FROM WHERE;\nGO\n',
      });
      const scripts = await readScripts(folder);
      const errors = await byHand(session, scripts.map(printedScript).join('\n'));
      assert.equal(errors.length, 4);
      assert.match(errors[1] ?? '', /^002-fails is not applied: see the errors above/);
      assert.match(errors[3] ?? '', /^003-wrong is not applied/);
      const rows = await session.query(
        "SELECT name, OBJECT_ID(N'contract.installed') AS id FROM syncboard.applied_script",
        [],
        soon(),
      );
      assert.deepEqual(rows, [{ name: '001-applied-scripts', id: null }]);
    });

    it('two at once take turns', async (t) => {
      const opened = await target.open(t);
      await clean(opened);
      const folder = await folderWith(t, {
        '002-table.sql': 'CREATE TABLE contract.installed (id int NOT NULL PRIMARY KEY);',
      });
      const scripts = await readScripts(folder);
      const applied = await Promise.all(
        [1, 2, 3].map(async () => install(await opened.session(), scripts, () => {}, soon())),
      );
      assert.deepEqual(applied.map(({ length }) => length).sort(), [0, 0, 2]);
    });

    it('the command installs the product in the aggregate base, prints, and grants', async (t) => {
      const opened = await target.open(t);
      await clean(opened);
      const run = async (args: string[], environment = {}) => {
        const lines: string[] = [];
        const code = await command(
          ['--database', 'ab', ...args],
          environment,
          (line) => lines.push(line),
          soon(),
        );
        return { code, lines };
      };
      const SQL_AB = target.url();
      const printed = await run(['--print', '--url', SQL_AB]);
      assert.match(
        printed.lines.join('\n'),
        /^(?:-- note: .*\n)?USE \[\w+\];\nGO\n-- 001-applied-scripts[\s\S]*CREATE ROLE syncboard_runner/,
      );
      assert.deepEqual(await run([], { SQL_AB }), {
        code: 0,
        lines: [
          ...(await readScripts(fileURLToPath(own))).map(({ name }) => `applied ${name}`),
          'done',
        ],
      });
      assert.deepEqual(await run([], { SQL_AB }), {
        code: 0,
        lines: ['nothing to do: all scripts are applied'],
      });
      const granted = await run(['--grants'], { SQL_AB });
      assert.match(granted.lines.at(-1) ?? '', /^granted \d+ of \d+ rights$/);
      assert.deepEqual(await run([]), {
        code: 2,
        lines: ['SQL_AB is not set: give it in the environment, or use --url'],
      });
    });
  });
}
