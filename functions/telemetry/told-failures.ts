/**
 * That telemetry does not arrive. OpenTelemetry by itself says so to nobody: a wrong key or address
 * would look like an app that nobody uses.
 */

import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { show } from '../../shared/faults/show.ts';

/** A receiver that comes and goes is told of no more often. */
const restMs = 600_000;

interface Sender {
  export(items: never, done: (result: ExportResult) => void): void;
}

interface Telling {
  /** Takes a line for the administrator. */
  warn(text: string): void;
  /** Monotonic milliseconds. */
  now?: () => number;
}

/**
 * The same exporter, which tells when what it sends is refused or goes nowhere, and when it arrives
 * again.
 *
 * @param what is sent, and where
 */
export function tellingFailures<T extends Sender>(
  exporter: T,
  what: string,
  { warn, now = () => performance.now() }: Telling,
): T {
  let toldAt = Number.NEGATIVE_INFINITY;
  let isAway = false;
  const note = ({ code, error }: ExportResult) => {
    if (code === ExportResultCode.SUCCESS) {
      if (isAway) warn(`Telemetry: ${what} arrive again.`);
      isAway = false;
      return;
    }
    if (isAway || now() - toldAt < restMs) return;
    isAway = true;
    toldAt = now();
    warn(`Telemetry: ${what} do not arrive and are lost meanwhile: ${reasonOf(error)}`);
  };
  const send: Sender['export'] = exporter.export.bind(exporter);
  exporter.export = (items, done) =>
    send(items, (result) => {
      note(result);
      done(result);
    });
  return exporter;
}

/** Status or code, and what it is called; not what the receiver answered. */
function reasonOf(error: (Error & { code?: unknown }) | undefined): string {
  if (error === undefined) return 'no reason is known';
  const { code, message, name } = error;
  // Node quotes the name of such a header, which is a key where somebody has left the name out.
  if (code === 'ERR_INVALID_HTTP_TOKEN' || code === 'ERR_INVALID_CHAR') {
    return `${code}: see OTEL_EXPORTER_OTLP_HEADERS`;
  }
  const parts = [code, message || name].filter((one) => one !== undefined && one !== '');
  return show(parts.join(' '));
}
