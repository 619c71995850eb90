/** A process that makes one POST and prints its outcome: to be frozen in the middle of it. */

import { BlobServiceClient } from '@azure/storage-blob';
import { postingService, syncStateOf } from '../support/sync-state.ts';

const [, , connection = '', name = ''] = process.argv;
const service = BlobServiceClient.fromConnectionString(connection, {
  retryOptions: { maxTries: 1 },
});
const posting = postingService(syncStateOf(service.getContainerClient(name)));
const request = {
  kind: 'entity' as const,
  codes: ['0c10'],
  names: ['city'],
  user: 'first',
  token: 'demo',
};
const outcome = await posting.start(request, AbortSignal.timeout(60_000)).then(
  ({ outcome }) => outcome,
  (error: Error) => error.name,
);
process.stdout.write(outcome);
