/**
 * Takes events of syncboard by web hook: only those that are signed with our secret, each once.
 * Port by PORT, the secret (`whsec_…`) by SECRET, the same as the app's NOTIFY_<NAME>_SECRET.
 */

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

const signed = new Webhook(process.env.SECRET ?? '');
/** An event may be sent again when our answer was lost; a thousand is more than a day has. */
const seen = new Set();

const server = createServer(async (request, response) => {
  let event;
  try {
    event = signed.verify(await text(request), request.headers);
  } catch (error) {
    // Older than five minutes, or of somebody else.
    console.error(`refused: ${error.message}`);
    return response.writeHead(401).end();
  }
  if (!seen.has(event.id)) {
    seen.add(event.id);
    if (seen.size > 1000) seen.delete(seen.values().next().value);
    console.log(`${event.type}: ${event.data.title}`);
  }
  response.writeHead(204).end();
});

server.listen(Number(process.env.PORT ?? 8080), () =>
  console.log(`listening on ${server.address().port}`),
);
