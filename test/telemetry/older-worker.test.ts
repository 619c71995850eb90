import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppTelemetry } from '../../functions/telemetry/app-telemetry.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { isTelling } from '../../shared/telemetry/telling.ts';

test('a worker without log hooks is started all the same, and told of', async (t) => {
  const warn = t.mock.method(console, 'warn', () => {});
  const telemetry = new AppTelemetry();
  const hooks = {
    log: () => {
      throw new RangeError('Unrecognized hook "log"');
    },
  };
  // Nobody listens there, and nothing is sent.
  const environment = { ...sample.Values, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
  await telemetry.start(environment, hooks);
  assert.ok(isTelling());
  assert.match(String(warn.mock.calls[0]?.arguments[0]), /no lines of the log.*"log"/);
  await telemetry.stop();
});

test('where nobody asks for telemetry no hook is asked for', async () => {
  const hooks = { log: () => assert.fail('a hook is asked for') };
  await new AppTelemetry().start(sample.Values, hooks);
  assert.ok(!isTelling());
});
