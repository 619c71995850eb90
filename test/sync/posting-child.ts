/** A process that makes one POST and prints its outcome: to be frozen in the middle of it. */

import { BlobServiceClient } from '@azure/storage-blob';
import { requestFor } from '../support/requests.ts';
import { postingService, syncStateOf } from '../support/sync-state.ts';

const [, , connection = '', name = ''] = process.argv;
const service = BlobServiceClient.fromConnectionString(connection, {
  retryOptions: { maxTries: 1 },
});
const posting = postingService(syncStateOf(service.getContainerClient(name)));
const request = requestFor(['0c10'], ['city'], { user: 'first' });
const outcome = await posting.start(request, AbortSignal.timeout(60_000)).then(
  ({ outcome }) => outcome,
  (error: Error) => error.name,
);
process.stdout.write(outcome);
