/** FlexiBee's invoices, as a company gives them and the mirror keeps them, asked by dynsql. */

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { startFlexibee } from 'flexibee-server';
import { checkQuery } from '../../shared/dynsql/language/query.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { buildStatement } from '../../shared/dynsql/sql/statements.ts';
import { type Property, propertiesAnswer } from '../../shared/flexibee/typed/properties.ts';
import { type Engine, type Item, startEngines } from './engine.ts';
import { insert } from './rows.ts';

type Payload = Record<string, string>;

const engines = await startEngines();
const flexibee = await startFlexibee({ companies: [{ name: 'demo' }] });
after(() => flexibee.close());

async function records(evidence: string): Promise<Payload[]> {
  const answer = await fetch(
    `${flexibee.url}/c/demo/${evidence}.json?limit=60&detail=full&order=id`,
    {
      headers: { authorization: `Basic ${btoa('winstrom:winstrom')}` },
    },
  );
  const body = (await answer.json()) as { winstrom: Record<string, Payload[]> };
  return body.winstrom[evidence] ?? [];
}

/** As the typed tables are told of them. */
async function properties(evidence: string): Promise<Property[]> {
  const answer = await fetch(`${flexibee.url}/c/demo/${evidence}/properties.json`, {
    headers: { authorization: `Basic ${btoa('winstrom:winstrom')}` },
  });
  return propertiesAnswer.parse(await answer.json()).properties;
}

const invoices = await records('faktura-vydana');
const items = await records('faktura-vydana-polozka');
const firms = await records('adresar');

async function fill(engine: Engine): Promise<void> {
  await engine.run("DELETE FROM crude.flexibee_record WHERE company = 'demo'");
  for (const [evidence, rows] of Object.entries({
    'faktura-vydana': invoices,
    'faktura-vydana-polozka': items,
    adresar: firms,
  })) {
    const stamp = '2026-01-01T00:00:00.000';
    const cells = rows.map((row) => [
      'demo',
      evidence,
      Number(row['id']),
      row['kod'] ?? null,
      '[]',
      1,
      1,
      stamp,
      0,
      JSON.stringify(row),
      stamp,
      stamp,
      null,
    ]);
    await engine.run(insert('crude.flexibee_record', cells));
    const told = await properties(evidence);
    await engine.run(
      `EXEC flexi.sp_shape_evidence N'demo', N'${evidence}', NULL, N'${JSON.stringify(told).replaceAll("'", "''")}'`,
    );
    await engine.run(
      `UPDATE flexi.filled SET shape = 0 WHERE company = N'demo' AND evidence = N'${evidence}';
DECLARE @more bit = 1;
WHILE @more = 1 EXEC flexi.sp_fill_evidence N'${evidence}', 1000, @more OUTPUT;`,
    );
  }
}

const definition = shippedDynsql().definitions.find(
  ({ id }) => id === 'AB04SYNCBOARDINVOICES00001',
);

async function ask(engine: Engine, body: unknown): Promise<Item[]> {
  const { query, errors } = checkQuery(definition ?? assert.fail(), body);
  assert.deepEqual(errors ?? [], []);
  return (await engine.answer(buildStatement(query ?? assert.fail()))).items;
}

describe('issued invoices of FlexiBee', () => {
  for (const engine of engines) {
    after(() => engine.close());

    it(`come with their rows on ${engine.name}`, async () => {
      await fill(engine);
      assert.ok(invoices.length > 20 && items.length > 20);
      const found = await ask(engine, {
        select: [
          'ID',
          'Code',
          'DocDate',
          'Amount',
          'Cancelled',
          'Firm_Code',
          'Firm_OrgIdentNumber',
        ],
        orderby: { id: 'ID' },
        datasets: {
          name: 'rows',
          select: ['ID', ...(engine.isBabelfish ? [] : ['Text']), 'Quantity', 'Amount'],
          orderby: { id: 'PosIndex' },
        },
      });
      const number = (text: string | undefined) => (text ? Number(text) : null);
      const expected = invoices
        .toSorted((a, b) => Number(a['id']) - Number(b['id']))
        .map((one) => {
          const firm = firms.find(({ kod }) => one['firma'] === `code:${kod}`);
          return {
            ID: Number(one['id']),
            CODE: one['kod'],
            DOCDATE: one['datVyst']?.slice(0, 10),
            AMOUNT: number(one['sumCelkem']),
            CANCELLED: one['storno'] === 'true',
            FIRM_CODE: one['firma']?.replace('code:', '') || null,
            FIRM_ORGIDENTNUMBER: firm?.['ic'] || null,
            datasets: [
              {
                name: 'ROWS',
                items: items
                  .filter(
                    (item) => item['doklFak@ref'] === `/c/demo/faktura-vydana/${one['id']}.json`,
                  )
                  .toSorted(
                    (a, b) =>
                      Number(a['cisRad']) - Number(b['cisRad']) ||
                      Number(a['id']) - Number(b['id']),
                  )
                  .map((item) => ({
                    ID: Number(item['id']),
                    ...(!engine.isBabelfish && { TEXT: item['nazev'] || null }),
                    QUANTITY: number(item['mnozMj']),
                    AMOUNT: number(item['sumCelkem']),
                  })),
              },
            ],
          };
        });
      assert.deepEqual(found, expected);
    });

    it(`are found by what their JSON holds on ${engine.name}`, async () => {
      const ids = (list: readonly Item[]) => list.map((item) => item['ID']);
      const those = (test: (one: Payload) => boolean) =>
        invoices
          .filter(test)
          .map((one) => Number(one['id']))
          .toSorted((a, b) => a - b);
      const by = async (where: unknown) =>
        ids(await ask(engine, { select: 'ID', where, orderby: { id: 'ID' } }));
      const [first] = invoices;
      const day = first?.['datVyst']?.slice(0, 10) ?? '';
      assert.deepEqual(
        await by({ id: 'DocDate', value: day }),
        those((one) => one['datVyst']?.startsWith(day) === true),
      );
      assert.deepEqual(
        await by({ id: 'PaymentState', value: 'stavUhr.uhrazeno' }),
        those((one) => one['stavUhrK'] === 'stavUhr.uhrazeno'),
      );
      assert.deepEqual(
        await by({ id: 'Description', value: '*ZBOŽÍ', flags: 'CaseInsensitive' }),
        those((one) => one['popis']?.endsWith('zboží') === true),
      );
      assert.deepEqual(await by({ id: 'Description', value: '*ZBOŽÍ' }), []);
      assert.deepEqual(
        await by([{ id: 'Amount', value: [20_000, 1_000] }, { id: 'OnlyUnpaid' }]),
        those(
          (one) =>
            Number(one['sumCelkem']) >= 1_000 &&
            Number(one['sumCelkem']) <= 20_000 &&
            Number(one['zbyvaUhradit']) > 0,
        ),
      );
    });
  }
});
