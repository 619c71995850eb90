/** Which procedures a script of T-SQL brings. */

export interface DeclaredProcedure {
  /** `dbo.sp_demo_tick` */
  name: string;
  parameters: { name: string; type: string }[];
}

export function proceduresIn(script: string): DeclaredProcedure[] {
  const found = script.matchAll(/^ALTER PROCEDURE \[(\w+)\]\.\[(\w+)\]((?:\n {2}@.*)*)\nAS$/gm);
  return [...found].map(([, schema, name, declared = '']) => ({
    name: `${schema}.${name}`,
    parameters: [...declared.matchAll(/(@\w+) ([^=\n]+?)(?: = NULL)?,?$/gm)].map(
      ([, parameter = '', type = '']) => ({ name: parameter, type }),
    ),
  }));
}
