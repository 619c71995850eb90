/** Loads the app's entry point, named by `main` of its package.json, as the Node worker does. */

import { glob, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { appHookContext, runHooks, type Worker } from './worker.ts';

interface PackageJson {
  main: string;
  type: string | undefined;
}

/** What a worker of 3.9.1 offers the programming model; the model adds its own to it. */
const workerCapabilities: Readonly<Record<string, string>> = {
  RawHttpBodyBytes: 'true',
  RpcHttpTriggerMetadataRemoved: 'true',
  RpcHttpBodyOnly: 'true',
  IgnoreEmptyValuedRpcHttpHeaders: 'true',
  UseNullableValueDictionaryForHttp: 'true',
  WorkerStatus: 'true',
  TypedDataCollection: 'true',
  HandlesWorkerTerminateMessage: 'true',
};

/**
 * Loads every file that `main` names (a path or a glob), runs the appStart hooks and closes the
 * door for registrations.
 * @returns the capabilities of the app; `HttpUri` among them when it streams HTTP.
 * @throws Error when the app cannot be loaded or registers nothing. The real worker reports
 *   success without functions then; here it must be seen at once.
 */
export async function loadApp(worker: Worker, directory: string): Promise<Record<string, string>> {
  const packageJson = await readPackageJson(directory);
  const files: string[] = [];
  for await (const file of glob(packageJson.main, { cwd: directory })) files.push(file);
  if (files.length === 0) {
    throw new Error(
      `Worker was unable to load entry point "${packageJson.main}": no such file in ${directory}. Build the app first.`,
    );
  }
  for (const file of files.sort()) {
    try {
      await loadFile(join(directory, file), packageJson.type);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`Worker was unable to load entry point "${file}": ${message}`, {
        cause: error,
      });
    }
  }
  await runHooks(worker, 'appStart', appHookContext(worker, { functionAppDirectory: directory }));
  worker.locked = true;
  if (worker.functions.size === 0) {
    throw new Error(`The app in ${directory} registered no function.`);
  }
  const capabilities = { ...workerCapabilities };
  return (await worker.programmingModel?.getCapabilities?.(capabilities)) ?? capabilities;
}

async function loadFile(path: string, type: string | undefined): Promise<void> {
  if (path.endsWith('.mjs') || (type === 'module' && !path.endsWith('.cjs'))) {
    await import(pathToFileURL(path).href);
  } else {
    createRequire(import.meta.url)(path);
  }
}

async function readPackageJson(directory: string): Promise<PackageJson> {
  const path = join(directory, 'package.json');
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path} cannot be read`, { cause: error });
  }
  const { main, type } = Object(content) as Record<string, unknown>;
  if (typeof main !== 'string' || main === '') {
    throw new Error(`${path}: "main" must name the app's entry point, e.g. "dist/main.cjs"`);
  }
  return { main, type: typeof type === 'string' ? type : undefined };
}
