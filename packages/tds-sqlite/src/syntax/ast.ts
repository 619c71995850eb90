/** What the parser makes of T-SQL. Names keep their case; positions are lines, from 1. */

import type { SqlType } from '../values/types.ts';

/** `[server.][database.][schema.]object`; an omitted part (`db..t`) is empty. */
export type Name = string[];

export type Expression =
  | {
      kind: 'literal';
      /** `money`: a number after a currency sign. */
      type: 'number' | 'money' | 'string' | 'nstring' | 'binary';
      text: string;
      line: number;
    }
  | { kind: 'null'; line: number }
  | { kind: 'default'; line: number }
  | { kind: 'variable'; name: string; line: number }
  | { kind: 'column'; name: Name; line: number }
  | { kind: 'unary'; operator: '-' | '+' | '~'; operand: Expression; line: number }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression; line: number }
  | {
      kind: 'case';
      input?: Expression;
      branches: { when: Expression; result: Expression }[];
      otherwise?: Expression;
      line: number;
    }
  | {
      kind: 'cast';
      operand: Expression;
      type: SqlType;
      style?: Expression;
      attempt: boolean;
      line: number;
    }
  | FunctionCall
  | { kind: 'subquery'; query: Query; line: number }
  | { kind: 'collate'; operand: Expression; collation: string; line: number }
  | { kind: 'atTimeZone'; operand: Expression; zone: Expression; line: number }
  | Condition;

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^';
export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { kind: 'compare'; operator: Comparison; left: Expression; right: Expression; line: number }
  | {
      kind: 'quantified';
      operator: Comparison;
      left: Expression;
      all: boolean;
      query: Query;
      line: number;
    }
  | { kind: 'and' | 'or'; left: Condition; right: Condition; line: number }
  | { kind: 'not'; operand: Condition; line: number }
  | { kind: 'isNull'; operand: Expression; not: boolean; line: number }
  | {
      kind: 'between';
      operand: Expression;
      low: Expression;
      high: Expression;
      not: boolean;
      line: number;
    }
  | { kind: 'in'; operand: Expression; list: Expression[] | Query; not: boolean; line: number }
  | {
      kind: 'like';
      operand: Expression;
      pattern: Expression;
      escape?: Expression;
      not: boolean;
      line: number;
    }
  | { kind: 'exists'; query: Query; line: number };

export interface FunctionCall {
  kind: 'call';
  /** Upper case for a plain name; parts as written for `dbo.f`. */
  name: string;
  qualified?: Name;
  args: Expression[];
  distinct: boolean;
  /** COUNT(*). */
  star: boolean;
  over?: Window;
  withinGroup?: OrderItem[];
  line: number;
}

export interface Window {
  partition: Expression[];
  order: OrderItem[];
  frame?: { unit: 'ROWS' | 'RANGE'; from: FrameBound; to?: FrameBound };
}
export type FrameBound =
  | 'UNBOUNDED PRECEDING'
  | 'UNBOUNDED FOLLOWING'
  | 'CURRENT ROW'
  | `${number} PRECEDING`
  | `${number} FOLLOWING`;

export interface OrderItem {
  expression: Expression;
  descending: boolean;
}

export interface Query {
  kind: 'query';
  with: CommonTable[];
  body: QueryBody;
  order: OrderItem[];
  offset?: Expression;
  fetch?: Expression;
  forJson?: { mode: 'PATH' | 'AUTO'; root?: string; withoutArray: boolean; includeNulls: boolean };
  line: number;
}

export interface CommonTable {
  name: string;
  columns?: string[];
  query: Query;
}

export type QueryBody =
  | Select
  | {
      kind: 'set';
      operator: 'UNION' | 'UNION ALL' | 'EXCEPT' | 'INTERSECT';
      left: QueryBody;
      right: QueryBody;
      line: number;
    }
  | { kind: 'nested'; query: Query; line: number };

export interface Top {
  count: Expression;
  percent: boolean;
  ties: boolean;
}

