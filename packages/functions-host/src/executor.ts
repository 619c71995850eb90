/** Runs invocations one beside the other, each with its log lines, time limit and outputs. */

import { randomBytes, randomUUID } from 'node:crypto';
import type { HostFunction } from './functions.ts';
import { ClientGoneError } from './http/carry.ts';
import { type Log, requestCategory } from './log.ts';
import type { QueueOutputs } from './queues/outputs.ts';
import { invoke } from './worker/invoke.ts';
import type { InvocationResponse, TypedData } from './worker/protocol.ts';
import type { Worker } from './worker/worker.ts';

export interface Invocation {
  id: string;
  /** Why it runs, for the log. */
  reason: string;
  input: TypedData;
  triggerMetadata?: Record<string, TypedData>;
  /** W3C `traceparent` to go on from. */
  traceParent?: string | undefined;
  /** What must be over before the outputs are written: the transport of a streamed response. */
  transport?: Promise<void>;
  /** An HTTP request: its lines have a level of their own in the log. */
  isRequest?: boolean;
}

/** How long a trigger has to put its work back before the process ends. */
const timeoutGraceMilliseconds = 2_000;

export class FunctionTimeoutError extends Error {
  override name = 'FunctionTimeoutError';
}

/** The process of the real worker is gone as soon as the app's terminate hooks have ended. */
export class WorkerEndedError extends Error {
  override name = 'WorkerEndedError';

  constructor() {
    super('The worker has ended.');
  }
}

export interface Executor {
  /** @throws what the function threw, FunctionTimeoutError, or what failed while writing outputs. */
  run(target: HostFunction, invocation: Invocation): Promise<InvocationResponse>;
  /** Names of the functions that have not answered yet. */
  running(): string[];
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
  /** The worker's process has ended: what still runs in it never answers. */
  end(): void;
}

/**
 * @param timeout milliseconds an invocation may take. Past it the invocation has failed, and the
 *   process ends: what still runs in it can be stopped in no other way. The real host restarts
 *   its worker then.
 */
export function createExecutor(
  worker: Worker,
  outputs: QueueOutputs,
  log: Log,
  timeout: number | undefined,
): Executor {
  const active = new Set<Promise<unknown>>();
  const unanswered = new Map<string, string>();
  const ended = new AbortController();

  const execute = async (
    target: HostFunction,
    invocation: Invocation,
  ): Promise<InvocationResponse> => {
    const { id } = invocation;
    const category = invocation.isRequest ? { category: requestCategory } : {};
    const about = { name: target.name, invocationId: id, ...category };
    const start = performance.now();
    const outcome = (result: string): string =>
      `Executed '${target.name}' (${result}, Id=${id}, Duration=${Math.round(performance.now() - start)}ms)`;
    log.host(
      'information',
      `Executing '${target.name}' (Reason='${invocation.reason}', Id=${id})`,
      about,
    );
    unanswered.set(id, target.name);
    try {
      const response = await limited(timeout, about.name, ended.signal, () =>
        invoke(worker, target.registration, {
          invocationId: id,
          functionId: target.registration.id,
          inputData: [{ name: target.input, data: invocation.input }],
          triggerMetadata: invocation.triggerMetadata ?? {},
          traceContext: traceContext(invocation.traceParent),
        }),
      );
      unanswered.delete(id);
      await invocation.transport;
      await outputs.write(target.outputs, response);
      log.host('information', outcome('Succeeded'), about);
      return response;
    } catch (error) {
      unanswered.delete(id);
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (error instanceof ClientGoneError) log.host('information', outcome('Client gone'), about);
      else log.host('error', `${outcome('Failed')} ${stack}`, about);
      if (error instanceof FunctionTimeoutError) {
        setTimeout(() => {
          throw error;
        }, timeoutGraceMilliseconds);
      }
      throw error;
    }
  };

  return {
    run: (target, invocation) => {
      const execution = execute(target, invocation);
      active.add(execution);
      const end = (): boolean => active.delete(execution);
      execution.then(end, end);
      return execution;
    },
    running: () => [...unanswered.values()],
    idle: async () => {
      while (active.size > 0) await Promise.allSettled(active);
    },
    end: () => ended.abort(new WorkerEndedError()),
  };
}

export function newInvocationId(): string {
  return randomUUID();
}

/** @throws FunctionTimeoutError, or the reason of `ended` */
async function limited<T>(
  timeout: number | undefined,
  name: string,
  ended: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  ended.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const over = (): void =>
    reject(new FunctionTimeoutError(`'${name}' ran past functionTimeout, ${timeout} ms.`));
  const timer = timeout === undefined ? undefined : setTimeout(over, timeout);
  // A race against a promise that lives as long as the worker would be kept by it for good.
  const leave = (): void => reject(ended.reason);
  ended.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work(), promise]);
  } finally {
    clearTimeout(timer);
    ended.removeEventListener('abort', leave);
  }
}

/** A span of its own in the caller's trace, or in a new one. */
function traceContext(traceParent: string | undefined) {
  const trace = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/.exec(traceParent ?? '');
  const [, traceId = randomBytes(16).toString('hex'), flags = '00'] = trace ?? [];
  return {
    traceParent: `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}`,
    traceState: '',
    attributes: {},
  };
}
