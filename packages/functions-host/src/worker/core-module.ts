/**
 * `@azure/functions-core`: no package, but a module that the worker supplies at run time by
 * standing in front of `require`. Surface and rules are those of the Node worker 3.9.1.
 */

import Module from 'node:module';
import type {
  FunctionCallback,
  FunctionMetadata,
  ProgrammingModel,
  RpcLogCategory,
  RpcLogLevel,
} from './protocol.ts';
import type { HookCallback, HookName, Worker } from './worker.ts';

/** The worker's version; `@azure/functions` reads it only to tell how old the worker is. */
const workerVersion = '3.9.1';
/** A host that such a worker ships with. */
const hostVersion = '4.1037.0';

const directions = ['in', 'out', 'inout'];
const dataTypes = ['binary', 'stream', 'string', 'undefined', undefined, null];

/** Ends what a registration began, once. */
class Disposable {
  #end: (() => unknown) | undefined;

  constructor(end: () => unknown) {
    this.#end = end;
  }

  static from(...disposables: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }

  dispose(): unknown {
    const end = this.#end;
    this.#end = undefined;
    return end?.();
  }
}

/** Makes `require('@azure/functions-core')` anywhere in this process reach `worker`. */
export function supplyCoreModule(worker: Worker): void {
  const coreModule = {
    version: workerVersion,
    hostVersion,
    Disposable,
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
      registerFunction(worker, metadata, callback),
    registerHook: (name: string, callback: HookCallback) => registerHook(worker, name, callback),
    setProgrammingModel: (model: ProgrammingModel) => {
      worker.programmingModel = model;
    },
    getProgrammingModel: () => worker.programmingModel,
    log: (level: RpcLogLevel, category: RpcLogCategory, message: string) =>
      worker.log({ level, category, message }),
  };
  Module.prototype.require = new Proxy(Module.prototype.require, {
    apply: (require, module, parameters) =>
      parameters[0] === '@azure/functions-core'
        ? coreModule
        : Reflect.apply(require, module, parameters),
  });
}

function registerFunction(
  worker: Worker,
  metadata: FunctionMetadata,
  callback: FunctionCallback,
): Disposable {
  if (worker.locked) throw new Error('A function can only be registered during app startup.');
  const id = metadata.functionId || metadata.name;
  if (worker.functions.has(id)) {
    throw new Error(`A function with id "${id}" has already been registered.`);
  }
  for (const binding of Object.values(metadata.bindings)) {
    assertOneOf(directions, binding.direction, 'CoreRpcBindingDirection');
    assertOneOf(dataTypes, binding.dataType, 'CoreRpcBindingDataType');
  }
  worker.functions.set(id, { id, metadata, callback });
  return new Disposable(() => {
    if (worker.locked) throw new Error('A function can only be disposed during app startup.');
    worker.functions.delete(id);
  });
}

function assertOneOf(allowed: unknown[], value: unknown, type: string): void {
  if (!allowed.includes(value)) {
    throw new RangeError(`Unexpected value "${value}" for type "${type}"`);
  }
}

function registerHook(worker: Worker, name: string, callback: HookCallback): Disposable {
  if (!isHookName(worker, name)) throw new RangeError(`Unrecognized hook "${name}"`);
  const callbacks = worker.hooks[name];
  callbacks.push(callback);
  return new Disposable(() => {
    const index = callbacks.indexOf(callback);
    if (index >= 0) callbacks.splice(index, 1);
  });
}

function isHookName(worker: Worker, name: string): name is HookName {
  return Object.hasOwn(worker.hooks, name);
}