export interface Select {
  kind: 'select';
  distinct: boolean;
  top?: Top;
  items: SelectItem[];
  into?: Name;
  from: TableSource[];
  where?: Condition;
  group: Expression[];
  having?: Condition;
  line: number;
}

export type SelectItem =
  | { kind: 'star'; table?: Name; line: number }
  | { kind: 'value'; expression: Expression; alias?: string; line: number }
  | { kind: 'assign'; variable: string; expression: Expression; line: number };

export interface JsonColumn {
  name: string;
  type: SqlType;
  path?: string;
  asJson: boolean;
}

export type TableSource =
  | { kind: 'table'; name: Name; alias?: string; hints: string[]; line: number }
  | { kind: 'tableVariable'; name: string; alias?: string; line: number }
  | { kind: 'derived'; query: Query; alias: string; columns?: string[]; line: number }
  | { kind: 'values'; rows: Expression[][]; alias: string; columns: string[]; line: number }
  | {
      kind: 'function';
      name: Name;
      args: Expression[];
      alias?: string;
      columns?: string[];
      json?: JsonColumn[];
      line: number;
    }
  | {
      kind: 'join';
      join: JoinKind;
      left: TableSource;
      right: TableSource;
      on?: Condition;
      line: number;
    };

export type JoinKind =
  | 'INNER'
  | 'LEFT'
  | 'RIGHT'
  | 'FULL'
  | 'CROSS'
  | 'CROSS APPLY'
  | 'OUTER APPLY';

export interface OutputClause {
  items: SelectItem[];
  into?: { table: Name; columns?: string[] };
}

export interface ColumnDefinition {
  name: string;
  type: SqlType;
  /** Undefined: not said (NULL, unless in a primary key). */
  nullable?: boolean;
  collation?: string;
  identity?: { seed: number; increment: number };
  /** As T-SQL text, between parentheses or not. */
  default?: { text: string; expression: Expression; constraint?: string };
  computed?: { text: string; expression: Expression; persisted: boolean };
  constraints: TableConstraint[];
}

export type TableConstraint =
  | { kind: 'primary' | 'unique'; name?: string; columns: { name: string; descending: boolean }[] }
  | { kind: 'check'; name?: string; condition: Condition; text: string; column?: string }
  | {
      kind: 'foreign';
      name?: string;
      columns: string[];
      table: Name;
      references: string[];
      onDelete?: string;
      onUpdate?: string;
    }
  | { kind: 'default'; name?: string; column: string; expression: Expression; text: string };

export interface ParameterDeclaration {
  /** With `@`. */
  name: string;
  type: SqlType;
  default?: Expression;
  output: boolean;
}

export interface ExecuteArgument {
  name?: string;
  value: Expression;
  output: boolean;
}

