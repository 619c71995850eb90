/**
 * A client as somebody writes it against the document: `api.ts` is what openapi-typescript made of
 * it. Compiled strictly and run by `../client.test.ts`, beside which there is no `api.ts`.
 */

import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { components, paths } from './api.ts';

type Run = components['schemas']['Run'];
type Json = 'application/json' | 'application/problem+json';

const baseUrl = process.env['APP_URL'] ?? '';
const api = createClient<paths, Json>({
  baseUrl,
  headers: { accept: 'application/json', authorization: 'Bearer demo-token' },
});

const codes = await api.GET('/valid_codes');
const names = codes.data ?? assert.fail();
assert.ok(!('months' in names));
const description: string | undefined = names['0c10'];
assert.ok(description);
const form = (await api.GET('/valid_codes', { params: { query: { view: 'form' } } })).data;
assert.ok(form && Array.isArray(form.codes));
const needsMonth: boolean | undefined = form.codes.find(({ code }) => code === '0c10')?.needsMonth;
assert.equal(needsMonth, true);

const dated = await api.GET('/{name}/is_dated', { params: { path: { name: 'payment' } } });
const isDated: boolean | undefined = dated.data;
assert.equal(isDated, true);

const body = { user: 'me', code: '0c10', name: 'payment', month: 7, year: 2019 };
const started = await api.POST('/entity_sync', { body });
assert.equal(started.response.status, 202);
const accepted = started.data ?? assert.fail();
assert.ok('location' in accepted);
const { id, state } = accepted;
const promised: 'queued' | 'waiting' = state;
assert.equal(promised, 'queued');

const calls = [
  { code: ['0c10', 'stek'], name: 'payment', month: -1 },
  { code: '0c10', month: 0 },
];
const planned = await api.POST('/runs', {
  body: { user: 'me', calls },
  params: { query: { dry: 'true' } },
});
assert.equal(planned.response.status, 200);
const plan = planned.data ?? assert.fail();
assert.ok('stages' in plan);
assert.equal(plan.servers.find(({ server }) => server === 'dcdb')?.run, id);

const read = await api.GET('/runs/{id}', { params: { path: { id } } });
const seen = read.data ?? assert.fail();
assert.ok('stages' in seen);
const run: Pick<Run, 'id' | 'period' | 'stages'> = seen;
const query = { view: 'progress' } as const;
const brief = (await api.GET('/runs/{id}', { params: { path: { id }, query } })).data;
assert.ok(brief && 'errorCount' in brief);
const endsAt: string | null | undefined = brief.estimate?.endsAt;
assert.equal(endsAt, null);
assert.deepEqual(run.period, { month: 7, year: 2019 });
assert.ok(run.stages.every((stage) => stage.attempts.every(({ startedAt }) => startedAt !== '')));

const page = await api.GET('/runs', { params: { query: { limit: '1' } } });
assert.deepEqual(
  page.data?.runs.map((one) => one.id),
  [id],
);

const log = await api.GET('/runs/{id}/log', { params: { path: { id } }, parseAs: 'text' });
assert.match(log.response.headers.get('link') ?? '', /rel="next"/);

const busy = await api.POST('/entity_sync', { body });
assert.equal(busy.response.status, 409);
const servers: string[] | undefined = busy.error?.servers;
assert.ok(servers && servers.length > 0);

const refused = await api.POST('/entity_sync', { body: { ...body, month: 12, year: 9999 } });
const fields = refused.error?.errors?.map(({ field, allowed }) => `${field}: ${allowed}`);
assert.ok(fields && fields.length > 0);

const missing = await api.GET('/runs/{id}', { params: { path: { id: 'none' } } });
assert.equal(missing.data, undefined);
assert.equal(missing.error?.type, 'urn:syncboard:problem:not-found');

const cancelled = await api.POST('/runs/{id}/cancel', { params: { path: { id } } });
assert.ok(cancelled.data?.location === `/runs/${id}` || cancelled.error?.state !== undefined);

const health = await api.GET('/health');
// Its databases are not there: the same document comes with 503.
const states: string[] | undefined = (health.data ?? health.error)?.state?.split(' ');
assert.ok(states);
console.log('worked');
