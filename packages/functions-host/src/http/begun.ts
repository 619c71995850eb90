/**
 * Which requests the app's own server has begun. It runs in this process, and Node announces them:
 * a connection that breaks before its request was begun has cost nothing but the connection.
 */

import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** Of a request that is about to be sent: asked after a failure, whether it was begun. */
export type WatchBegin = (request: ClientRequest) => () => boolean;

/** @param serverPort of the app's server */
export function begunAt(serverPort: number): WatchBegin {
  /** Ports of those ends of connections whose latest request has been begun. */
  const begun = new Set<number | undefined>();
  subscribe('http.server.request.start', (message) => {
    const { socket } = (message as { request: IncomingMessage }).request;
    if (socket.localPort === serverPort) begun.add(socket.remotePort);
  });
  return (request) => {
    let port: number | undefined;
    const sentBy = (socket: Socket): void => {
      port = socket.localPort;
      // Of the request before on a kept connection, or of an older one with this port.
      begun.delete(port);
    };
    request.once('socket', (socket: Socket) => {
      if (socket.connecting) socket.once('connect', () => sentBy(socket));
      else sentBy(socket);
    });
    return () => port !== undefined && begun.has(port);
  };
}
