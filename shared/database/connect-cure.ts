/** What to do where a database does not let somebody in, for people. */

import { certificateCode } from '../outbound/failure.ts';
import { toDatabaseError } from './database-error.ts';
import { databaseHost } from './location.ts';

/** `ab at sql1.example:1433, as SQL_AB says,`: its address and setting, which no error of a server has. */
export function addressTold(id: string, connectionString: string, setting: string): string {
  return `${id} at ${databaseHost(connectionString)}, as ${setting} says,`;
}

/** @param error of opening a session @param setting that has its address; nothing of its value is told */
export function connectCure(error: unknown, setting: string): string {
  if (toDatabaseError(error).meaning === 'login') {
    return `check User Id, Password and Database in ${setting}, and that the login has a user there`;
  }
  if (isCertificate(error)) {
    return `give the server a certificate that this machine trusts, or add TrustServerCertificate=true to ${setting} if you know that nobody is between`;
  }
  return `check Server in ${setting}, that SQL Server runs there, and that no firewall is between`;
}

/** The driver wraps what TLS says once or twice. */
function isCertificate(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 4) return false;
  const {
    code = '',
    cause,
    originalError,
  } = error as NodeJS.ErrnoException & {
    originalError?: unknown;
  };
  return certificateCode.test(code) || isCertificate(cause ?? originalError, depth + 1);
}
