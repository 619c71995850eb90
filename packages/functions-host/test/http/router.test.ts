import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostFunction } from '../../src/functions.ts';
import { createRoutes, route, shadowed } from '../../src/http/router.ts';

function httpFunction(name: string, path: string, methods?: string[], disabled = false) {
  return {
    name,
    disabled,
    outputs: [],
    input: 'request',
    registration: { id: name, metadata: { name, bindings: {} }, callback: () => {} },
    trigger: { type: 'http', route: path, methods },
  } satisfies HostFunction;
}

/** Template, path, the parameters it gives; undefined: no match. */
const matches: [string, string, Record<string, string> | undefined][] = [
  ['sync_status', '/sync_status', {}],
  ['sync_status', '/SYNC_status/', {}],
  ['sync_status', '/sync_status/x', undefined],
  ['sync_status', '/', undefined],
  ['', '/', {}],
  ['{code}/valid_names', '/0c10/valid_names', { code: '0c10' }],
  ['{code}/valid_names', '//valid_names', undefined],
  ['runs/{Id}', '/runs/a%20b%2Fc', { Id: 'a b%2Fc' }],
  ['runs/{id}', '/runs/%zz', { id: '%zz' }],
  ['runs/{id?}', '/runs', {}],
  ['runs/{id?}', '/runs/7', { id: '7' }],
  ['runs/{id=5}', '/runs', { id: '5' }],
  ['files/{*rest}', '/files/a/b/c', { rest: 'a/b/c' }],
  ['files/{**rest}', '/files', {}],
  ['files/{name}.{extension}', '/files/a.tar.gz', { name: 'a.tar', extension: 'gz' }],
  ['files/v{version:int}', '/files/v12', { version: '12' }],
  ['files/v{version:int}', '/files/vx', undefined],
  ['{id:int}', '/2147483647', { id: '2147483647' }],
  ['{id:int}', '/2147483648', undefined],
  ['{id:int}', '/-5', { id: '-5' }],
  ['{id:int?}', '/', {}],
  ['{id:long}', '/2147483648', { id: '2147483648' }],
  [
    '{id:guid}',
    '/1f2e3d4c-0000-4000-8000-00000000000a',
    { id: '1f2e3d4c-0000-4000-8000-00000000000a' },
  ],
  ['{id:guid}', '/1f2e', undefined],
  ['{id:bool}', '/TRUE', { id: 'TRUE' }],
  ['{id:alpha:minlength(3)}', '/abc', { id: 'abc' }],
  ['{id:alpha:minlength(3)}', '/ab', undefined],
  ['{id:alpha}', '/ab1', undefined],
  ['{id:length(2)}', '/ab', { id: 'ab' }],
  ['{id:length(2,3)}', '/abcd', undefined],
  ['{id:maxlength(2)}', '/abc', undefined],
  ['{id:range(1,12)}', '/12', { id: '12' }],
  ['{id:range(1,12)}', '/13', undefined],
  ['{id:min(3)}', '/2', undefined],
  ['{id:max(3)}', '/3', { id: '3' }],
  ['{id:decimal}', '/1.5', { id: '1.5' }],
  ['{id:double}', '/1e5', { id: '1e5' }],
  ['{id:datetime}', '/2019-07-01', { id: '2019-07-01' }],
  ['{id:datetime}', '/soon', undefined],
  ['{id:regex(^\\d{{2}}/?$)}', '/12', { id: '12' }],
  ['{id:regex(^\\d{{2}}$)}', '/123', undefined],
  ['api/{a}/{b}', '/api/x/y', { a: 'x', b: 'y' }],
  ['api/{a}/{b}', '/api/x', undefined],
];

for (const [template, path, expected] of matches) {
  test(`${template || '(empty)'} and ${path}`, () => {
    const routes = createRoutes([httpFunction('f', template)], '');
    const found = route(routes, 'GET', path);
    assert.deepEqual(found?.parameters, expected);
  });
}

const faults: [string, RegExp][] = [
  ['{id', /unbalanced braces/],
  ['a//b', /empty segment/],
  ['{id}/{ID}', /"id" twice/],
  ['{*a}/b/{c}', /catch-all "a" must come last/],
  ['{id:nonsense}', /"nonsense" is unknown/],
  ['{id:min}', /"min" is unknown or has wrong parameters/],
  ['{id:range(1)}', /wrong parameters/],
  ['{1d}', /no route parameter/],
];

for (const [template, expected] of faults) {
  test(`${template} is refused with the function's name`, () => {
    assert.throws(
      () => createRoutes([httpFunction('mine', template)], ''),
      (error: Error) =>
        error.message.startsWith('function "mine": ') && expected.test(error.message),
    );
  });
}

test('the prefix stands before every route', () => {
  const routes = createRoutes([httpFunction('f', 'x')], 'api/v1');
  assert.notEqual(route(routes, 'GET', '/api/v1/x'), undefined);
  assert.equal(route(routes, 'GET', '/x'), undefined);
});

test('the first function that fits answers, by method too', () => {
  const routes = createRoutes(
    [
      httpFunction('a', 'runs/{id}', ['GET']),
      httpFunction('b', '{kind}/fixed', ['GET', 'PUT']),
      httpFunction('c', 'runs/{id}', ['DELETE'], true),
    ],
    '',
  );
  const target = (method: string, path: string) => route(routes, method, path)?.target.name;
  assert.equal(target('GET', '/runs/fixed'), 'a');
  assert.equal(target('PUT', '/runs/fixed'), 'b');
  assert.equal(target('POST', '/runs/fixed'), undefined);
  assert.equal(target('DELETE', '/runs/1'), undefined);
  assert.equal(target('GET', '/none'), undefined);
});

test('functions that no request can reach are found', () => {
  const routes = createRoutes(
    [
      httpFunction('a', '{any}/{thing}', ['GET']),
      httpFunction('b', 'runs/{id}', ['GET']),
      httpFunction('c', 'runs/{id}', ['GET', 'POST']),
      httpFunction('d', 'runs/{id}/x', ['GET']),
      httpFunction('e', 'runs/{id}/x'),
    ],
    '',
  );
  assert.deepEqual(shadowed(routes), [{ hidden: 'b', by: 'a' }]);
});
