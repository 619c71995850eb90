/** A receiver tells workers apart, and what one of them has seen once is not told for good. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { metrics } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { AppTelemetry } from '../../functions/telemetry/app-telemetry.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { parseTelemetry } from '../../shared/settings/telemetry.ts';
import { measured } from '../../shared/telemetry/measurements.ts';
import { type OtlpReceiver, startOtlpReceiver } from './otlp-receiver.ts';

const setting = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const usual = process.env[setting];
let receiver: OtlpReceiver;
const telemetry = new AppTelemetry();
before(async () => {
  receiver = await startOtlpReceiver();
  // The exporter reads it where it is made.
  process.env[setting] = receiver.url;
  const environment = { ...sample.Values, [setting]: receiver.url, CONTAINER_NAME: 'box-7' };
  await telemetry.start(environment, { log: () => {} });
});
after(async () => {
  await telemetry.stop();
  receiver.close();
  if (usual === undefined) delete process.env[setting];
  else process.env[setting] = usual;
});

async function sent(): Promise<string> {
  const meters: object = metrics.getMeterProvider();
  assert.ok(meters instanceof MeterProvider);
  receiver.bodies.length = 0;
  await meters.forceFlush();
  return receiver.bodies.map(({ text }) => text).join('\n');
}

test('a level that is not looked at any more is not told, as another worker may look by now', async () => {
  measured()?.openRuns.record(3, { state: 'waiting' });
  measured()?.runs.add(1, { state: 'failed' });
  assert.match(await sent(), /"syncboard\.runs\.open"/);
  const second = await sent();
  assert.doesNotMatch(second, /"syncboard\.runs\.open"/);
  // What adds up stays.
  assert.match(second, /"syncboard\.runs"/);
  measured()?.openRuns.record(0, { state: 'waiting' });
  assert.match(await sent(), /"syncboard\.runs\.open"/);
});

test('each process of an instance has a name of its own', async () => {
  measured()?.runs.add(1, { state: 'failed' });
  const id = /"service\.instance\.id","value":\{"stringValue":"([^"]+)"/.exec(await sent())?.[1];
  assert.equal(id, `box-7/${process.pid}`);
});

// The host takes the first two for its own (`GetInstanceId`, `IsFlexConsumptionSku`): Flex
// Consumption has no WEBSITE_INSTANCE_ID.
const instances: [environment: Record<string, string>, instance: string | undefined][] = [
  [{ WEBSITE_INSTANCE_ID: 'a1', CONTAINER_NAME: 'b2' }, 'a1'],
  [{ CONTAINER_NAME: 'b2', WEBSITE_POD_NAME: 'c3' }, 'b2'],
  [{ WEBSITE_POD_NAME: 'c3' }, 'c3'],
  [{}, undefined],
];
for (const [environment, instance] of instances) {
  test(`the instance is ${instance ?? 'not told'} by ${Object.keys(environment)}`, () => {
    const all: Record<string, string> = { ...environment, [setting]: 'http://127.0.0.1:4318' };
    const settings = parseTelemetry((name) => all[name], assert.fail);
    assert.equal(settings?.instance, instance);
  });
}
