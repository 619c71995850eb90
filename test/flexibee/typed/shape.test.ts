/**
 * Typed tables in an aggregate base: their columns, and rows that say what the mirror says. On the
 * stand-in, and on SQLSERVER_URL (a database for tests) when that is set.
 */

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { sqlTypedBase } from '../../../shared/flexibee/typed/base.ts';
import type { Property } from '../../../shared/flexibee/typed/properties.ts';
import { bringUpTyped } from '../../../sql/typed-bases.ts';
import { type AggregateBase, startAggregateBases } from '../../support/aggregate-bases.ts';
import { soon } from '../../support/storage.ts';

const bases = await startAggregateBases();
after(async () => {
  for (const base of bases) await base.close();
});

let evidences = 0;
/** An evidence of the test's own, with its table. */
function newEvidence() {
  const name = `e${Date.now().toString(36)}-${++evidences}`;
  return { evidence: name, table: name.replaceAll('-', '_') };
}

type Values = Record<string, unknown>;
const quoted = (text: string) => `N'${text.replaceAll("'", "''")}'`;

function helpers({ databases, query }: AggregateBase) {
  const typed = sqlTypedBase(databases, 'ab');
  return {
    typed,
    shape: (company: string, evidence: string, properties: Property[]) =>
      typed.shape(company, evidence, { title: 'Věc', properties }, soon()),
    async fill(evidence: string) {
      while (await typed.fill(evidence, soon()));
    },
    async mirror(
      company: string,
      evidence: string,
      id: string,
      payload: Values | null,
      more: Values = {},
    ) {
      const key = `company = ${quoted(company)} AND evidence = ${quoted(evidence)} AND record_id = ${id}`;
      const json = payload === null ? 'NULL' : quoted(JSON.stringify(payload));
      const { version = 1, deleted = 0 } = more;
      await query(`DELETE FROM crude.flexibee_record WHERE ${key};
INSERT INTO crude.flexibee_record (company, evidence, record_id, external_ids, generation, version, read_at, deleted, payload, created_at, updated_at)
VALUES (${quoted(company)}, ${quoted(evidence)}, ${id}, N'[]', 1, ${version}, '2026-01-01', ${deleted}, ${json}, '2026-01-01', '2026-01-02');`);
    },
    /** As the mirror's procedure does it for the rows it has written. */
    apply: (company: string, evidence: string, table: string, ids: readonly string[]) =>
      query(`CREATE TABLE #flexibee_written (evidence nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL, record_id bigint NOT NULL);
INSERT INTO #flexibee_written (evidence, record_id) VALUES ${ids.map((id) => `(${quoted(evidence)}, ${id})`).join(', ')};
EXEC flexi.[sp_apply_${table}] ${quoted(company)};
DROP TABLE #flexibee_written;`),
    rows: (table: string, where = '1 = 1') =>
      query(`SELECT * FROM flexi.[${table}] WHERE ${where} ORDER BY company, id`),
    async columns(table: string): Promise<Record<string, string>> {
      const found =
        await query(`SELECT COLUMN_NAME AS name, DATA_TYPE AS type, CHARACTER_MAXIMUM_LENGTH AS length,
NUMERIC_PRECISION AS digits, NUMERIC_SCALE AS decimals FROM INFORMATION_SCHEMA.COLUMNS
WHERE TABLE_SCHEMA = N'flexi' AND TABLE_NAME = ${quoted(table)} ORDER BY ORDINAL_POSITION`);
      return Object.fromEntries(
        found.map(({ name, type, length, digits, decimals }) => [
          String(name),
          type === 'decimal'
            ? `decimal(${digits}, ${decimals})`
            : String(type).endsWith('char')
              ? `${type}(${length === -1 ? 'max' : length})`
              : String(type),
        ]),
      );
    },
  };
}

