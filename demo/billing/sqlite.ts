/** Small pieces of SQLite text; tables are named `"schema.table"`. */

export const quoted = (name: string) => `"${name}"`;

/** `alias."a", alias."b"` */
export const list = (columns: readonly string[], alias = '') =>
  columns.map((column) => `${alias && `${alias}.`}${quoted(column)}`).join(', ');
