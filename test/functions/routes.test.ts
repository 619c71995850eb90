import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { routes } from '../../functions/routes/index.ts';
import { planStages } from '../../shared/sync/plan.ts';
import { call, post, testApp } from './app.ts';

interface Operation {
  tags: string[];
  responses: Record<string, unknown>;
  security: unknown[];
  requestBody?: unknown;
}

const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

for (const { name } of routes) {
  test(`${name} carries the security headers, answered or refused`, async () => {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      const { headers } = await call(testApp(), name, { method });
      for (const [header, value] of Object.entries(securityHeaders)) {
        assert.equal(headers.get(header), value);
      }
      // What has an ETag may be kept by its client, who must ask each time.
      const kept = headers.has('etag') ? 'private, no-cache' : 'no-store';
      assert.equal(headers.get('cache-control'), kept);
    }
  });
}

test('names are unique, and so are the shapes of paths', () => {
  const names = routes.map(({ name }) => name);
  const shapes = routes.map(({ route }) => route.replace(/\{[^}]*\}/g, '{}'));
  assert.equal(new Set(names).size, routes.length);
  assert.equal(new Set(shapes).size, routes.length);
  for (const { route } of routes) assert.doesNotMatch(route, /^\//);
});

test('/openapi.json describes every route, and what it says is JSON Schema without loose ends', async () => {
  const reply = await call(testApp(), 'openapi');
  const document = JSON.parse(reply.text);
  assert.equal(document.openapi, '3.1.0');
  assert.deepEqual(
    Object.keys(document.paths).sort(),
    routes.map(({ route }) => `/${route}`).sort(),
  );
  const sync = document.paths['/entity_sync'].post;
  const { schemas } = document.components;
  // Clients are generated of it: types have the names of types.
  assert.deepEqual(
    Object.keys(schemas).filter((name) => !/^([A-Z][a-z0-9]*)+$/.test(name)),
    [],
  );
  const at = (place: string) => ({ $ref: `#/components/schemas/${place}` });
  assert.deepEqual(sync.requestBody.content['application/json'].schema, at('EntitySync'));
  assert.deepEqual(schemas.EntitySync.required, ['user', 'code', 'name']);
  assert.deepEqual(sync.security, [{ token: ['run'] }]);
  const run = document.paths['/runs/{id}'].get.responses['200'];
  const views = { anyOf: [at('Run'), at('RunProgress')] };
  assert.deepEqual(run.content['application/json'].schema, views);
  assert.deepEqual(schemas.Run.properties.stages.items, at('Stage'));
  assert.ok(schemas.Stage.properties.state.enum.includes('skipped'));
  assert.deepEqual(schemas.Run.properties.createdAt, at('Instant'));
  assert.equal(schemas.Instant.format, 'date-time');
  assert.doesNotMatch(reply.text, /leaseId|"holder"|\$schema/);
  for (const [, path] of reply.text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    let target = document;
    for (const key of (path ?? '').split('/')) target = target[key];
    assert.ok(target);
  }
});

test('/openapi.json: every operation has its tag, its refusals and their headers', async () => {
  const document = JSON.parse((await call(testApp(), 'openapi')).text);
  const tags = document.tags.map(({ name }: { name: string }) => name);
  for (const path of Object.values<Record<string, Operation>>(document.paths)) {
    for (const [method, { tags: own, responses, security, requestBody }] of Object.entries(path)) {
      assert.equal(own.length, 1);
      assert.ok(tags.includes(own[0]));
      const refused = Object.keys(responses).filter((status) => status >= '400');
      assert.ok(refused.includes('400') && refused.includes('500'));
      assert.equal(refused.includes('403'), security.length > 0, method);
      assert.equal(refused.includes('413'), requestBody !== undefined);
    }
  }
  const { responses } = document.paths['/entity_sync'].post;
  assert.deepEqual(Object.keys(responses), [
    ...['200', '202', '400', '401', '403', '408', '409', '413', '415', '422', '429', '500', '503'],
  ]);
  assert.equal(responses['202'].headers.Location.required, true);
  assert.ok(responses['401'].headers['WWW-Authenticate']);
  assert.ok(responses['409'].headers['Retry-After']);
  assert.ok(document.paths['/runs/{id}/log'].get.responses['200'].headers.Link);
});

test('/openapi.json: the lists need a token only when reads are protected', async () => {
  for (const [flag, expected] of [
    ['true', [{ token: ['read'] }]],
    ['false', [{}, { token: ['read'] }]],
  ] as const) {
    const reply = await call(testApp({ PROTECT_READS: flag }), 'openapi');
    assert.deepEqual(JSON.parse(reply.text).paths['/valid_codes'].get.security, expected);
  }
});

