/** Every request of ABRA's documentation, and every response that it prints. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AbraGen, startAbraGen } from '../src/server.ts';
import {
  countriesId,
  type Fixture,
  fixtureOf,
  invoicesId,
  printed,
  printedQuery,
  unindented,
} from './fixture.ts';

/** Dots of its own line stand for what is left out. */
function assertPrinted(text: string, expected: string): void {
  const parts = expected.split(/^\.{3,4}\n/m);
  let place = 0;
  for (const [index, part] of parts.entries()) {
    const found = text.indexOf(part, place);
    assert.ok(found >= place, `missing in its place:\n${part}`);
    if (index === 0) assert.equal(found, 0);
    place = found + part.length;
  }
  assert.equal(place, text.length);
}

interface WithId {
  id: string;
  value?: unknown;
}

describe('what the documentation shows', () => {
  let abraGen: AbraGen;
  let fixture: Fixture;
  before(async () => {
    abraGen = await startAbraGen();
    fixture = fixtureOf(abraGen);
  });
  after(() => abraGen.close());

  it('the list, in the order of ids', async () => {
    const { status, headers, text } = await fixture.call('dynsql');
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'application/json;charset=utf-8');
    assertPrinted(unindented(text), printed('list'));
    const ids = (JSON.parse(text) as WithId[]).map(({ id }) => id);
    assert.deepEqual(ids, [...ids].sort());
    assert.ok(ids.includes(invoicesId));
  });

  it('the countries', async () => {
    const { status, text } = await fixture.call(`dynsql/${countriesId}`);
    assert.equal(status, 200);
    assertPrinted(unindented(text), printed('countries'));
  });

  it('one invoice with batches and VAT, its rows brought along', async () => {
    const { status, text } = await fixture.call(`dynsql/${invoicesId}/exec`, {
      body: printed('query-one'),
    });
    assert.equal(status, 200);
    assert.equal(unindented(text), printed('answer-one'));
    assert.equal(text, JSON.stringify(JSON.parse(text), undefined, '\t'));
  });

  it('the larger query, whose dates are the wrong way round', async () => {
    const answer = await fixture.exec(invoicesId, printedQuery('query'));
    assert.deepEqual(answer, { name: 'MAIN', items: [] });
  });

  it('the larger query with its dates in order', async () => {
    const query = printedQuery('query');
    const where = (query['where'] as WithId[]).map((each) =>
      each.id === 'DocDate' ? { ...each, value: (each.value as string[]).toReversed() } : each,
    );
    const { items } = await fixture.exec(invoicesId, { ...query, where });
    assert.deepEqual(
      items.map((item) => item['ORDNUMBER']),
      [3, 5],
    );
    for (const { datasets = [], ...fields } of items) {
      assert.deepEqual(Object.keys(fields), [
        ...['ID', 'DOCQUEUE_CODE', 'PERIOD_CODE', 'ORDNUMBER', 'NOTPAIDAMOUNT', 'DOCDATE$DATE'],
      ]);
      assert.deepEqual(
        datasets.map(({ name }) => name),
        ['ROWS', 'VATRates'],
      );
    }
    // Each of the other conditions is what leaves one of the five out.
    for (const [left, ...numbers] of [
      ['description', 1, 3, 5],
      ['OrdNumber', 2, 3, 5],
      ['SimplifiedVATDocument', 3, 4, 5],
    ]) {
      const fewer = where.filter(({ id }) => id !== left);
      const found = await fixture.exec(invoicesId, {
        ...query,
        where:
          left === 'description'
            ? fewer.map((each) => (each.id === 'OrdNumber' ? { ...each, value: [1, 5] } : each))
            : fewer,
      });
      const expected = left === 'description' ? [1, 2, 3, 5] : numbers;
      assert.deepEqual(
        found.items.map((item) => item['ORDNUMBER']),
        expected,
      );
    }
  });

  it('one value of Firm_ID in place of a list', async () => {
    const firm = (value: unknown) => ({ select: 'id', where: { id: 'firm_id', value } });
    const one = await fixture.exec(invoicesId, firm('X000000101'));
    assert.ok(one.items.length > 0);
    assert.deepEqual(await fixture.exec(invoicesId, firm(['X000000101'])), one);
  });

  it('the report', async () => {
    const { status, headers, text } = await fixture.call(
      `dynsql/${invoicesId}/exec?report=W400000001`,
      { body: printed('query-report'), headers: { accept: 'application/pdf' } },
    );
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'application/pdf');
    assert.match(text, /^%PDF-1\.4\n/);
    assert.match(text, /%%EOF\n$/);
    assert.match(text, /\/Count 1 /);
  });
});
