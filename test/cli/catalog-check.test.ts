/** `syncboard catalog check`: every fault of every file, at its line and column. */

import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { faultAt, faultParts, type Path, pathText } from '../../shared/faults/catalog-error.ts';
import { placesIn } from '../../shared/faults/places.ts';
import { cli } from './run-cli.ts';

/** A copy of the shipped files. */
async function copy(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'catalog-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp('catalog', join(folder, 'catalog'), { recursive: true });
  return folder;
}

async function replace(file: string, from: string, to: string): Promise<string> {
  const text = await readFile(file, 'utf8');
  assert.ok(text.includes(from), from);
  await writeFile(file, text.replace(from, to));
  const before = text.slice(0, text.indexOf(from)).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

describe('catalog check', () => {
  it('finds no fault in what is shipped', async () => {
    const { code, out, err } = await cli(['catalog', 'check']);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^\d\d files, no faults, no warnings$/);
  });

  it('tells all faults of all files at once, each at its place', async (t) => {
    const folder = await copy(t);
    const at = (name: string) => join(folder, 'catalog', name);
    const server = await replace(at('catalog.json'), '"server": "dcdb"', '"server": "DCDB"');
    const dated = await replace(at('catalog.json'), '"dated": true', '"dateed": true');
    const alias = await replace(at('dynsql/payments.json'), '"fieldname"', '"feldname"');
    const format = await replace(
      at('reports/account-cards.json'),
      '"language": "',
      '"language": "x',
    );
    await writeFile(at('dynsql/countries.json'), '{\n  "id": 1,\n}');
    await mkdir(at('queries'));
    await writeFile(at('queries/mine.json'), '{"select": }');
    const { code, out, err } = await cli(['catalog', 'check', 'catalog'], {}, folder);
    assert.deepEqual([code, err], [1, '']);
    const lines = out.split('\n');
    const told = (start: string) => lines.find((line) => line.startsWith(start)) ?? out;
    assert.match(
      told(`catalog/catalog.json:${server}: databases[0].server: `),
      /did you mean dcdb\?/,
    );
    assert.match(
      told(`catalog/catalog.json:${dated}: entities[`),
      /not a key of an entity.*dated\?/,
    );
    assert.match(
      told(`catalog/reports/account-cards.json:${format}: language: `),
      /"x\w\w" is not/,
    );
    assert.match(told('catalog/dynsql/countries.json:3:1: '), /"}" where a key in double quotes/);
    assert.match(told('catalog/queries/mine.json:1:12: '), /"}" where a value/);
    const [line = ''] = alias.split(':');
    const object = Number(line);
    assert.ok(
      lines.some((one) => {
        const [, row] = /^catalog\/dynsql\/payments\.json:(\d+):/.exec(one) ?? [];
        return row !== undefined && Math.abs(Number(row) - object) <= 3;
      }),
      out,
    );
    assert.match(lines.at(-1) ?? '', /^\d+ files, \d+ faults, no warnings$/);
  });

  it('warns of a condition whose template is nowhere, but for those that ABRA Gen keeps', async (t) => {
    const folder = await copy(t);
    const file = join(folder, 'catalog/dynsql/countries.json');
    const definition = JSON.parse(await readFile(file, 'utf8'));
    const [first, second, third] = definition.conditions;
    const all = { ...definition.templates, NAME: definition.templates[third.template] };
    first.template = 'NAEM';
    second.template = '0000000000000000000000ABRA';
    third.template = 'NAME';
    const used = definition.conditions.map(({ template }: { template: string }) => template);
    const templates = Object.fromEntries(Object.entries(all).filter(([id]) => used.includes(id)));
    const text = JSON.stringify({ ...definition, templates }, null, 2);
    await writeFile(file, text);
    const { code, out } = await cli(['catalog', 'check', 'catalog'], {}, folder);
    const line = text.slice(0, text.indexOf('"NAEM"')).split('\n').length;
    assert.equal(code, 0, out);
    const told = `catalog/dynsql/countries.json:${line}:`;
    assert.ok(out.includes(told), out);
    assert.match(
      out,
      /conditions\[0\]\.template: "NAEM" is not in templates; .*\(did you mean NAME\?\)/,
    );
    assert.match(out, /, no faults, 1 warning$/);
  });

  it('tells where a file is not UTF-8, whichever it is, and reads none of it', async (t) => {
    const folder = await copy(t);
    const names = ['catalog', 'dynsql/payments', 'reports/account-cards', 'boards/nightly'];
    const paths = names.map((name) => `catalog/${name}.json`);
    for (const path of paths) {
      const bytes = await readFile(join(folder, path));
      // The second letter of a text on the second line, as a Windows-1250 editor saves it.
      const at = bytes.indexOf('"', bytes.indexOf('\n')) + 2;
      bytes[at] = 0xe9;
      await writeFile(join(folder, path), bytes);
    }
    const { code, out } = await cli(['catalog', 'check', 'catalog'], {}, folder);
    assert.equal(code, 1);
    for (const path of paths) {
      const fault = new RegExp(
        `^${path}:2:5: byte 0xe9 at offset \\d+ is not UTF-8; save the file`,
        'm',
      );
      assert.match(out, fault);
    }
    assert.match(out, / 4 faults, /);
    await writeFile(join(folder, 'catalog/catalog.json'), Buffer.from('\ufeff{}', 'utf16le'));
    const wide = await cli(['catalog', 'check', 'catalog'], {}, folder);
    assert.match(wide.out, /^catalog\/catalog\.json:1:1: this is UTF-16; save the file as UTF-8$/m);
    for (const args of [
      ['board', 'validate', 'bad.py'],
      ['board', 'import', 'x', 'bad.py'],
      ['plan', '--settings', 'bad.py'],
      ['run', '--calls', 'bad.py'],
      ['query', 'ab', 'x', '--body', 'bad.py'],
      ['boards', '--token-file', 'bad.py'],
    ]) {
      await writeFile(join(folder, 'bad.py'), Buffer.from('# one\n# Kl\xed\xe8e', 'latin1'));
      const environment = { SYNCBOARD_URL: 'http://127.0.0.1:9' };
      const told = await cli(args, environment, folder);
      const isAsked = args[0] === 'query';
      const text = isAsked
        ? /does not answer/
        : /^cannot read bad\.py: line 2, column 5: byte 0xed at offset 10 is not UTF-8/;
      assert.match(told.err, text, args.join(' '));
      assert.equal(told.code, isAsked ? 4 : 2);
    }
  });

  it('tells of a setting that is not set once, wherever it stands', async (t) => {
    const folder = await copy(t);
    const file = join(folder, 'catalog/catalog.json');
    await replace(file, '"connection": "SQL_HCS"', `"connection": "$${'{WHICH}'}"`);
    await replace(file, '"timeZone": "Asia/Vladivostok"', `"timeZone": "$${'{WHERE}'}"`);
    const { code, out } = await cli(['catalog', 'check', 'catalog'], {}, folder);
    assert.equal(code, 1);
    assert.deepEqual(out.match(/the setting \w+ is not set/g)?.sort(), [
      'the setting WHERE is not set',
      'the setting WHICH is not set',
    ]);
    assert.match(out, / 2 faults, /);
  });

  it('tells what calls of a board the catalogue does not have, and slips in its file', async (t) => {
    const folder = await copy(t);
    const at = (name: string) => join(folder, 'catalog/boards', name);
    const name = await replace(at('nightly.json'), '"name": "meter"', '"name": "metre"');
    const key = await replace(at('month-end.json'), '"description"', '"descripton"');
    await writeFile(at('Old Ones.json'), '{ "calls": [{ "code": "stek", "run": 1 }] }');
    const { code, out } = await cli(['catalog', 'check', 'catalog'], {}, folder);
    assert.equal(code, 1);
    const lines = out.split('\n');
    const told = (start: string) => lines.find((line) => line.startsWith(start)) ?? out;
    assert.match(
      told(`catalog/boards/nightly.json:${name}: calls[`),
      /\.name: must be an entity of .*\(did you mean meter\?\); use one of /,
    );
    assert.match(
      told(`catalog/boards/month-end.json:${key}: descripton: not a key of a board`),
      /\(did you mean description\?\)/,
    );
    assert.match(
      told('catalog/boards/Old Ones.json: "Old Ones" is no name of a board'),
      /lower-case/,
    );
    assert.match(
      told('catalog/boards/Old Ones.json:1:31: calls[0].run: must be true or false'),
      /$/,
    );
  });

  it('says the same as JSON', async (t) => {
    const folder = await copy(t);
    await replace(join(folder, 'catalog/catalog.json'), '"server": "dcdb"', '"server": "DCDB"');
    const { code, out } = await cli(['catalog', 'check', 'catalog', '--json'], {}, folder);
    const { faults } = JSON.parse(out);
    assert.equal(code, 1);
    const { line, column, text, ...fault } = faults[0];
    assert.deepEqual(fault, {
      severity: 'fault',
      file: 'catalog/catalog.json',
      path: 'databases[0].server',
    });
    assert.ok(line > 1 && column > 1);
    assert.match(text, /^"DCDB" is not a server; use one of dcdb, /);
  });

  it('takes the file of the setting CATALOG, and of the settings file', async (t) => {
    const folder = await copy(t);
    await replace(join(folder, 'catalog/catalog.json'), '"hcs"', '"hcz"');
    await writeFile(
      join(folder, 'local.settings.json'),
      JSON.stringify({ Values: { CATALOG: 'catalog/catalog.json' } }),
    );
    const told = await cli(['catalog', 'check'], {}, folder);
    assert.equal(told.code, 1);
    assert.match(told.out, /^catalog\/catalog\.json:\d+:\d+: /);
    const other = await cli(['catalog', 'check'], { CATALOG: 'none.json' }, folder);
    assert.equal(other.code, 2);
    assert.match(other.err, /none\.json/);
  });
});

