/** What a tool is: what a model reads of it, whom it is offered, and what it asks of the routes. */

import { z } from 'zod';
import { type FieldError, fieldErrorSchema } from '../../shared/faults/field-error.ts';
import { fault } from '../../shared/faults/member.ts';
import type { Role } from '../../shared/settings/settings.ts';
import { unknownMembers } from '../shapes/unknown-members.ts';
import { allowedText } from './allowed-text.ts';
import type { Ask } from './ask.ts';
import { ToolError } from './tool-error.ts';

type Shape = Record<string, z.ZodType>;

export interface Calling {
  ask: Ask;
  /** The name of whoever calls: who asks, unless the arguments say another. */
  caller: string;
  /** Ends the call. */
  signal: AbortSignal;
}

interface Described<Own extends Shape> {
  name: string;
  title: string;
  /** For a model: what, when, units, an example. */
  description: string;
  /** What its routes need; whoever lacks it is not offered the tool. */
  role: Role;
  /** Arguments that the tool itself looks at. */
  own: Own;
  /** Arguments that a route checks, whose refusal says more than a schema's. */
  passedOn?: Shape;
  /** Whether it changes something, and what was there before cannot be had again. */
  effect: 'reads' | 'adds' | 'destroys';
  /** Asking twice is as asking once; of what reads nobody asks. */
  isIdempotent?: true;
  call(
    args: z.infer<z.ZodObject<Own>> & Record<string, unknown>,
    calling: Calling,
  ): Promise<unknown>;
}

export interface Tool extends Pick<Described<Shape>, 'name' | 'title' | 'description' | 'role'> {
  annotations: {
    title: string;
    readOnlyHint: boolean;
    destructiveHint: boolean;
    idempotentHint: boolean;
    openWorldHint: boolean;
  };
  /** JSON Schema of the arguments, without references. */
  inputSchema: () => Record<string, unknown>;
  /** @throws ToolError */
  call(args: unknown, calling: Calling): Promise<unknown>;
}

/** A tool out of its description. */
export function tool<Own extends Shape>(described: Described<Own>): Tool {
  const { name, title, description, role, own, passedOn = {}, effect, isIdempotent } = described;
  let schema: Record<string, unknown> | undefined;
  return {
    ...{ name, title, description, role },
    annotations: {
      title,
      readOnlyHint: effect === 'reads',
      destructiveHint: effect === 'destroys',
      idempotentHint: effect === 'reads' || isIdempotent === true,
      openWorldHint: false,
    },
    inputSchema: () => {
      schema ??= publicSchema(z.strictObject({ ...own, ...passedOn }));
      return schema;
    },
    call: (args, calling) => described.call(checked(args, own, Object.keys(passedOn)), calling),
  };
}

/** @throws ToolError that names every bad argument of the tool's own, and those that there are not */
function checked<Own extends Shape>(args: unknown, own: Own, passedOn: readonly string[]) {
  const whole = z.looseObject({}).safeParse(args === undefined ? {} : args);
  if (!whole.success) {
    const names = [...Object.keys(own), ...passedOn].join(', ') || 'none';
    const allowed = `an object of arguments: ${names}`;
    throw ToolError.ofFields([
      fieldErrorSchema.parse(fault({ field: 'arguments', value: args }, allowed)),
    ]);
  }
  const given: Readonly<Record<string, unknown>> = whole.data;
  const strangers = unknownMembers(given, [...Object.keys(own), ...passedOn]);
  const parsed = z.looseObject(own).safeParse(given);
  const faults = parsed.success
    ? []
    : parsed.error.issues.map((issue) => faultOf(issue, given, own));
  if (!parsed.success || strangers.length > 0) throw ToolError.ofFields([...faults, ...strangers]);
  return parsed.data as z.infer<z.ZodObject<Own>> & Record<string, unknown>;
}

function faultOf(
  { path, code, message }: z.core.$ZodIssue,
  given: Readonly<Record<string, unknown>>,
  own: Shape,
): FieldError {
  const [field = ''] = path.map(String);
  const argument = own[field];
  // What a pattern allows is said where it stands.
  const isSaid = code === 'invalid_format' || argument === undefined;
  const allowed = isSaid ? message : allowedText(argument);
  return fieldErrorSchema.parse(fault({ field, value: given[field] }, allowed));
}

/** Clients hand it on to models, which read one schema better than references. */
function publicSchema(schema: z.ZodType): Record<string, unknown> {
  const { $defs, ...whole } = z.toJSONSchema(schema, { io: 'input' });
  const inlined = withoutReferences(whole, Object($defs));
  return { ...Object(inlined), type: 'object' };
}

function withoutReferences(value: unknown, definitions: object): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutReferences(one, definitions));
  if (typeof value !== 'object' || value === null) return value;
  const reference: unknown = Reflect.get(value, '$ref');
  if (typeof reference === 'string') {
    const name = reference.replace('#/$defs/', '');
    return withoutReferences(Reflect.get(definitions, name), definitions);
  }
  const members = Object.entries(value).filter(([key]) => key !== '$schema' && key !== 'id');
  const isSchema = 'type' in value || 'anyOf' in value;
  return Object.fromEntries(
    (isSchema ? members : Object.entries(value)).map(([key, one]) => [
      key,
      withoutReferences(one, definitions),
    ]),
  );
}
