/** What the clients of one storage account have in common. */

/** Retries are ours (`storageCall`): the SDK's do not cover 429 and know no overall deadline. */
export const pipeline = { retryOptions: { maxTries: 1 } };

/** Loaded on demand: a cold start on a connection string need not pay for the identity library. */
export async function credentialOf(clientId: string | undefined) {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential(
    clientId === undefined ? {} : { managedIdentityClientId: clientId },
  );
}
