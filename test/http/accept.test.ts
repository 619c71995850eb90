import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accepts, preferred } from '../../shared/http/accept.ts';

const cases: Array<[accept: string | null, expected: 'text' | 'json' | 'otherwise', why: string]> =
  [
    [null, 'otherwise', 'absent'],
    ['', 'otherwise', 'empty'],
    ['*/*', 'otherwise', 'curl, requests, fetch'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'otherwise', 'a browser'],
    ['application/json', 'json', 'one type'],
    ['application/problem+json', 'json', 'problems are JSON'],
    ['APPLICATION/JSON ; Q=1', 'json', 'case does not matter'],
    ['text/plain', 'text', 'one type'],
    ['application/*', 'json', 'a wildcard subtype'],
    ['text/*', 'text', 'a wildcard subtype'],
    ['application/json, text/plain, */*', 'json', 'axios: the first named'],
    ['text/plain, application/json', 'text', 'the first named'],
    ['text/plain;q=0.5, application/json;q=0.9', 'json', 'quality before place'],
    ['application/json;q=0.5, text/plain', 'text', 'quality before place'],
    ['application/json;q=0.5, */*', 'text', 'everything else is liked better'],
    ['application/json, */*;q=0.1', 'json', 'a wildcard is a fallback'],
    ['application/json;q=0', 'otherwise', 'refused, and nothing else named'],
    ['application/json;q=0, */*', 'text', 'JSON refused'],
    ['text/plain;q=0, */*', 'json', 'text refused'],
    ['text/*;q=0, application/json;q=0.001', 'json', 'the least quality there is'],
    ['application/json;charset=utf-8', 'json', 'parameters do not matter'],
    ['application/json;q=high', 'otherwise', 'malformed: not sent'],
    ['application/json;q=2, text/plain', 'text', 'malformed: not sent'],
    ['image/png', 'otherwise', 'nothing we have'],
    ['json', 'otherwise', 'not a media range'],
  ];

for (const [accept, expected, why] of cases) {
  test(`Accept ${accept}: ${expected} (${why})`, () => {
    for (const otherwise of ['text', 'json'] as const) {
      assert.equal(preferred(accept, otherwise), expected === 'otherwise' ? otherwise : expected);
    }
  });
}

test('the greater quality wins, in whatever order', () => {
  const quality = fc.integer({ min: 1, max: 1000 });
  fc.assert(
    fc.property(quality, quality, fc.boolean(), (text, json, swapped) => {
      fc.pre(text !== json);
      const ranges = [`text/plain;q=${text / 1000}`, `application/json;q=${json / 1000}`];
      const accept = (swapped ? ranges.reverse() : ranges).join(',');
      assert.equal(preferred(accept, 'text'), text > json ? 'text' : 'json');
    }),
  );
});

const pdfs: [accept: string | null, pdf: boolean, json: boolean][] = [
  [null, true, true],
  ['', true, true],
  ['*/*', true, true],
  ['application/pdf', true, false],
  ['application/*;q=0.1', true, true],
  ['application/json', false, true],
  ['application/problem+json', false, true],
  ['application/pdf;q=0, */*', false, true],
  ['*/*;q=0', false, false],
  ['text/html, image/png', false, false],
  ['nonsense', true, true],
];
for (const [accept, pdf, json] of pdfs) {
  test(`Accept ${accept}: ${pdf ? 'a' : 'no'} PDF, ${json ? 'JSON' : 'no JSON'}`, () => {
    assert.equal(accepts(accept, 'application/pdf'), pdf);
    assert.equal(accepts(accept, 'application/json'), json);
  });
}
