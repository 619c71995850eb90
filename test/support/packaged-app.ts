/** The product as it is deployed, hosted in a process of its own, on a storage of its own. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostProcess, startHostProcess } from 'functions-host/testing/host-process';
import { startAzurite } from 'stand-in-kit/testing/azurite';
import { packageApp } from '../../demo/build.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };

export interface PackagedApp extends HostProcess {
  /** The folder that would be deployed. */
  directory: string;
  connectionString: string;
  /** Another worker on the same storage. */
  worker(environment?: Record<string, string>): Promise<HostProcess>;
  close(): Promise<void>;
}

/** With the sample's settings, whose other servers are not there, and `environment` over them. */
export async function startPackagedApp(
  environment: Record<string, string> = {},
): Promise<PackagedApp> {
  const directory = await mkdtemp(join(tmpdir(), 'packaged-'));
  const [azurite] = await Promise.all([startAzurite(), packageApp(directory)]);
  const { connectionString } = azurite;
  const workers: HostProcess[] = [];
  const worker = async (more: Record<string, string> = {}) => {
    const storage = { AzureWebJobsStorage: connectionString };
    const settings = { ...sample.Values, ...storage, ...environment, ...more };
    const started = await startHostProcess(directory, settings);
    workers.push(started);
    if (!started.ready) throw new Error(`the app does not start:\n${started.lines.join('\n')}`);
    return started;
  };
  const close = async () => {
    await Promise.all(workers.map((one) => one.stop()));
    await azurite.close();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    return { ...(await worker()), directory, connectionString, worker, close };
  } catch (error) {
    await close();
    throw error;
  }
}