test('/openapi.json has the ways by which this app knows who calls', async () => {
  const signIn = {
    issuer: 'https://login.microsoftonline.com/tenant/v2.0',
    audience: 'client',
    appRoles: [{ name: 'Operator', codes: ['*'] }],
  };
  const app = testApp({ SIGN_IN: JSON.stringify(signIn) });
  const document = JSON.parse((await call(app, 'openapi')).text);
  assert.deepEqual(Object.keys(document.components.securitySchemes), ['token', 'entra']);
  assert.deepEqual(document.paths['/runs'].get.security, [
    { token: ['read'] },
    { entra: ['read'] },
  ]);
  assert.deepEqual(document.paths['/me'].get.security, [{ token: [] }, { entra: [] }]);
});

/** Statuses of refusals that a client can cause, whatever it sends. */
const refusals = new Set([400, 401, 403, 404, 405, 413, 415]);

test('whatever is POSTed is answered, and started only when all of it is right', async () => {
  const member = fc.oneof(
    fc.constantFrom<unknown>('demo-token', 'payment', '0c10', 7, '7', 2019, '2019', null, ''),
    fc.jsonValue(),
  );
  const code = fc.constantFrom('0c10', 'mo', 'all', 'x');
  const body = fc.oneof(
    fc.record(
      { token: member, user: member, code: member, name: member, month: member, year: member },
      { requiredKeys: [] },
    ),
    fc.record({
      token: fc.constant('demo-token'),
      user: fc.constantFrom('u', 'я', 1),
      code: fc.oneof(code, fc.array(code, { maxLength: 4 })),
      name: fc.constantFrom('payment', 'meter', 'bank_code', 'x'),
      month: fc.constantFrom(7, '7', 77, 7.5, null),
      year: fc.constantFrom(2019, '2019', 1999, null),
    }),
    fc.jsonValue(),
  );
  const end = fc.constantFrom<unknown>(0, -1, -3, 1, { month: 5, year: 2019 }, { month: 5 }, null);
  const asked = fc.record(
    {
      code: fc.oneof(code, fc.array(code, { maxLength: 4 })),
      name: fc.constantFrom('payment', 'meter', 'bank_code', null),
      month: fc.constantFrom<unknown>(0, -1, '-2', 7, null, undefined, '7', -99),
      year: fc.constantFrom<unknown>(2019, '2019', null, undefined),
      months: fc.oneof(fc.constant(undefined), fc.array(end, { minLength: 1, maxLength: 3 })),
    },
    { requiredKeys: ['code'] },
  );
  const calls = fc.record({
    token: fc.constant('demo-token'),
    user: fc.constant('u'),
    calls: fc.array(fc.oneof({ weight: 9, arbitrary: asked }, fc.jsonValue()), { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.tuple(fc.constantFrom('entity_sync', 'data_source_sync', 'runs'), body),
        fc.tuple(fc.constant('runs'), calls),
      ),
      async ([name, value]) => {
        const app = testApp();
        const reply = await post(app, name, JSON.stringify(value), { accept: 'application/json' });
        assert.ok(reply.status === 202 || refusals.has(reply.status), reply.text);
        assert.equal(app.syncs.started.length, reply.status === 202 ? 1 : 0);
        assert.equal(reply.queued !== undefined, reply.status === 202);
        for (const request of app.syncs.started) {
          // The planner takes what was accepted: RangeError otherwise.
          assert.ok(planStages(app.catalog, request.calls).stages.length > 0);
        }
      },
    ),
    { numRuns: 400 },
  );
});

test('bytes that are anything at all are answered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const reply = await call(testApp(), 'entity_sync', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: { bytes },
      });
      assert.ok(refusals.has(reply.status), reply.text);
    }),
  );
});

test('headers and path parameters that are anything at all are answered', async () => {
  const header = fc
    .string({ unit: 'binary-ascii' })
    .map((text) => text.replace(/[^\x20-\x7e]/g, ''));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...routes.map(({ name }) => name)),
      fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS'),
      fc.record({ accept: header, authorization: header, 'content-type': header }),
      fc.string({ unit: 'binary' }),
      async (name, method, headers, text) => {
        const params = { code: text, name: text, id: text };
        const query = { limit: text, from: text };
        const reply = await call(testApp(), name, { method, headers, params, query });
        assert.ok(reply.status < 300 || refusals.has(reply.status), reply.text);
      },
    ),
    { numRuns: 200 },
  );
});
