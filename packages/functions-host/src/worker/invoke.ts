/** One invocation, driven through hooks and the programming model in the worker's order. */

import type {
  CoreInvocationContext,
  FunctionCallback,
  InvocationRequest,
  InvocationResponse,
} from './protocol.ts';
import { type RegisteredFunction, runHooks, type Worker } from './worker.ts';

/**
 * Calls the function.
 * @returns its outputs; with HTTP streaming the response itself has gone through the app's own
 *   server by then.
 * @throws whatever the function or a hook threw.
 */
export async function invoke(
  worker: Worker,
  target: RegisteredFunction,
  request: InvocationRequest,
): Promise<InvocationResponse> {
  const model = worker.programmingModel;
  if (!model) throw new Error('The app has set no programming model.');
  const core: CoreInvocationContext = {
    invocationId: request.invocationId,
    request,
    metadata: target.metadata,
    log: (level, category, message) =>
      worker.log({
        level,
        category,
        message,
        functionName: target.metadata.name,
        invocationId: request.invocationId,
      }),
  };
  const invocation = await model.getInvocationModel(core);
  const { context, inputs } = await invocation.getArguments();

  const hookData = {};
  const before = {
    hookData,
    appHookData: worker.appHookData,
    invocationContext: context,
    functionCallback: target.callback as FunctionCallback,
    inputs,
  };
  await inState(core, 'preInvocationHooks', () => runHooks(worker, 'preInvocation', before));

  const after = {
    hookData,
    appHookData: worker.appHookData,
    invocationContext: context,
    inputs: before.inputs,
    result: null as unknown,
    error: null as unknown,
  };
  try {
    after.result = await inState(core, 'invocation', () =>
      invocation.invokeFunction(context, before.inputs, before.functionCallback),
    );
  } catch (error) {
    after.error = error ?? new Error('Unknown error');
  }
  await inState(core, 'postInvocationHooks', () => runHooks(worker, 'postInvocation', after));
  // A hook may clear the error, and the call has succeeded then.
  if (after.error !== null && after.error !== undefined) throw after.error;
  return await invocation.getResponse(context, after.result);
}

async function inState<T>(
  core: CoreInvocationContext,
  state: NonNullable<CoreInvocationContext['state']>,
  work: () => Promise<T>,
): Promise<T> {
  core.state = state;
  try {
    return await work();
  } finally {
    core.state = undefined;
  }
}
