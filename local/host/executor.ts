/** Runs invocations one beside the other, each with its log lines, time limit and outputs. */

import { randomBytes, randomUUID } from 'node:crypto';
import type { HostFunction } from './functions.ts';
import type { Log } from './log.ts';
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
}

/** How long a trigger has to put its work back before the process ends. */
const timeoutGraceMilliseconds = 2_000;

export class FunctionTimeoutError extends Error {
  override name = 'FunctionTimeoutError';
}

export interface Executor {
  /** @throws what the function threw, FunctionTimeoutError, or what failed while writing outputs. */
  run(target: HostFunction, invocation: Invocation): Promise<InvocationResponse>;
  /** Names of the functions that run now. */
  running(): string[];
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
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
  const active = new Map<Promise<unknown>, string>();

  const execute = async (
    target: HostFunction,
    invocation: Invocation,
  ): Promise<InvocationResponse> => {
    const { id } = invocation;
    const about = { name: target.name, invocationId: id };
    const start = performance.now();
    const outcome = (result: string): string =>
      `Executed '${target.name}' (${result}, Id=${id}, Duration=${Math.round(performance.now() - start)}ms)`;
    log.host(
      'information',
      `Executing '${target.name}' (Reason='${invocation.reason}', Id=${id})`,
      about,
    );
    try {
      const response = await limited(timeout, about.name, () =>
        invoke(worker, target.registration, {
          invocationId: id,
          functionId: target.registration.id,
          inputData: [{ name: target.input, data: invocation.input }],
          triggerMetadata: invocation.triggerMetadata ?? {},
          traceContext: traceContext(invocation.traceParent),
        }),
      );
      await invocation.transport;
      await outputs.write(target.outputs, response);
      log.host('information', outcome('Succeeded'), about);
      return response;
    } catch (error) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log.host('error', `${outcome('Failed')} ${stack}`, about);
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
      active.set(execution, target.name);
      const end = (): boolean => active.delete(execution);
      execution.then(end, end);
      return execution;
    },
    running: () => [...active.values()],
    idle: async () => {
      while (active.size > 0) await Promise.allSettled(active.keys());
    },
  };
}

export function newInvocationId(): string {
  return randomUUID();
}

async function limited<T>(
  timeout: number | undefined,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  if (timeout === undefined) return await work();
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new FunctionTimeoutError(`'${name}' ran past functionTimeout, ${timeout} ms.`)),
    timeout,
  );
  try {
    return await Promise.race([work(), promise]);
  } finally {
    clearTimeout(timer);
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
