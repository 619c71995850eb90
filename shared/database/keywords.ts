/**
 * The keywords of a connection string of SQL Server, with all the synonyms that Microsoft.Data.
 * SqlClient documents (`SqlConnection.ConnectionString`): what we take, and of the others what to
 * do instead.
 */

export const taken = {
  server: ['Server', 'Data Source', 'Address', 'Addr', 'Network Address'],
  database: ['Database', 'Initial Catalog'],
  user: ['User Id', 'UID', 'User'],
  password: ['Password', 'PWD'],
  authentication: ['Authentication'],
  tenantId: ['Tenant Id'],
  encrypt: ['Encrypt'],
  trustServerCertificate: ['TrustServerCertificate'],
  hostNameInCertificate: ['HostNameInCertificate'],
  applicationIntent: ['ApplicationIntent'],
  multiSubnetFailover: ['MultiSubnetFailover'],
  connectTimeout: ['Connect Timeout', 'Connection Timeout', 'Timeout'],
  applicationName: ['Application Name', 'App'],
  packetSize: ['Packet Size'],
  workstationId: ['Workstation ID', 'WSID'],
} as const;

export type Keyword = keyof typeof taken;

export interface Other {
  names: readonly string[];
  /** Values that ask for what happens anyway; of all others `cure` tells. */
  fine: RegExp;
  cure: string;
}

const any = /^/;
const none = /^$/;
const no = /^(false|no)?$/i;

const leaveOut = 'leave it out';
const sqlLogin =
  'log in with User Id and Password of a SQL Server login, or by Microsoft Entra (Authentication=Active Directory Managed Identity)';

export const others: readonly Other[] = [
  // What a driver for .NET does with its own objects, and nothing here.
  { names: ['Persist Security Info'], fine: any, cure: leaveOut },
  { names: ['MultipleActiveResultSets'], fine: any, cure: leaveOut },
  { names: ['Enlist'], fine: any, cure: leaveOut },
  { names: ['Asynchronous Processing', 'Async'], fine: any, cure: leaveOut },
  { names: ['Type System Version'], fine: any, cure: leaveOut },
  { names: ['Transparent Network IP Resolution'], fine: any, cure: leaveOut },
  { names: ['Pool Blocking Period'], fine: any, cure: leaveOut },
  { names: ['Transaction Binding'], fine: /^implicit unbind$/i, cure: leaveOut },
  { names: ['Network Library', 'Network', 'Net'], fine: /^dbmssocn$/i, cure: leaveOut },
  { names: ['Column Encryption Setting'], fine: /^disabled$/i, cure: leaveOut },
  { names: ['Context Connection'], fine: no, cure: leaveOut },
  { names: ['User Instance'], fine: no, cure: leaveOut },
  { names: ['Replication'], fine: no, cure: leaveOut },
  {
    names: ['Pooling'],
    fine: /^(true|yes)?$/i,
    cure: 'leave it out: SQL_POOL_SIZE bounds the pool',
  },
  {
    names: ['Max Pool Size', 'Min Pool Size'],
    fine: none,
    cure: 'leave it out: SQL_POOL_SIZE says how many connections there may be',
  },
  {
    names: ['Load Balance Timeout', 'Connection Lifetime', 'Connection Idle Timeout'],
    fine: /^0?$/,
    cure: 'leave it out: a connection that is idle for 30 s is closed',
  },
  {
    names: ['Connect Retry Count', 'Connect Retry Interval'],
    fine: none,
    cure: 'leave it out: what passes is tried again as it is',
  },
  {
    names: ['Command Timeout', 'Request Timeout'],
    fine: none,
    cure: 'leave it out: the catalogue limits a stage with timeoutSeconds',
  },
  { names: ['Integrated Security', 'Trusted_Connection'], fine: no, cure: sqlLogin },
  { names: ['Server SPN', 'Failover Partner SPN'], fine: none, cure: sqlLogin },
  {
    names: ['Failover Partner'],
    fine: none,
    cure: 'mirroring is not followed: name the listener of an availability group as Server, with MultiSubnetFailover=true',
  },
  {
    names: ['Server Certificate'],
    fine: none,
    cure: 'name the authority that signed it in NODE_EXTRA_CA_CERTS, or write TrustServerCertificate=true',
  },
  {
    names: ['Current Language', 'Language'],
    fine: /^(us_english|english)?$/i,
    cure: 'leave it out: sessions are us_english, which dates and messages rest on',
  },
  {
    names: ['IP Address Preference'],
    fine: /^(useplatformdefault|ipv4first)$/i,
    cure: 'leave it out, or name the address itself as Server',
  },
  {
    names: ['AttachDbFilename', 'Extended Properties', 'Initial File Name'],
    fine: none,
    cure: 'attach the file on the server and name its Database',
  },
  {
    names: ['Attestation Protocol', 'Enclave Attestation Url'],
    fine: none,
    cure: 'leave it out: columns that are always encrypted are not supported',
  },
  {
    names: ['Client Id', 'Client Secret'],
    fine: none,
    cure: 'write it as User Id and Password, with Authentication=Active Directory Service Principal and Tenant Id',
  },
  {
    names: ['Driver', 'Provider', 'DSN'],
    fine: none,
    cure: 'that is of ODBC or OLE DB: leave it out and write the keywords of ADO.NET',
  },
];

/** As they are compared: Microsoft writes most of them with blanks and without. */
export function plain(keyword: string): string {
  return keyword.toLowerCase().replace(/[\s_]/g, '');
}
