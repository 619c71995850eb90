/** The servers of a stand-in that speaks HTTP: its own and control's. */

import { type Handler, type HttpServer, listen } from './listen.ts';

export interface Servers {
  /** `http://127.0.0.1:5434` */
  readonly url: string;
  readonly port: number;
  /** Absent without one. */
  readonly controlPort?: number;
  /** Ends connections, then all that `release` releases; a second call waits for the first. */
  close(): Promise<void>;
}

export interface ServersOptions {
  /** Default 0: any. */
  port?: number | undefined;
  handle: Handler;
  keepAliveMilliseconds?: number;
  /** Absent: no control interface over HTTP. */
  controlPort?: number | undefined;
  startControl(port: number): Promise<HttpServer>;
  /** Called once no request is under way; also when a port is taken. */
  release(): Promise<void> | void;
}

/** @throws the system's error for a port that is taken */
export async function openServers(options: ServersOptions): Promise<Servers> {
  const { port = 0, controlPort, release } = options;
  let server: HttpServer | undefined;
  let control: HttpServer | undefined;
  let closed: Promise<void> | undefined;
  const close = async () => {
    await control?.close();
    await server?.close();
    await release();
  };
  try {
    server = await listen(port, options.handle, options.keepAliveMilliseconds);
    if (controlPort !== undefined) control = await options.startControl(controlPort);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    ...(control ? { controlPort: control.port } : {}),
    close() {
      closed ??= close();
      return closed;
    },
  };
}
