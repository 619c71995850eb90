/** The files of a catalogue as JSON Schema: what an editor completes and underlines while they are written. */

import { z } from 'zod';
import { boardCallSchema, boardSchema } from '../../board/board.ts';
import { declaredNames } from '../../catalog/declared.ts';
import { catalogSchema } from '../../catalog/schema.ts';
import { definitionSchema } from '../../dynsql/language/definition.ts';
import { layoutSchema } from '../../dynsql/reports/layout.ts';

/** In a file a call may have no id, and is off unless it says so. */
const boardCall = boardCallSchema.partial({ id: true, run: true });

export type JsonSchema = Record<string, unknown>;

/**
 * Shapes, and values that are one of a few. What holds between entries (names that are declared
 * elsewhere, ways, conditions) only `syncboard catalog check` knows.
 *
 * @returns by the file's kind: `catalog`, `definition`, `report`, `board`
 */
export function jsonSchemas(): Record<'catalog' | 'definition' | 'report' | 'board', JsonSchema> {
  return {
    catalog: withReferences(schemaOf('A catalogue of syncboard', catalogSchema(declaredNames({})))),
    definition: schemaOf('A definition of dynsql', definitionSchema),
    report: schemaOf('The layout of a printed report', layoutSchema),
    board: schemaOf('A board: a list of calls', boardSchema.extend({ calls: z.array(boardCall) })),
  };
}

/** The texts of a catalogue may name settings, `${NAME}`, whose values nobody knows here. */
function withReferences<T>(schema: T): T {
  const text = JSON.stringify(schema, (key, value: unknown) =>
    key === 'pattern' && value !== '\\S' ? `(?:${value})|\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}` : value,
  );
  return JSON.parse(text);
}

function schemaOf(title: string, schema: z.ZodType): JsonSchema {
  const made: JsonSchema = z.toJSONSchema(schema, {
    io: 'input',
    // What a refinement or a transformation does is beyond a schema.
    unrepresentable: 'any',
    override: ({ zodSchema: { _zod: zod }, jsonSchema }) => {
      // Names that the catalogue itself declares: here none are known.
      if (zod.def.type !== 'enum' || zod.values?.size !== 0) return;
      delete jsonSchema.not;
      jsonSchema.type = 'string';
    },
  });
  const { $schema, properties = {}, ...rest } = made;
  return {
    $schema,
    title,
    ...rest,
    properties: { $schema: { type: 'string' }, ...(properties as object) },
  };
}