export type Statement = { line: number } & (
  | {
      kind: 'declare';
      variables: (
        | { name: string; type: SqlType; value?: Expression }
        | { name: string; table: TableBody }
      )[];
    }
  | { kind: 'setVariable'; name: string; value: Expression }
  | { kind: 'setOption'; options: string[]; value: string | Expression }
  | { kind: 'use'; database: string }
  | { kind: 'print'; value: Expression }
  | {
      kind: 'raiserror';
      message: Expression;
      severity: Expression;
      state: Expression;
      args: Expression[];
      options: string[];
    }
  | { kind: 'throw'; args?: [Expression, Expression, Expression] }
  | { kind: 'if'; condition: Condition; body: Statement; otherwise?: Statement }
  | { kind: 'while'; condition: Condition; body: Statement }
  | { kind: 'block'; body: Statement[] }
  | { kind: 'try'; body: Statement[]; handler: Statement[] }
  | { kind: 'break' | 'continue' }
  | { kind: 'return'; value?: Expression }
  | { kind: 'waitfor'; unit: 'DELAY' | 'TIME'; value: Expression }
  | { kind: 'begin' | 'commit' | 'rollback' | 'save'; name?: string | Expression }
  | {
      kind: 'execute';
      result?: string;
      procedure: Name | { variable: string };
      args: ExecuteArgument[];
    }
  | { kind: 'executeText'; parts: Expression[] }
  | { kind: 'select'; query: Query }
  | InsertStatement
  | UpdateStatement
  | DeleteStatement
  | MergeStatement
  | { kind: 'truncate'; table: Name }
  | { kind: 'createTable'; name: Name; body: TableBody }
  | {
      kind: 'dropTable' | 'dropProcedure' | 'dropView' | 'dropSchema';
      names: Name[];
      ifExists: boolean;
    }
  | { kind: 'dropIndex'; name: string; table: Name; ifExists: boolean }
  | {
      kind: 'createIndex';
      name: string;
      table: Name;
      columns: { name: string; descending: boolean }[];
      unique: boolean;
      where?: Condition;
      text?: string;
    }
  | { kind: 'createSchema'; name: string }
  | { kind: 'alterTable'; table: Name; action: AlterAction }
  | {
      kind: 'createProcedure';
      name: Name;
      parameters: ParameterDeclaration[];
      body: Statement[];
      text: string;
      mode: CreateMode;
    }
  | {
      kind: 'createView';
      name: Name;
      columns?: string[];
      query: Query;
      text: string;
      mode: CreateMode;
    }
  | { kind: 'insertBulk'; table: Name; columns: { name: string; type: SqlType }[] }
  | { kind: 'kill'; session: number }
  | { kind: 'accepted'; what: string }
  /** ALTER DATABASE … SET of what counts here; `name` undefined: the current one. */
  | {
      kind: 'alterDatabase';
      name?: string;
      level?: number;
      rowVersions?: boolean;
      snapshots?: boolean;
    }
);

export type CreateMode = 'create' | 'alter' | 'createOrAlter';

export interface TableBody {
  columns: ColumnDefinition[];
  constraints: TableConstraint[];
  indexes: { name: string; columns: { name: string; descending: boolean }[]; unique: boolean }[];
}

export type AlterAction =
  | { kind: 'add'; columns: ColumnDefinition[]; constraints: TableConstraint[] }
  | { kind: 'dropColumn'; names: string[]; ifExists: boolean }
  | { kind: 'dropConstraint'; names: string[]; ifExists: boolean }
  | { kind: 'alterColumn'; column: ColumnDefinition }
  | { kind: 'nothing' };

export type InsertSource =
  | { kind: 'values'; rows: Expression[][] }
  | { kind: 'query'; query: Query }
  | { kind: 'defaults' }
  | { kind: 'execute'; statement: Statement };

export interface InsertStatement {
  kind: 'insert';
  with: CommonTable[];
  top?: Top;
  table: Name;
  columns?: string[];
  output: OutputClause[];
  source: InsertSource;
  line: number;
}

export type Assignment = { column?: Name; variable?: string; value: Expression; line: number };

export interface UpdateStatement {
  kind: 'update';
  with: CommonTable[];
  top?: Top;
  /** A table or the alias of one in FROM. */
  target: Name;
  assignments: Assignment[];
  output: OutputClause[];
  from: TableSource[];
  where?: Condition;
  line: number;
}

export interface DeleteStatement {
  kind: 'delete';
  with: CommonTable[];
  top?: Top;
  target: Name;
  output: OutputClause[];
  from: TableSource[];
  where?: Condition;
  line: number;
}

export interface MergeClause {
  when: 'matched' | 'notMatched' | 'notMatchedBySource';
  condition?: Condition;
  action:
    | { kind: 'update'; assignments: Assignment[] }
    | { kind: 'delete' }
    | { kind: 'insert'; columns?: string[]; values?: Expression[] };
}

export interface MergeStatement {
  kind: 'merge';
  with: CommonTable[];
  target: Name;
  alias?: string;
  source: TableSource;
  on: Condition;
  clauses: MergeClause[];
  output: OutputClause[];
  line: number;
}
