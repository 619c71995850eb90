/** The state of the one app in this process: what it registered, and its hooks. */

import type { RpcLog } from '../log.ts';
import type { FunctionCallback, FunctionMetadata, ProgrammingModel } from './protocol.ts';

export type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation';
export type HookCallback = (context: object) => unknown;

export interface RegisteredFunction {
  id: string;
  metadata: FunctionMetadata;
  callback: FunctionCallback;
}

export interface Worker {
  functions: Map<string, RegisteredFunction>;
  /** True once the app has started: registrations are refused from then on. */
  locked: boolean;
  programmingModel: ProgrammingModel | undefined;
  hooks: Record<HookName, HookCallback[]>;
  /** Shared by all hooks of the app. */
  appHookData: Record<string, unknown>;
  /** Shared by appStart and appTerminate hooks only. */
  appLevelHookData: Record<string, unknown>;
  log: RpcLog;
}

export function createWorker(log: RpcLog): Worker {
  return {
    functions: new Map(),
    locked: false,
    programmingModel: undefined,
    hooks: { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [] },
    appHookData: {},
    appLevelHookData: {},
    log,
  };
}

/** Runs the hooks of one name in the order of their registration; the first that throws ends it. */
export async function runHooks(worker: Worker, name: HookName, context: object): Promise<void> {
  for (const callback of worker.hooks[name]) await callback(context);
}

/** The context of an app-level hook: its data may be filled but not replaced, as in the worker. */
export function appHookContext(worker: Worker, members: object = {}): object {
  return Object.freeze({
    ...members,
    hookData: worker.appLevelHookData,
    appHookData: worker.appHookData,
  });
}
