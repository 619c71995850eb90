/** What the procedures of runs said, in full, kept as long as their runs: `logs/<run>/…`. */

import type { ContainerClient } from '@azure/storage-blob';
import { LogParts } from './log-parts.ts';
import { RunLog } from './run-log.ts';
import { LogTail } from './tail.ts';
import { StoredLog } from './text.ts';

export class RunLogs {
  readonly #container: ContainerClient;

  constructor(container: ContainerClient) {
    this.#container = container;
  }

  /** For one holder of the run to write; nothing is made before something is said. */
  open(runId: string, holder: string, now: () => Date): RunLog {
    return new RunLog(new LogTail(this.#parts(runId), holder), now);
  }

  /** What there is now; of a run that has said nothing, or of none, an empty text. */
  async read(runId: string, signal: AbortSignal): Promise<StoredLog> {
    return new StoredLog(this.#container, await this.#parts(runId).list(signal));
  }

  remove(runId: string, signal: AbortSignal): Promise<void> {
    return this.#parts(runId).remove(signal);
  }

  #parts(runId: string): LogParts {
    return new LogParts(this.#container, runId);
  }
}