const refused: [args: string, code: number, text: RegExp][] = [
  ['', 2, /^Usage: syncboard <command>/],
  ['--help', 0, /catalog check .*\n/],
  ['catalog', 2, /^catalog is not all of a command/],
  ['catalog --help', 0, /^Usage: syncboard <command>/],
  ['catalog chek', 2, /^no command catalog chek \(did you mean catalog check\?\)/],
  ['catalog check a b', 2, /^unexpected argument b/],
  ['catalog check --jsn', 2, /^unknown option --jsn \(did you mean --json\?\)/],
  ['catalog check --help', 0, /^Usage: syncboard catalog check \[FILE\] \[options\]/],
  ['catalog check nowhere.json', 2, /nowhere\.json/],
];
for (const [args, code, text] of refused) {
  it(`syncboard ${args} ends with ${code}`, async () => {
    const told = await cli(args.split(' ').filter(Boolean));
    assert.equal(told.code, code);
    assert.match(code === 0 ? told.out : told.err, text);
    assert.equal(code === 0 ? told.err : told.out, '');
  });
}

const step = fc.oneof(fc.nat(30), fc.string({ minLength: 1, maxLength: 12 }), fc.constant('a-b'));

describe('places of faults', () => {
  it('a fault is taken apart as it was put together', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 5 }), fc.string(), (path: Path, text) => {
        assert.deepEqual(faultParts(faultAt(path, text)), { path: pathText(path), text });
      }),
    );
  });

  it('every member and item of any JSON is where it stands', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        const placeOf = placesIn(text);
        const lines = text.split('\n');
        for (const [path, key, own] of members(value)) {
          const { line, column } = placeOf(pathText(path));
          const rest = `${(lines[line - 1] ?? '').slice(column - 1)}\n${lines.slice(line).join('\n')}`;
          const start =
            key === undefined ? JSON.stringify(own, undefined, indent) : JSON.stringify(key);
          assert.ok(rest.startsWith(start.split('\n')[0] ?? ''), `${pathText(path)} in ${text}`);
        }
      }),
    );
  });

  it('what is not there is where it would be', () => {
    const placeOf = placesIn('{\n  "a": [\n    {"b": 1}\n  ]\n}');
    assert.deepEqual(placeOf('a[0].c.d'), { line: 3, column: 5 });
    assert.deepEqual(placeOf('x'), { line: 1, column: 1 });
    // No path as faults write it.
    assert.deepEqual(placeOf('a[0].$b'), { line: 1, column: 1 });
    assert.deepEqual(placeOf('(root)'), { line: 1, column: 1 });
  });
});

function* members(value: unknown, path: Path = []): Generator<[Path, string | undefined, unknown]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield [[...path, index], undefined, item];
      yield* members(item, [...path, index]);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      yield [[...path, key], key, item];
      yield* members(item, [...path, key]);
    }
  }
}
