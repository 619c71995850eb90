/** Where telemetry goes, if anywhere. */

import { isAzure, type Read, type Report } from './settings-error.ts';

export interface AzureMonitorSettings {
  /** A function, so that it does not show in print: it has a key. */
  connectionString(): string;
  /** Absent: the key of the connection string is enough. */
  identity?: { clientId?: string };
}

export interface TelemetrySettings {
  serviceName: string;
  /** As the platform calls it. */
  instance?: string;
  /** The share of traces that are kept, 0 to 1. */
  share: number;
  /** By `OTEL_EXPORTER_OTLP_ENDPOINT`, which the exporter reads itself. */
  isOtlp: boolean;
  azure?: AzureMonitorSettings;
}

/** Undefined: nobody wants to know. */
export function parseTelemetry(read: Read, report: Report): TelemetrySettings | undefined {
  const endpoint = read('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (endpoint !== undefined && !isHttp(endpoint)) {
    report('OTEL_EXPORTER_OTLP_ENDPOINT', 'must be an address such as https://otel.example:4318');
  }
  const azure = parseAzure(read, report);
  const share = parseShare(read, report);
  if (endpoint === undefined && azure === undefined) return undefined;
  const own = read('OTEL_SERVICE_NAME') ?? (isAzure(read) ? read('WEBSITE_SITE_NAME') : undefined);
  // Flex Consumption has none of the first; the host calls itself by the second there.
  const instance =
    read('WEBSITE_INSTANCE_ID') ?? read('CONTAINER_NAME') ?? read('WEBSITE_POD_NAME');
  return {
    serviceName: own ?? 'syncboard',
    ...(instance !== undefined && { instance }),
    share,
    isOtlp: endpoint !== undefined,
    ...(azure && { azure }),
  };
}

function parseAzure(read: Read, report: Report): AzureMonitorSettings | undefined {
  const wanted = read('AZURE_MONITOR')?.toLowerCase() ?? 'false';
  if (wanted !== 'true' && wanted !== 'false') report('AZURE_MONITOR', 'must be true or false');
  if (wanted !== 'true') return undefined;
  const connectionString = read('APPLICATIONINSIGHTS_CONNECTION_STRING');
  if (connectionString === undefined) {
    report('AZURE_MONITOR', 'is true, and APPLICATIONINSIGHTS_CONNECTION_STRING is not set');
    return undefined;
  }
  const how = read('APPLICATIONINSIGHTS_AUTHENTICATION_STRING') ?? '';
  const clientId = /(?:^|;)\s*ClientId\s*=\s*([^;]+)/i.exec(how)?.[1]?.trim();
  const isIdentity = /(?:^|;)\s*Authorization\s*=\s*AAD\s*(?:;|$)/i.test(how);
  return {
    connectionString: () => connectionString,
    ...(isIdentity && { identity: clientId === undefined ? {} : { clientId } }),
  };
}

function parseShare(read: Read, report: Report): number {
  const text = read('OTEL_TRACES_SAMPLER_ARG') ?? '1';
  const share = /^(0|1|0?\.\d{1,9}|1\.0+)$/.test(text) ? Number(text) : Number.NaN;
  if (share >= 0 && share <= 1) return share;
  report('OTEL_TRACES_SAMPLER_ARG', 'must be the share of traces that are kept, from 0 to 1: 0.1');
  return 1;
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
