/**
 * The Azure Functions host on one machine: loads a built app the way the Node worker does and
 * runs its HTTP, timer and queue functions. Function keys are not checked, as in Core Tools.
 */

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createExecutor, type Executor } from './executor.ts';
import { describeFunctions, type HostFunction } from './functions.ts';
import { hostId } from './host-id.ts';
import { type HostConfiguration, readHostConfiguration } from './host-json.ts';
import { createForwarder } from './http/forward.ts';
import { answer } from './http/headers.ts';
import { createRoutes, shadowed } from './http/router.ts';
import { type HttpFront, handleRequest } from './http/server.ts';
import { createWebServer } from './http/web-server.ts';
import { createLog, type Log } from './log.ts';
import { createQueueListener, type QueueListener } from './queues/listener.ts';
import { createQueueOutputs } from './queues/outputs.ts';
import type { CorsSettings } from './settings.ts';
import { createSingleton } from './singleton.ts';
import { createStorage, type Storage } from './storage.ts';
import { createTimerListener } from './timers/listener.ts';
import { parseSchedule } from './timers/ncrontab.ts';
import { createScheduleMonitor } from './timers/schedule-monitor.ts';
import { supplyCoreModule } from './worker/core-module.ts';
import { loadApp } from './worker/load-app.ts';
import { appHookContext, createWorker, runHooks, type Worker } from './worker/worker.ts';

export interface HostOptions {
  /** Where package.json and host.json are. */
  appDirectory: string;
  /** App settings; they become environment variables of this process, as in the real worker. */
  settings: Record<string, string>;
  /** 0: any free port. */
  port: number;
  host?: '127.0.0.1';
  cors?: CorsSettings | undefined;
  /** Gets every line of the log; standard output where it is absent. */
  log?: (line: string) => void;
}

export interface Host {
  url: string;
  /** Names, in the order in which routes are tried. */
  functions: string[];
  /**
   * Takes no more work, waits half a second for what runs, then runs the app's appTerminate hooks,
   * for 10 s at most. With their end the app has ended: what still runs in it is lost, its messages
   * come again when their time is over, and the process must be ended at once. Repeated calls share
   * one end.
   */
  close(): Promise<void>;
}

interface Listener {
  start(): void;
  stop(): Promise<void>;
}

/** How long what runs may take to end by itself; the real host waits for 10 s. */
const quietMilliseconds = 500;
/** How long the app's hooks may take, as the platform has it for a worker's end. */
const hookMilliseconds = 10_000;
/** For what has been answered by then: outputs, messages that are done with, bytes on their way. */
const settleMilliseconds = 1_000;

let started = false;

