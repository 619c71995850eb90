import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attachment } from '../../shared/http/attachment.ts';

test('a file has its name in UTF-8, one in ASCII beside it, and nothing that ends a header', () => {
  const names: [stem: string, ascii: string, utf8: string][] = [
    ['Rows', 'Rows', 'Rows'],
    ['Země', 'Zeme', 'Zem%C4%9B'],
    ['Оплаты', '______', '%D0%9E%D0%BF%D0%BB%D0%B0%D1%82%D1%8B'],
    ['a"b\r\nX: y/..\\z', 'a_b__X_ y_.._z', 'a_b__X_%20y_.._z'],
    ["it's 100 % (*)", "it's 100 _ (_)", 'it%27s%20100%20%25%20%28_%29'],
    ['\ud800', '_', '%EF%BF%BD'],
    ['', '_', '_'],
  ];
  for (const [stem, ascii, utf8] of names) {
    const header = attachment(stem, 'csv');
    assert.equal(header, `attachment; filename="${ascii}.csv"; filename*=UTF-8''${utf8}.csv`);
    assert.doesNotThrow(() => new Headers({ 'content-disposition': header }));
  }
});
