/** Telemetry of the app: what starts it where it is asked for, and ends it. */

import type { LogHookContext } from '@azure/functions';
import type { App } from '../../shared/app/app.ts';
import { readerOf } from '../../shared/settings/setting-names.ts';
import { parseTelemetry } from '../../shared/settings/telemetry.ts';
import { tellLog } from '../../shared/storage/tell.ts';
import { observeCalls, observePools } from '../../shared/telemetry/measurements.ts';
import { isTelling } from '../../shared/telemetry/telling.ts';
import type { Telemetry } from './start-telemetry.ts';

interface Hooks {
  log(handler: (context: LogHookContext) => void): unknown;
}

export class AppTelemetry {
  #telemetry: Telemetry | undefined;

  /** Reads its own settings alone: faults are told by the app, which reads all of them next. */
  async start(environment: NodeJS.ProcessEnv, hooks: Hooks): Promise<void> {
    const telemetry = parseTelemetry(readerOf(environment, process.platform), () => {});
    if (telemetry === undefined) return;
    const { startTelemetry } = await import('./start-telemetry.ts');
    this.#telemetry = await startTelemetry(telemetry, tellLog);
    this.#hear(hooks);
  }

  /** Has the app's pools and calls looked at whenever measurements are sent. */
  observe(app: App): void {
    if (this.#telemetry === undefined) return;
    observePools(() => app.current.poolUses());
    observeCalls(() => app.current.calls.use);
  }

  /** Lines of the app's log go where its spans go. */
  #hear(hooks: Hooks): void {
    try {
      hooks.log(({ level, message, invocationContext }) => {
        if (isTelling()) this.#telemetry?.log(level, message, invocationContext?.invocationId);
      });
    } catch (error) {
      // Node workers up to 3.9 have no such hook: the host's own log has the lines all the same.
      console.warn(`Telemetry has no lines of the log: ${(error as Error).message}`);
    }
  }

  /** Sends what there is. Never throws. */
  async stop(): Promise<void> {
    await this.#telemetry?.stop();
    this.#telemetry = undefined;
  }
}