/**
 * Starts the one app this process can hold: its modules keep their state, so a second one could
 * not start afresh. Environment and working directory of the process become the app's. Resolves
 * when it listens.
 * @throws Error when host.json, the app or a function of it cannot be used, when the app registers
 *   no function, or when the port is taken. Nothing is left listening then.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  if (started) throw new Error('A process can host one app only; start another process.');
  started = true;
  const { appDirectory: directory, settings } = options;
  const configuration = await readHostConfiguration(directory);
  const write = options.log ?? ((line: string) => void process.stdout.write(`${line}\n`));
  const log = createLog(write, configuration.logLevels);

  let front: HttpFront | undefined;
  const server = createWebServer((request, response) => {
    if (front) void handleRequest(front, request, response);
    else answer(response, 503, { 'retry-after': '1' });
  });
  const url = await listen(server, options.host ?? '127.0.0.1', options.port);
  try {
    // As in the real worker, so that relative paths of the app mean its own files.
    process.chdir(directory);
    Object.assign(process.env, settings);
    process.env['AZURE_FUNCTIONS_ENVIRONMENT'] ??= 'Development';
    process.env['FUNCTIONS_WORKER_RUNTIME'] ??= 'node';
    process.env['WEBSITE_HOSTNAME'] ??= new URL(url).host;
    const worker = createWorker(log.rpc);
    supplyCoreModule(worker);
    const capabilities = await loadApp(worker, directory);
    const functions = describeFunctions(worker.functions.values(), settings);

    const storage = createStorage(settings);
    const queueListeners: QueueListener[] = [];
    const outputs = createQueueOutputs(
      storage,
      configuration.queues.messageEncoding,
      (queueName) => {
        for (const listener of queueListeners) {
          if (listener.queueName === queueName) listener.notify();
        }
      },
    );
    const executor = createExecutor(worker, outputs, log, configuration.functionTimeout);
    const context = { storage, executor, log, configuration, settings, directory };
    queueListeners.push(...createQueueListeners(functions, context));
    const listeners = [...queueListeners, ...createTimers(functions, context)];
    const routes = createRoutes(functions, configuration.routePrefix);
    for (const { hidden, by } of shadowed(routes)) {
      log.host(
        'warning',
        `"${hidden}" gets no request: "${by}" comes first by name and takes them all`,
      );
    }
    const httpUri = capabilities['HttpUri'];
    const forwarder = httpUri === undefined ? undefined : createForwarder(httpUri);
    const homePage = settings['AzureWebJobsDisableHomepage']?.toLowerCase() !== 'true';
    front = { routes, executor, forwarder, homePage, cors: options.cors, log };
    for (const listener of listeners) listener.start();
    log.host(
      'information',
      `${functions.length} functions: ${functions.map(({ name }) => name).join(', ')}`,
    );

    let closing: Promise<void> | undefined;
    return {
      url,
      functions: functions.map(({ name }) => name),
      close: () => {
        closing ??= close(server, worker, executor, listeners, () => forwarder?.close(), log);
        return closing;
      },
    };
  } catch (error) {
    server.close();
    server.closeAllConnections();
    throw error;
  }
}

interface ListenerContext {
  storage: Storage;
  executor: Executor;
  log: Log;
  configuration: HostConfiguration;
  settings: Record<string, string>;
  directory: string;
}

function createQueueListeners(
  functions: readonly HostFunction[],
  { storage, executor, log, configuration }: ListenerContext,
): QueueListener[] {
  return functions.flatMap((target) => {
    const { trigger, disabled } = target;
    if (trigger.type !== 'queue' || disabled) return [];
    const options = configuration.queues;
    return [createQueueListener(target, trigger, { storage, executor, log, options })];
  });
}

function createTimers(functions: readonly HostFunction[], context: ListenerContext): Listener[] {
  const { storage, executor, log, configuration, settings, directory } = context;
  return functions.flatMap((target) => {
    const { name, trigger, disabled } = target;
    if (trigger.type !== 'timer' || disabled) return [];
    const warn = (text: string): void => log.host('warning', text, { name });
    const schedule = readSchedule(name, trigger.schedule, settings['WEBSITE_TIME_ZONE']);
    const container = storage.hostContainer();
    const timer = `${hostId(directory, settings)}/Host.Functions.${name}`;
    const monitored = trigger.useMonitor && !schedule.frequent;
    const monitor = monitored ? createScheduleMonitor(container, timer) : undefined;
    const work = createTimerListener(target, trigger, { schedule, monitor, executor, warn });
    return [createSingleton(container, `${timer}.Listener`, work, configuration.singleton, warn)];
  });
}

function readSchedule(name: string, schedule: string, timeZone: string | undefined) {
  try {
    return parseSchedule(schedule, timeZone);
  } catch (error) {
    throw new Error(`function "${name}": ${(error as Error).message}`);
  }
}

function listen(server: Server, host: string, port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  server.once('error', reject);
  server.listen(port, host, () => {
    resolve(`http://${host}:${(server.address() as AddressInfo).port}`);
  });
  return promise;
}

async function close(
  server: Server,
  worker: Worker,
  executor: Executor,
  listeners: readonly Listener[],
  cutOff: () => void,
  log: Log,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = Promise.allSettled([executor.idle(), ...listeners.map((it) => it.stop())]);
  await within(idle, quietMilliseconds);
  const hooks = runHooks(worker, 'appTerminate', appHookContext(worker)).catch((error) =>
    log.host('error', `appTerminate: ${String(error)}`),
  );
  await within(hooks, hookMilliseconds);
  // The real worker calls process.exit here: nothing that still runs in it is waited for.
  if (executor.running().length > 0) {
    log.host('warning', `left while running: ${executor.running().join(', ')}`);
  }
  executor.end();
  await within(idle, settleMilliseconds);
  // Callers of functions that threw still wait for an answer: they get it now.
  cutOff();
  server.closeIdleConnections();
  await within(closed, settleMilliseconds);
  server.closeAllConnections();
}

function within(work: Promise<unknown>, milliseconds: number): Promise<unknown> {
  return Promise.race([work, sleep(milliseconds, undefined, { ref: false })]);
}
