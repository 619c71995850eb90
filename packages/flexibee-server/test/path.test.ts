/** Paths and formats of FlexiBee. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { acceptedFormat } from '../src/http/format.ts';
import { type Path, parsePath } from '../src/http/path.ts';

const paths: [string, Path][] = [
  ['/', { segments: [] }],
  ['/c.json', { segments: ['c'], suffix: 'json' }],
  ['/c/demo/', { segments: ['c', 'demo'] }],
  ['/c/demo/adresar.XML', { segments: ['c', 'demo', 'adresar'], suffix: 'xml' }],
  ['/c/demo/adresar.pdf', { segments: ['c', 'demo', 'adresar'], suffix: 'elsewhere' }],
  [
    '/c/demo/adresar/code%3AA.B.json',
    { segments: ['c', 'demo', 'adresar', 'code:A.B'], suffix: 'json' },
  ],
  ['/c/demo/adresar/code:A.B', { segments: ['c', 'demo', 'adresar', 'code:A.B'] }],
  [
    '/c/demo/adresar/ext:a%2Fb.xml',
    { segments: ['c', 'demo', 'adresar', 'ext:a/b'], suffix: 'xml' },
  ],
  [
    '/c/demo/adresar/code:A(1).json',
    { segments: ['c', 'demo', 'adresar', 'code:A(1)'], suffix: 'json' },
  ],
  [
    '/c/demo/adresar/(id%20in%20(1,2)).json',
    { segments: ['c', 'demo', 'adresar'], filter: 'id in (1,2)', suffix: 'json' },
  ],
  [
    "/c/demo/adresar/%28nazev%20like%20'a/b.json'%29",
    { segments: ['c', 'demo', 'adresar'], filter: "nazev like 'a/b.json'" },
  ],
  [
    '/c/demo/adresar/(id=1)/$sum.json',
    { segments: ['c', 'demo', 'adresar', '$sum'], filter: 'id=1', suffix: 'json' },
  ],
];

describe('paths', () => {
  for (const [path, parsed] of paths) {
    it(path, () => assert.deepEqual(parsePath(path), parsed));
  }

  it('refuses broken percent-encoding', () => {
    assert.throws(() => parsePath('/c/%E0%A4%A'), { status: 400, message: /%E0%A4%A/ });
  });
});

describe('Accept', () => {
  const cases: [string, string | undefined][] = [
    ['*/*', 'html'],
    ['application/json', 'json'],
    ['application/xml;q=0.9, application/json;q=0.8', 'xml'],
    ['text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8', 'html'],
    ['image/png, application/json;q=0.1', 'json'],
    ['application/json;q=0', undefined],
    ['application/pdf', undefined],
  ];
  for (const [accept, format] of cases) {
    it(`${accept}: ${format}`, () => assert.equal(acceptedFormat(accept), format));
  }
});
