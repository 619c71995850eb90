/** To Application Insights, by the exporter alone: its distribution would tell requests a second time. */

import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { AzureMonitorSettings } from '../../shared/settings/telemetry.ts';

export async function azureExporters({
  connectionString,
  identity,
}: AzureMonitorSettings): Promise<{ spans: SpanExporter; measurements: PushMetricExporter }> {
  const { AzureMonitorMetricExporter, AzureMonitorTraceExporter } = await import(
    '@azure/monitor-opentelemetry-exporter'
  );
  // Where keys are off, the identity of APPLICATIONINSIGHTS_AUTHENTICATION_STRING writes.
  const credential = identity && (await identityOf(identity.clientId));
  const options = { connectionString: connectionString(), ...(credential && { credential }) };
  return {
    spans: new AzureMonitorTraceExporter(options),
    measurements: new AzureMonitorMetricExporter(options),
  };
}

async function identityOf(clientId: string | undefined) {
  const { ManagedIdentityCredential } = await import('@azure/identity');
  return new ManagedIdentityCredential(clientId === undefined ? {} : { clientId });
}
