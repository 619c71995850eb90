/** The setting that says where the app keeps its documents. */

import { isMalformed, keywordsOf, unknownKeyword } from './keyword-text.ts';
import { type Read, type Report, SettingsError, type SettingsFault } from './settings-error.ts';

/** Where the app keeps its documents: a connection string (secret), or a managed identity. */
export type StorageSettings = (
  | { kind: 'connection string'; connectionString: string }
  | { kind: 'identity'; blobServiceUri: string; queueServiceUri: string; clientId?: string }
) & {
  /** The blob container of all documents; absent: `syncboard`. */
  container?: string;
};

export const defaultContainer = 'syncboard';

/**
 * What the app's container is called, by which its queues are, too: two apps may share an account.
 * Names of containers have these rules (Azure Storage, Naming and referencing containers); of queues
 * the longest adds 21 letters, and may have 63.
 */
const containerName = /^(?=.{3,40}$)[a-z0-9]+(-[a-z0-9]+)*$/;

/** What is no name of a container is told by `parseStorage`; here it counts as not set. */
export function containerIn(read: Read): string {
  const given = read('STORAGE_CONTAINER') ?? defaultContainer;
  return containerName.test(given) ? given : defaultContainer;
}

/** For what needs no other setting. @throws SettingsError with every fault */
export function requireStorage(read: Read): StorageSettings {
  const faults: SettingsFault[] = [];
  const storage = parseStorage(read, (setting, fault) => faults.push({ setting, fault }));
  if (faults.length > 0 || storage === undefined) throw new SettingsError(faults);
  return storage;
}

export function parseStorage(read: Read, report: Report): StorageSettings | undefined {
  const given = read('STORAGE_CONTAINER');
  if (given !== undefined && !containerName.test(given)) {
    report(
      'STORAGE_CONTAINER',
      'must be 3 to 40 lower-case Latin letters, digits and single hyphens between them, such as syncboard-test',
    );
  }
  const account = parseAccount(read, report);
  if (account === undefined || given === undefined) return account;
  return { ...account, container: containerIn(read) };
}

function parseAccount(read: Read, report: Report): StorageSettings | undefined {
  const setting = 'AzureWebJobsStorage';
  const connectionString = read(setting);
  const accountName = read(`${setting}__accountName`);
  const blobServiceUri = read(`${setting}__blobServiceUri`);
  const clientId = read(`${setting}__clientId`);
  if (connectionString !== undefined) {
    const faults = connectionStringFaults(connectionString);
    for (const fault of faults) report(setting, fault);
    return faults.length === 0 ? { kind: 'connection string', connectionString } : undefined;
  }
  if (blobServiceUri === undefined && accountName === undefined) {
    report(
      setting,
      `is not set: set it to a storage connection string, or ${setting}__accountName to the account's name for a managed identity`,
    );
    return undefined;
  }
  const queueServiceUri = read(`${setting}__queueServiceUri`);
  if (blobServiceUri !== undefined && queueServiceUri === undefined) {
    report(
      `${setting}__queueServiceUri`,
      `is not set: it is needed beside ${setting}__blobServiceUri, since runs travel through a queue`,
    );
  }
  const service = (kind: 'blob' | 'queue', given: string | undefined) => {
    const uri = given ?? `https://${accountName}.${kind}.core.windows.net`;
    if (URL.canParse(uri) && /^https?:$/.test(new URL(uri).protocol)) return uri;
    const name = given === undefined ? 'accountName' : `${kind}ServiceUri`;
    report(`${setting}__${name}`, `gives no URL such as https://account.${kind}.core.windows.net`);
    return undefined;
  };
  const blobs = service('blob', blobServiceUri);
  if (blobs === undefined) return undefined;
  const queues = service('queue', queueServiceUri);
  if (queues === undefined) return undefined;
  return {
    ...{ kind: 'identity', blobServiceUri: blobs, queueServiceUri: queues },
    ...(clientId === undefined ? {} : { clientId }),
  };
}

/** What Azure Storage documents ("Configure connection strings"). */
const keywords = [
  ...['DefaultEndpointsProtocol', 'AccountName', 'AccountKey', 'SharedAccessSignature'],
  ...['EndpointSuffix', 'UseDevelopmentStorage', 'DevelopmentStorageProxyUri'],
  ...['Blob', 'Queue', 'Table', 'File'].flatMap((service) => [
    `${service}Endpoint`,
    `${service}SecondaryEndpoint`,
  ]),
];

function connectionStringFaults(text: string): string[] {
  const given = keywordsOf(text);
  const unknown = [...given.keys()].flatMap((keyword, index) =>
    keywords.some((known) => known.toLowerCase() === keyword)
      ? []
      : [unknownKeyword(keyword, index + 1, keywords)],
  );
  if (unknown.length > 0) return unknown;
  const has = (keyword: string) => Boolean(given.get(keyword.toLowerCase()));
  const isWhole =
    has('UseDevelopmentStorage') ||
    (has('AccountName') && (has('AccountKey') || has('SharedAccessSignature'))) ||
    (has('BlobEndpoint') && has('SharedAccessSignature'));
  return isWhole && !isMalformed(text)
    ? []
    : [
        'is no storage connection string: copy one from the storage account (Access keys), or use UseDevelopmentStorage=true for Azurite',
      ];
}
