/**
 * What is in a file for us. The member `$schema` at its top is for the editor that it is written with:
 * which JSON Schema describes it.
 */
export function withoutSchema(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { $schema, ...own } = value as Record<string, unknown>;
  return own;
}
