/** Telemetry of the app as it is deployed: its exporters are chunks of their own. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPackagedApp } from '../support/packaged-app.ts';
import { startOtlpReceiver } from './otlp-receiver.ts';

test('the deployed app sends the traces of a request, and goes on when nobody takes them', async (t) => {
  const receiver = await startOtlpReceiver();
  t.after(() => receiver.close());
  const app = await startPackagedApp({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  t.after(() => app.close());
  const get = (path: string) =>
    fetch(`${app.url}${path}`, { headers: { authorization: 'Bearer demo-token' } });
  assert.equal((await get('/valid_codes')).status, 200);
  // What it has is sent when it stops, at the latest.
  await app.stop();
  assert.ok(receiver.spans.some(({ name }) => name.includes('valid_codes')));
  assert.ok(receiver.metrics.size > 0);

  receiver.close();
  const alone = await app.worker();
  const answer = await fetch(`${alone.url}/valid_codes`, {
    headers: { authorization: 'Bearer demo-token' },
  });
  assert.equal(answer.status, 200);
});
