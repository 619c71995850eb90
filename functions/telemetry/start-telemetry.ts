/** OpenTelemetry's SDK with its exporters. Loaded only where telemetry is asked for. */

import { hostname } from 'node:os';
import { context, metrics, trace } from '@opentelemetry/api';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import type { TelemetrySettings } from '../../shared/settings/telemetry.ts';
import { setTelling } from '../../shared/telemetry/telling.ts';
import { azureExporters } from './azure-exporters.ts';
import { sampler } from './sampler.ts';
import { tellingFailures } from './told-failures.ts';

/** Ends a process that is told to stop within its time, whether or not the receiver answers. */
const flushMs = 2_000;
const exportEveryMs = 60_000;

export interface Telemetry {
  /** A line of the app's log, in the trace that is active. */
  log(level: string, text: string, invocation: string | undefined): void;
  /** Sends what there is, and ends. Never throws. */
  stop(): Promise<void>;
}

/**
 * From now on everything that begins is told.
 *
 * @param warn takes a line about what does not arrive: never one of those that are sent
 */
export async function startTelemetry(
  settings: TelemetrySettings,
  warn: (text: string) => void,
): Promise<Telemetry> {
  const arriving = <T extends Parameters<typeof tellingFailures>[0]>(exporter: T, what: string) =>
    tellingFailures(exporter, what, { warn });
  const { serviceName, instance } = settings;
  const resource = resourceFromAttributes({
    'service.name': serviceName,
    // Several workers may share an instance, and what adds up in each would be one sum to a receiver.
    'service.instance.id': `${instance ?? hostname()}/${process.pid}`,
  });
  const spans: SpanExporter[] = [];
  const measurements: PushMetricExporter[] = [];
  let logger: LoggerProvider | undefined;
  if (settings.isOtlp) {
    const [traceOtlp, metricOtlp, logOtlp] = await Promise.all([
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/exporter-metrics-otlp-http'),
      import('@opentelemetry/exporter-logs-otlp-http'),
    ]);
    // Endpoint and headers are read from the environment, as OpenTelemetry says.
    spans.push(arriving(new traceOtlp.OTLPTraceExporter(), 'traces by OTLP'));
    measurements.push(
      arriving(forgettingLevels(new metricOtlp.OTLPMetricExporter()), 'measurements by OTLP'),
    );
    const exporter = arriving(new logOtlp.OTLPLogExporter(), 'lines of the log by OTLP');
    logger = new LoggerProvider({
      resource,
      processors: [new BatchLogRecordProcessor({ exporter })],
    });
    logs.setGlobalLoggerProvider(logger);
  }
  if (settings.azure !== undefined) {
    const azure = await azureExporters(settings.azure);
    spans.push(arriving(azure.spans, 'traces for Azure Monitor'));
    measurements.push(arriving(azure.measurements, 'measurements for Azure Monitor'));
  }
  const tracers = new BasicTracerProvider({
    resource,
    sampler: sampler(settings.share),
    spanProcessors: spans.map((exporter) => new BatchSpanProcessor(exporter)),
  });
  const meters = new MeterProvider({
    resource,
    readers: measurements.map(
      (exporter) =>
        new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: exportEveryMs }),
    ),
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracers);
  metrics.setGlobalMeterProvider(meters);
  setTelling(true, settings.azure !== undefined);
  return {
    log: (level, text, invocation) => {
      if (logger === undefined) return;
      logger.getLogger('syncboard').emit({
        severityText: level,
        severityNumber: severities[level] ?? SeverityNumber.INFO,
        body: text,
        attributes: invocation === undefined ? {} : { 'faas.invocation_id': invocation },
        context: context.active(),
      });
    },
    async stop() {
      const ends = [tracers.shutdown(), meters.shutdown(), logger?.shutdown()];
      await Promise.race([Promise.allSettled(ends), pause(flushMs)]);
      setTelling(false);
    },
  };
}

const levels: readonly InstrumentType[] = [InstrumentType.GAUGE, InstrumentType.OBSERVABLE_GAUGE];

/**
 * Tells a level when it was looked at, and only then: which worker looks changes, and what the one
 * before it has seen last would be told for as long as it lives.
 */
function forgettingLevels<T extends Pick<PushMetricExporter, 'selectAggregationTemporality'>>(
  exporter: T,
): T {
  const usual = exporter.selectAggregationTemporality?.bind(exporter);
  exporter.selectAggregationTemporality = (type) =>
    levels.includes(type) || usual === undefined ? AggregationTemporality.DELTA : usual(type);
  return exporter;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());

const severities: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  information: SeverityNumber.INFO,
  warning: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  critical: SeverityNumber.FATAL,
};
