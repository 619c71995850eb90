import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

type JsonSchema = Record<string, unknown>;

/** Schemas that have a name (`meta({ id })`), each once in a document, and references to them. */
export class NamedSchemas {
  readonly #byName = new Map<string, JsonSchema>();
  /** Most are of hundreds of answers, as that of a problem. */
  readonly #made = {
    input: new Map<z.ZodType, JsonSchema>(),
    output: new Map<z.ZodType, JsonSchema>(),
  };

  /**
   * JSON Schema of what is read (`input`) or answered (`output`); what has a name is a reference.
   *
   * @throws Error where two schemas have one name
   */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const made = this.#made[io].get(schema) ?? this.#make(schema, io);
    this.#made[io].set(schema, made);
    return made;
  }

  #make(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _,
      $defs,
      ...document
    } = z.toJSONSchema(schema, { io, override: withoutNoise });
    for (const [name, named] of Object.entries($defs ?? {})) {
      this.#add(name, referring(named) as JsonSchema);
    }
    return referring(document) as JsonSchema;
  }

  /**
   * Of every answer: text or JSON as the client likes, a text in its language, and compressed where
   * that pays.
   */
  vary(): JsonSchema {
    const chosen = ['Accept', 'Accept-Language', 'Accept, Accept-Language'];
    const all = ['Accept-Encoding', ...chosen, ...chosen.map((one) => `${one}, Accept-Encoding`)];
    return { description: 'What decides on its form', schema: { type: 'string', enum: all } };
  }

  /** By name, in the order of the alphabet. */
  components(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#byName].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #add(name: string, schema: JsonSchema): void {
    const known = this.#byName.get(name);
    if (known !== undefined && !isDeepStrictEqual(known, schema)) {
      throw new Error(`two schemas are called ${name}`);
    }
    this.#byName.set(name, schema);
  }
}

/** `format` says all that the pattern of a time or an address does, in 400 letters less. */
function withoutNoise({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
}

/** With references into the document's components. */
function referring(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(referring);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => {
    const isReference = key === '$ref' && typeof value === 'string';
    return [
      key,
      isReference ? value.replace('#/$defs/', '#/components/schemas/') : referring(value),
    ];
  });
  return Object.fromEntries(entries);
}
