/** Who may come in, and into which database. */

import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Backend, LoginError, type LoginRequest, type Session } from '../tds/backend.ts';
import type { Database } from './database.ts';
import { type Instance, productVersion } from './instance.ts';
import { EngineSession } from './session.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

export function createBackend(instance: Instance): Backend {
  return {
    serverName: instance.databases[0]?.server ?? 'server',
    version: productVersion,
    login: (request, signal) => login(instance, request, signal),
  };
}

async function login(
  instance: Instance,
  request: LoginRequest,
  signal: AbortSignal,
): Promise<Session> {
  if (instance.loginMode === 'silent') await delay(2 ** 30, undefined, { signal, ref: false });
  const fault = instance.faults.takeLogin(request.database);
  if (fault) throw new LoginError(fault.number, fault.message, fault.severity, fault.state);
  if (request.accessToken !== undefined) return loginByToken(instance, request);
  const { user, password } = request;
  const expected = Object.entries(instance.logins).find(
    ([name]) => name.toLowerCase() === user.toLowerCase(),
  );
  const known = expected !== undefined && timingSafeEqual(digest(expected[1]), digest(password));
  // State 5: no such login, 8: wrong password.
  if (!known || instance.loginMode === 'refuse') {
    throw new LoginError(18456, `Login failed for user '${user}'.`, 14, expected ? 8 : 5);
  }
  return newSession(instance, request, expected[0]);
}

/** Microsoft Entra has said who it is: the token alone counts. */
function loginByToken(instance: Instance, request: LoginRequest): Session {
  const { accessToken = '' } = request;
  const user = Object.hasOwn(instance.accessTokens, accessToken)
    ? instance.accessTokens[accessToken]
    : undefined;
  if (user === undefined || instance.loginMode === 'refuse') {
    throw new LoginError(18456, "Login failed for user '<token-identified principal>'.", 14, 1);
  }
  return newSession(instance, request, user);
}

function newSession(instance: Instance, request: LoginRequest, user: string): Session {
  return new EngineSession(instance, databaseFor(instance, request), {
    user,
    applicationName: request.applicationName,
    hostName: request.hostName,
    libraryName: request.libraryName,
    readOnlyIntent: request.readOnlyIntent,
  });
}

function databaseFor(instance: Instance, { database, user }: LoginRequest): Database {
  const found = database === '' ? instance.databases[0] : instance.database(database);
  if (!found) {
    throw new LoginError(
      4060,
      `Cannot open database "${database || user}" requested by the login. The login failed.`,
      11,
      1,
    );
  }
  return found;
}
