/** A SQL Server for tests: TDS 7.4 and T-SQL over SQLite. See the README. */

export {
  type DatabaseDefinition,
  type Procedure,
  type ProcedureCall,
  type ProcedureContext,
  type ProcedureParameter,
  type ServerPermission,
  type SqlServer,
  SqlServerError,
  type SqlServerOptions,
  type SqlValue,
} from './procedure.ts';
export { startSqlServer } from './server.ts';
export type { Failures } from './session/faults.ts';
export { initialise } from './session/initialise.ts';
export { Instance } from './session/instance.ts';
export { createBackend } from './session/login.ts';
export { parseBatch } from './syntax/statements.ts';
export type { Backend, ResponseSink, RpcCall, Session } from './tds/backend.ts';
export { selfSignedCertificate } from './tds/certificate.ts';
export { startTdsServer } from './tds/server.ts';
