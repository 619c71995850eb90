/** What a registered function asks of the host: its trigger and outputs, checked. */

import { z } from 'zod';
import { resolveSettings } from './settings.ts';
import type { BindingInfo } from './worker/protocol.ts';
import type { RegisteredFunction } from './worker/worker.ts';

export interface HttpTrigger {
  type: 'http';
  /** Without the prefix; the function's name where it has none. */
  route: string;
  /** Upper case; undefined: all. */
  methods: string[] | undefined;
}

export interface TimerTrigger {
  type: 'timer';
  schedule: string;
  runOnStartup: boolean;
  useMonitor: boolean;
}

export interface Queue {
  queueName: string;
  /** Name of the setting that holds the connection string. */
  connection: string;
}

export interface QueueTrigger extends Queue {
  type: 'queue';
}

export interface QueueOutput extends Queue {
  /** The binding's name; `$return` for the return value. */
  binding: string;
}

export interface HostFunction {
  registration: RegisteredFunction;
  name: string;
  /** The trigger's binding name, under which the input is passed. */
  input: string;
  trigger: HttpTrigger | TimerTrigger | QueueTrigger;
  outputs: QueueOutput[];
  /** By the setting `AzureWebJobs.<name>.Disabled`. */
  disabled: boolean;
}

/** The real host's rule for names. */
const functionName = /^[a-z][a-z0-9_-]{0,127}$/i;

const queueSchema = z.object({
  queueName: z
    .string()
    .regex(/^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'is no queue name: 3 to 63 of a-z 0-9 -'),
  connection: z.string().default(''),
});
const httpSchema = z.object({
  route: z.string().optional(),
  methods: z.array(z.string()).optional(),
});
const timerSchema = z.object({
  schedule: z.string(),
  runOnStartup: z.boolean().default(false),
  useMonitor: z.boolean().default(true),
});

/**
 * Checks everything the app registered.
 * @returns the functions ordered by name without regard to case, as the real host orders them: it
 *   is this order in which routes are tried.
 * @throws Error that names every function the host cannot serve, and why.
 */
export function describeFunctions(
  registrations: Iterable<RegisteredFunction>,
  settings: Record<string, string>,
): HostFunction[] {
  const functions: HostFunction[] = [];
  const faults: string[] = [];
  for (const registration of registrations) {
    try {
      functions.push(describeFunction(registration, settings));
    } catch (error) {
      faults.push(`function "${registration.metadata.name}": ${(error as Error).message}`);
    }
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const key = (it: HostFunction): string => it.name.toUpperCase();
  return functions.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function describeFunction(
  registration: RegisteredFunction,
  settings: Record<string, string>,
): HostFunction {
  const { name, bindings, retryOptions } = registration.metadata;
  if (!functionName.test(name)) throw new Error('is no name: a letter, then a-z 0-9 _ -');
  if (retryOptions) throw new Error('retry policies are not supported on one machine');
  let trigger: { input: string; trigger: HostFunction['trigger'] } | undefined;
  const outputs: QueueOutput[] = [];
  for (const [binding, info] of Object.entries(bindings)) {
    switch (info.type.toLowerCase()) {
      case 'httptrigger':
      case 'timertrigger':
      case 'queuetrigger':
        if (trigger) throw new Error('has more than one trigger');
        trigger = { input: binding, trigger: describeTrigger(name, binding, info, settings) };
        break;
      case 'http':
        if (binding !== '$return') throw new Error(`binding "${binding}": http must be $return`);
        break;
      case 'queue':
        if (info.direction !== 'out') throw new Error(`binding "${binding}": queue is for output`);
        outputs.push({ binding, ...describeQueue(binding, info, settings) });
        break;
      default:
        throw new Error(
          `binding "${binding}" is of type "${info.type}"; known are httpTrigger, timerTrigger, queueTrigger, http, queue`,
        );
    }
  }
  if (!trigger) throw new Error('has no trigger');
  return { registration, name, ...trigger, outputs, disabled: isDisabled(name, settings) };
}

function describeTrigger(
  name: string,
  binding: string,
  info: BindingInfo,
  settings: Record<string, string>,
): HostFunction['trigger'] {
  switch (info.type.toLowerCase()) {
    case 'httptrigger': {
      const { route, methods } = parse(httpSchema, binding, info);
      return {
        type: 'http',
        route: route || name,
        methods: methods?.map((method) => method.toUpperCase()),
      };
    }
    case 'timertrigger': {
      const timer = parse(timerSchema, binding, info);
      return { type: 'timer', ...timer, schedule: resolveSettings(timer.schedule, settings) };
    }
    default:
      return { type: 'queue', ...describeQueue(binding, info, settings) };
  }
}

function describeQueue(
  binding: string,
  info: BindingInfo,
  settings: Record<string, string>,
): Queue {
  const queueName = resolveSettings(String(info['queueName'] ?? ''), settings);
  const queue = parse(queueSchema, binding, { ...info, queueName });
  return { queueName: queue.queueName, connection: connectionSetting(queue.connection, settings) };
}

/** `X` means the setting `AzureWebJobsX`, else `X`; nothing means `AzureWebJobsStorage`. */
function connectionSetting(connection: string, settings: Record<string, string>): string {
  const name = connection || 'Storage';
  const found = [`AzureWebJobs${name}`, name].find((setting) => settings[setting]);
  if (found) return found;
  throw new Error(`connection "${name}" is set by neither AzureWebJobs${name} nor ${name}`);
}

function isDisabled(name: string, settings: Record<string, string>): boolean {
  const value =
    settings[`AzureWebJobs.${name}.Disabled`] ?? settings[`AzureWebJobs_${name}_Disabled`];
  return value === '1' || value?.toLowerCase() === 'true';
}

function parse<T>(schema: z.ZodType<T>, binding: string, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map((it) => `${it.path.join('.')} ${it.message}`);
  throw new Error(`binding "${binding}": ${issues.join('; ')}`);
}