const invoice: Property[] = [
  { name: 'id', type: 'integer' },
  { name: 'lastUpdate', type: 'datetime', title: 'Poslední změna' },
  { name: 'kod', type: 'string', maxLength: 20, title: 'Interní číslo' },
  { name: 'poznam', type: 'string' },
  { name: 'sumCelkem', type: 'numeric', digits: 15, decimal: 2, title: "Cel'kem [Kč]" },
  { name: 'pocet', type: 'integer' },
  { name: 'datVyst', type: 'date', title: 'Vystaveno' },
  { name: 'storno', type: 'logic' },
  { name: 'firma', type: 'relation', maxLength: 20, target: 'adresar', title: 'Firma' },
  { name: 'stavUhrK', type: 'select', maxLength: 50 },
  { name: 'podpis', type: 'blob' },
  { name: 'external-ids', type: 'relation', target: 'external-ids' },
];

const full = {
  id: '1',
  lastUpdate: '2026-03-12T23:00:01.123+01:00',
  kod: 'VF1-0001/2026',
  poznam: `Žluťoučký 🐎 ${'x'.repeat(5_000)}`,
  sumCelkem: '22644.26',
  pocet: '9007199254740993',
  datVyst: '2026-06-05+02:00',
  storno: 'false',
  firma: 'code:ALFA',
  'firma@ref': '/c/demo_s_r_o_/adresar/12.json',
  'firma@showAs': 'ALFA: Alfa',
  stavUhrK: 'stavUhr.uhrazeno',
  'stavUhrK@showAs': 'Uhrazeno',
  podpis: 'QUJD',
};

