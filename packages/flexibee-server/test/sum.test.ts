import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { start } from './fixture.ts';

describe('$sum', () => {
  it('adds up what a filter matches, in JSON and XML', async (test) => {
    const { call, write } = await start(test);
    const invoice = { typDokl: 'code:FAKTURA' };
    write(
      'faktura-vydana',
      { ...invoice, sumCelkem: '100.5' },
      { ...invoice, sumCelkem: '200' },
      { ...invoice, sumCelkem: '1000', popis: 'velká' },
    );
    const all = (await call('faktura-vydana/$sum.json')).winstrom['sum'] as Record<string, string>;
    assert.deepEqual([all['sumCelkem'], all['zbyvaUhradit']], ['1300.5', '1300.5']);
    for (const path of ['(sumCelkem < 1000)/$sum.json', '(sumCelkem%20%3C%201000)/%24sum.json']) {
      const some = await call(`faktura-vydana/${path}?fields=sumCelkem`);
      assert.deepEqual(some.winstrom['sum'], { sumCelkem: '300.5' }, some.text);
    }
    const { text } = await call('faktura-vydana/$sum.xml?fields=sumCelkem');
    assert.match(text, /<sum>\s*<sumCelkem>1300.5<\/sumCelkem>/);
    const none = await call('faktura-vydana/(sumCelkem < 0)/$sum.json?fields=sumCelkem');
    assert.deepEqual(none.winstrom['sum'], { sumCelkem: '0.0' });
  });

  it('refuses what is no document, and fields that are no number', async (test) => {
    const { call } = await start(test);
    assert.equal((await call('adresar/$sum.json')).status, 400);
    assert.equal((await call('banka/$sum.json?fields=popis')).status, 400);
    assert.equal((await call('neznama/$sum.json')).status, 404);
  });
});
