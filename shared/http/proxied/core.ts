/** `@azure/functions-core`: no package, but a module that the worker supplies. What we use of it. */

import { createRequire } from 'node:module';
import type { TypedData } from './head.ts';

export interface InvocationContext {
  invocationId: string;
  request: { triggerMetadata?: Record<string, TypedData> | null };
  metadata: { name: string; bindings: Record<string, { type: string; route?: string }> };
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(...call: unknown[]): Promise<unknown>;
  getResponse(...call: unknown[]): Promise<unknown>;
}

export interface ProgrammingModel {
  name: string;
  version: string;
  getInvocationModel(context: InvocationContext): InvocationModel;
  getCapabilities(
    capabilities: Record<string, string>,
  ): Record<string, string> | Promise<Record<string, string>>;
}

export interface Core {
  getProgrammingModel(): ProgrammingModel;
  setProgrammingModel(model: ProgrammingModel): void;
}

/** @throws where no worker runs */
export function workerCore(): Core {
  return createRequire(import.meta.url)('@azure/functions-core') as Core;
}