for (const base of bases) {
  const { typed, shape, fill, mirror, apply, rows, columns } = helpers(base);

  describe(`typed tables on ${base.name}`, () => {
    it('have a column for each property, by its kind, and its Czech title', async () => {
      const { evidence, table } = newEvidence();
      assert.equal(await shape('one', evidence, invoice), 'shaped');
      assert.equal(await shape('one', evidence, invoice), 'same');
      assert.deepEqual(await columns(table), {
        company: 'nvarchar(64)',
        id: 'bigint',
        deleted: 'bit',
        generation: 'int',
        version: 'bigint',
        updated_at: 'datetime2',
        misfits: 'nvarchar(max)',
        lastUpdate: 'datetimeoffset',
        kod: 'nvarchar(255)',
        poznam: 'nvarchar(max)',
        sumCelkem: 'decimal(15, 2)',
        pocet: 'bigint',
        datVyst: 'date',
        storno: 'bit',
        firma_id: 'bigint',
        firma_code: 'nvarchar(255)',
        stavUhrK: 'nvarchar(255)',
        stavUhrK_showAs: 'nvarchar(255)',
        podpis: 'nvarchar(max)',
      });
      const titles = await base.query(`SELECT c.name, p.value FROM sys.extended_properties AS p
LEFT JOIN sys.columns AS c ON c.object_id = p.major_id AND c.column_id = p.minor_id
WHERE p.name = N'MS_Description' AND p.major_id = OBJECT_ID(N'flexi.[${table}]')`);
      assert.deepEqual(Object.fromEntries(titles.map(({ name, value }) => [String(name), value])), {
        null: 'Věc',
        lastUpdate: 'Poslední změna',
        kod: 'Interní číslo',
        sumCelkem: "Cel'kem [Kč]",
        datVyst: 'Vystaveno',
        firma_id: 'Firma – ID',
        firma_code: 'Firma – kód',
      });
      const indexes = await base.query(
        `SELECT name FROM sys.indexes WHERE object_id = OBJECT_ID(N'flexi.[${table}]') AND name LIKE N'ix%' ORDER BY name`,
      );
      assert.deepEqual(
        indexes.map(({ name }) => name),
        ['ix_firma_id', 'ix_kod', 'ix_lastUpdate', 'ix_misfits'],
      );
    });

    it('say what the mirror says, value by value', async () => {
      const { evidence, table } = newEvidence();
      await shape('one', evidence, invoice);
      await mirror('one', evidence, '1', full, { version: 7 });
      await mirror('one', evidence, '-2', { id: '-2', kod: '', storno: 'true', sumCelkem: '' });
      await mirror('one', evidence, '3', null, { deleted: 1 });
      await mirror('one', evidence, '4', { ...full, id: '4' }, { deleted: 1 });
      const far = '9007199254740993';
      await mirror('one', evidence, far, { id: far, kod: 'F' });
      await apply('one', evidence, table, ['1', '-2', '3', '4', far]);
      const nothing = {
        generation: 1,
        version: '1',
        updated_at: '2026-01-02T00:00:00.000',
        misfits: null,
        lastUpdate: null,
        kod: null,
        poznam: null,
        sumCelkem: null,
        pocet: null,
        datVyst: null,
        storno: null,
        firma_id: null,
        firma_code: null,
        stavUhrK: null,
        stavUhrK_showAs: null,
        podpis: null,
      };
      const one = {
        ...nothing,
        company: 'one',
        id: '1',
        deleted: false,
        version: '7',
        lastUpdate: '2026-03-12T23:00:01.1230000+01:00',
        kod: full.kod,
        poznam: full.poznam,
        sumCelkem: '22644.26',
        pocet: '9007199254740993',
        datVyst: '2026-06-05',
        storno: false,
        firma_id: '12',
        firma_code: 'ALFA',
        stavUhrK: 'stavUhr.uhrazeno',
        stavUhrK_showAs: 'Uhrazeno',
        podpis: 'QUJD',
      };
      assert.deepEqual(await rows(table), [
        { ...nothing, company: 'one', id: '-2', deleted: false, kod: '', storno: true },
        one,
        { ...nothing, company: 'one', id: '3', deleted: true },
        { ...one, id: '4', deleted: true, version: '1' },
        { ...nothing, company: 'one', id: far, deleted: false, kod: 'F' },
      ]);
      const living = await rows(`${table}_living`);
      assert.deepEqual(
        living.map(({ id }) => id),
        ['-2', '1', far],
      );
      assert.ok(!('misfits' in (living[0] ?? {})) && 'sumCelkem' in (living[0] ?? {}));
    });

    it('follow the mirror when a row changes, is deleted and comes again', async () => {
      const { evidence, table } = newEvidence();
      await shape('one', evidence, invoice);
      for (const [kod, deleted] of [
        ['A', 0],
        ['B', 0],
        ['B', 1],
        ['C', 0],
      ] as const) {
        await mirror('one', evidence, '1', { id: '1', kod }, { deleted });
        await apply('one', evidence, table, ['1']);
        await apply('one', evidence, table, ['1']);
        assert.deepEqual(
          (await rows(table)).map((row) => [row['kod'], row['deleted']]),
          [[kod, deleted === 1]],
        );
      }
    });

    it('count what does not fit, as long as it is there', async () => {
      const { evidence, table } = newEvidence();
      await shape('one', evidence, invoice);
      const odd = {
        lastUpdate: '2026-03-12T23:00:01',
        sumCelkem: '1.239',
        pocet: '1.5',
        datVyst: '2026-02-30',
        storno: 'perhaps',
        firma: 'nobody',
        'firma@ref': '/c/x/adresar/new.json',
        kod: 'k'.repeat(256),
        stavUhrK: 's'.repeat(256),
      };
      await mirror('one', evidence, '1', odd);
      await mirror('one', evidence, '2', { sumCelkem: '12345678901234567', kod: 'k'.repeat(255) });
      await apply('one', evidence, table, ['1', '2']);
      await apply('one', evidence, table, ['1', '2']);
      const told = async () =>
        Object.fromEntries(
          (await typed.news('one', soon()))
            .filter((one) => one.evidence === evidence)
            .map(({ column, rows: count }) => [column, count]),
        );
      const each = [
        'datVyst',
        'firma_code',
        'firma_id',
        'kod',
        'lastUpdate',
        'pocet',
        'stavUhrK',
        'storno',
      ];
      assert.deepEqual(await told(), {
        ...Object.fromEntries(each.map((name) => [name, 1])),
        sumCelkem: 2,
      });
      const [first, second] = await rows(table);
      for (const name of [...each, 'sumCelkem']) assert.equal(first?.[name], null, name);
      assert.equal(second?.['kod'], 'k'.repeat(255));
      // Widened, the text fits; the number of another row is mended at its source.
      const wider = invoice.map((one) => (one.name === 'kod' ? { ...one, maxLength: 256 } : one));
      assert.equal(await shape('one', evidence, wider), 'shaped');
      assert.equal((await columns(table))['kod'], 'nvarchar(1000)');
      await mirror('one', evidence, '2', { sumCelkem: '7' });
      await fill(evidence);
      assert.equal((await rows(table))[0]?.['kod'], odd.kod);
      const { kod: _, ...rest } = await told();
      assert.deepEqual(await told(), rest);
      assert.equal(rest['sumCelkem'], 1);
      await mirror('one', evidence, '1', {});
      await fill(evidence);
      await apply('one', evidence, table, ['1']);
      assert.deepEqual(await told(), {});
    });

    it('are shared by companies: texts widen, numbers too, another kind has a column of its own', async () => {
      const { evidence, table } = newEvidence();
      await shape('one', evidence, [
        { name: 'kod', type: 'string', maxLength: 20 },
        { name: 'cislo', type: 'string', maxLength: 20 },
        { name: 'cena', type: 'numeric', digits: 15, decimal: 2 },
        { name: 'jenJeden', type: 'integer' },
        { name: 'firma', type: 'string', maxLength: 10 },
      ]);
      await mirror('one', evidence, '1', { kod: 'A', cislo: '7', cena: '1.50', firma: 'x' });
      await fill(evidence);
      const second: Property[] = [
        { name: 'kod', type: 'string', maxLength: 400 },
        { name: 'cislo', type: 'integer' },
        { name: 'cena', type: 'numeric', digits: 19, decimal: 6 },
        { name: 'firma', type: 'relation', maxLength: 20 },
      ];
      assert.equal(await shape('two', evidence, second), 'shaped');
      await mirror('two', evidence, '1', {
        kod: 'B',
        cislo: '7',
        cena: '1.123456',
        firma: 'code:Y',
      });
      await fill(evidence);
      const all = await columns(table);
      assert.equal(all['kod'], 'nvarchar(1000)');
      assert.equal(all['cislo'], 'nvarchar(255)');
      assert.equal(all['cislo_integer'], 'bigint');
      assert.equal(all['cena'], 'decimal(19, 6)');
      assert.equal(all['jenJeden'], 'bigint');
      const seen = (await rows(table)).map((row) =>
        ['company', 'cislo', 'cislo_integer', 'cena', 'firma', 'firma_code'].map(
          (name) => row[name],
        ),
      );
      assert.deepEqual(seen, [
        ['one', '7', null, '1.500000', 'x', null],
        ['two', null, '7', '1.123456', null, 'Y'],
      ]);
      const notes = (await typed.news('two', soon())).filter((one) => one.evidence === evidence);
      assert.deepEqual(notes.map(({ note }) => note).sort(), [
        'cislo is integer here and string in one: column cislo_integer',
        'firma is relation here and string in one: column firma_id',
      ]);
      // A property that disappears stays a column, and the other company's are none of its own.
      assert.equal(
        await shape('one', evidence, [{ name: 'kod', type: 'string', maxLength: 20 }]),
        'same',
      );
      assert.deepEqual(await columns(table), all);
    });

    it('take any name: quotes, brackets, words of SQL, names that differ by case or are taken', async () => {
      const { evidence, table } = newEvidence();
      const names = [
        "it's",
        'a]b',
        'select',
        'Kod',
        'kod',
        'company',
        'deleted',
        'příliš',
        'x;DROP',
      ];
      await shape(
        'one',
        evidence,
        names.map((name) => ({ name, type: 'string', maxLength: 9 })),
      );
      await mirror(
        'one',
        evidence,
        '1',
        Object.fromEntries(names.map((name) => [name, `v ${name}`])),
      );
      await fill(evidence);
      const [row = {}] = await rows(table);
      assert.equal(row['company'], 'one');
      const held = Object.values(row).filter((value) => String(value).startsWith('v '));
      assert.deepEqual(held.sort(), names.map((name) => `v ${name}`).sort());
    });

    it('refuse what is no evidence and no property, before anything is done', async () => {
      const told = [{ name: 'kod', type: 'string' }];
      await assert.rejects(
        shape('one', "x'; DROP", told),
        /@evidence is letters, digits and hyphens/,
      );
      await assert.rejects(
        shape('one', 'nic', [{ name: 'a b', type: 'string' }]),
        /without blanks/,
      );
      await assert.rejects(
        shape('one', 'nic', [{ name: 'a', type: 'numeric', digits: 39 }]),
        /digits from 1 to 38/,
      );
      await assert.rejects(shape('one', 'nic', [...told, ...told]), /there twice/);
      assert.deepEqual(
        await base.query("SELECT * FROM flexi.evidence WHERE evidence = N'nic'"),
        [],
      );
    });

    it('fill what the mirror had before, however much, and go on where they were', async () => {
      const { evidence, table } = newEvidence();
      await base.query(`INSERT INTO crude.flexibee_record (company, evidence, record_id, external_ids, generation, version, read_at, deleted, payload, created_at, updated_at)
SELECT N'one', ${quoted(evidence)}, j.[key] + 1, N'[]', 1, 1, '2026-01-01', 0, CONCAT(N'{"kod":"K', j.[key], N'"}'), '2026-01-01', '2026-01-01'
FROM OPENJSON(${quoted(JSON.stringify(Array.from({ length: 2_500 }, () => 0)))}) AS j`);
      await shape('one', evidence, invoice);
      assert.equal(await typed.fill(evidence, soon()), true);
      assert.equal((await rows(table)).length, 1_000);
      await shape('one', evidence, [...invoice, { name: 'novy', type: 'string' }]);
      await fill(evidence);
      const all = await rows(table);
      assert.equal(all.length, 2_500);
      assert.equal(all[2_499]?.['kod'], 'K2499');
      assert.equal(await typed.fill(evidence, soon()), false);
    });

    it('wait while somebody has them, and sql:install makes and fills what waits', async () => {
      const { evidence, table } = newEvidence();
      await shape('one', evidence, [{ name: 'kod', type: 'string' }]);
      await mirror('one', evidence, '1', { kod: 'A', nazev: 'B' });
      await fill(evidence);
      const other = await base.databases.session('ab', soon());
      await other.batch(
        "BEGIN TRANSACTION; EXEC sys.sp_getapplock N'syncboard/flexi/shape', 'Exclusive', 'Transaction', 0;",
        soon(),
      );
      const wider: Property[] = [{ name: 'nazev', type: 'string' }];
      assert.equal(await shape('one', evidence, wider), 'locked');
      await other.batch('ROLLBACK', soon());
      assert.equal('nazev' in (await columns(table)), false);
      const due = () =>
        base.query(`SELECT due_reason FROM flexi.evidence WHERE evidence = ${quoted(evidence)}`);
      // Those who had it in hand when the lock was refused left word of it.
      assert.deepEqual(await due(), [{ due_reason: 'locked' }]);
      assert.ok((await bringUpTyped(other, soon())).includes(evidence));
      other.release();
      assert.deepEqual(await due(), [{ due_reason: null }]);
      assert.equal((await rows(table))[0]?.['nazev'], 'B');
    });

    it('have what one company was refused as soon as another says anything, even the same', async () => {
      const { evidence, table } = newEvidence();
      const told: Property[] = [{ name: 'kod', type: 'string' }];
      await shape('one', evidence, told);
      await base.query(`INSERT INTO flexi.company_property (company, evidence, property, kind, title, ordinal, told_at)
VALUES (N'two', ${quoted(evidence)}, N'nazev', 'string', N'Název', 1, '2026-01-01');
UPDATE flexi.evidence SET due_since = '2026-01-01', due_reason = 'locked' WHERE evidence = ${quoted(evidence)};`);
      assert.equal(await shape('one', evidence, told), 'shaped');
      assert.ok('nazev' in (await columns(table)));
      assert.deepEqual(
        await base.query(
          `SELECT due_since FROM flexi.evidence WHERE evidence = ${quoted(evidence)}`,
        ),
        [{ due_since: null }],
      );
      assert.equal(await shape('one', evidence, told), 'same');
    });

    it('of more properties than a row holds go on in a second table', async () => {
      const { evidence, table } = newEvidence();
      const many = Array.from(
        { length: 1_100 },
        (_, index): Property => ({
          name: `p${index}`,
          type: index % 3 === 0 ? 'numeric' : 'string',
          ...(index % 3 === 1 && { maxLength: 4_000 }),
        }),
      );
      await shape('one', evidence, many);
      const payload = Object.fromEntries(
        many.map(({ name, type }, index) => [
          name,
          type === 'numeric' ? `${index}.5` : `t${index}`,
        ]),
      );
      await mirror('one', evidence, '1', payload);
      await fill(evidence);
      const [parts] = await base.query(
        `SELECT MAX(part) AS parts FROM flexi.property WHERE evidence = ${quoted(evidence)}`,
      );
      const seen: Record<string, unknown> = {};
      for (let part = 1; part <= Number(parts?.['parts']); part += 1) {
        const name = part === 1 ? table : `${table}_${part}`;
        const [row = {}] = await rows(`${name}_living`);
        assert.ok(Object.keys(row).length <= 1_024);
        Object.assign(seen, row);
      }
      assert.ok(Number(parts?.['parts']) > 1);
      for (const [index, { name, type }] of many.entries())
        assert.equal(seen[name], type === 'numeric' ? `${index}.500000` : `t${index}`, name);
    });

    it('hold whatever a text is, and any number and day that fits (random values)', async () => {
      const { evidence, table } = newEvidence();
      await shape('one', evidence, invoice);
      const day = fc.date({
        min: new Date('0001-01-01'),
        max: new Date('9999-12-31'),
        noInvalidDate: true,
      });
      const row = fc.record({
        kod: fc
          .string({ unit: 'binary', maxLength: 100 })
          .filter((text) => !/[\0\ud800-\udfff]/.test(text)),
        poznam: fc.string({ maxLength: 50 }).filter((text) => !text.includes('\0')),
        cents: fc.bigInt({ min: -999_999_999_999_999n, max: 999_999_999_999_999n }),
        pocet: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        day: day.map((moment) => moment.toISOString().slice(0, 10)),
      });
      const values = fc.sample(row, { numRuns: 60, seed: 13 });
      const amount = (cents: bigint) => {
        const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
        return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
      };
      for (const [index, { kod, poznam, cents, pocet, day: datVyst }] of values.entries())
        await mirror('one', evidence, `${index + 1}`, {
          kod,
          poznam,
          sumCelkem: amount(cents),
          pocet: String(pocet),
          datVyst: `${datVyst}+02:00`,
        });
      await fill(evidence);
      const found = await rows(table);
      assert.deepEqual(
        found.map((one) => [
          one['kod'],
          one['poznam'],
          one['sumCelkem'],
          one['pocet'],
          one['datVyst'],
          one['misfits'],
        ]),
        values.map(({ kod, poznam, cents, pocet, day: datVyst }) => [
          kod,
          poznam,
          amount(cents),
          String(pocet),
          datVyst,
          null,
        ]),
      );
    });
  });
}
