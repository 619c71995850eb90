import { type Backend, LoginError, type Message, type Session } from './backend.ts';
import { type Login, oldestVersion, readLogin } from './login.ts';
import type { Outbox } from './outbox.ts';
import { defaultPacketSize } from './packet.ts';
import {
  doneStatus,
  doneToken,
  writeCollationChange,
  writeDone,
  writeEnvironmentChange,
  writeFeatureAcknowledgement,
  writeLoginAcknowledgement,
  writeMessage,
} from './tokens.ts';

const language = 'us_english';

/**
 * Logs the client in and tells it so, or why not; `askForToken` is for one of Microsoft Entra; then undefined is returned and the connection
 * has to end. Throws a ProtocolError.
 */
export async function answerLogin(
  body: Buffer,
  backend: Backend,
  outbox: Outbox,
  signal: AbortSignal,
  askForToken: () => Promise<string | undefined>,
): Promise<Session | undefined> {
  const login = readLogin(body);
  try {
    checkSupported(login);
    const accessToken = login.federated ? await askForToken() : undefined;
    const request = accessToken === undefined ? login : { ...login, accessToken };
    const session = await backend.login(request, signal);
    welcome(login, session, backend, outbox);
    return session;
  } catch (error) {
    refuse(error, login, backend, outbox);
    return undefined;
  }
}

function checkSupported(login: Login): void {
  if (login.tdsVersion < oldestVersion) {
    const version = `0x${login.tdsVersion.toString(16)}`;
    throw new LoginError(
      18456,
      `The client speaks TDS ${version}; this server speaks 7.3 and 7.4.`,
    );
  }
  if (login.integrated) {
    throw new LoginError(
      18452,
      'Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.',
    );
  }
}

function welcome(login: Login, session: Session, backend: Backend, outbox: Outbox): void {
  const writer = outbox.writer;
  const info = (number: number, state: number, text: string): void =>
    writeMessage(writer, { number, severity: 10, state, text, server: backend.serverName });
  outbox.spid = session.spid;
  writeEnvironmentChange(writer, 'database', session.database, 'master');
  info(5701, 2, `Changed database context to '${session.database}'.`);
  writeCollationChange(writer);
  writeEnvironmentChange(writer, 'language', language, '');
  info(5703, 1, `Changed language setting to ${language}.`);
  writeLoginAcknowledgement(writer, login.tdsVersion, backend.version);
  const { packetSize } = login;
  writeEnvironmentChange(writer, 'packetSize', String(packetSize), String(defaultPacketSize));
  writeFeatureAcknowledgement(writer, login);
  writeDone(writer, { token: doneToken.done, status: 0 });
  outbox.end();
  outbox.packetSize = packetSize;
}

function refuse(error: unknown, login: Login, backend: Backend, outbox: Outbox): void {
  const server = backend.serverName;
  const failed: Message = {
    number: 18456,
    severity: 14,
    state: 1,
    text: `Login failed for user '${login.user}'.`,
    server,
  };
  if (error instanceof LoginError) {
    const { number, severity, state, message: text } = error;
    writeMessage(outbox.writer, { number, severity, state, text, server });
  } else {
    const text = `A severe error occurred during the login: ${String(error)}`;
    writeMessage(outbox.writer, { number: 596, severity: 21, state: 1, text, server });
  }
  if (!(error instanceof LoginError) || error.number === 4060) {
    writeMessage(outbox.writer, failed);
  }
  writeDone(outbox.writer, { token: doneToken.done, status: doneStatus.error });
  outbox.end();
}
