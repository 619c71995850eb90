// What can be chosen, beside the name, the place and the person of an environment. Every member may
// be left out; its default is in brackets. An unknown member is refused, so that a slip of the
// keyboard does not pass for a default.

@export()
@description('How the app runs and what stands around it.')
@sealed()
type optionsType = {
  @description('The plan: Flex Consumption, or Premium EP1 where something must always be warm at a fixed price. [flex]')
  flavour: 'flex' | 'premium'?

  @description('Flex: memory of an instance, which also says its share of a processor: 512 (a quarter), 2048 (one), 4096 (two). [2048]')
  instanceMemoryMB: 512 | 2048 | 4096?

  @description('The most instances of any function. SQL Server must bear as many workers, each with SQL_POOL_SIZE connections to a database, and as many again for dynsql. Flex takes no less than 40. [40]')
  @minValue(1)
  @maxValue(1000)
  maximumInstanceCount: int?

  @description('Flex: requests that one instance serves at once before another one is started. A request that waits for a change (?wait) holds its place and costs no processor. [50]')
  @minValue(1)
  @maxValue(1000)
  httpConcurrency: int?

  @description('Instances that always stand ready for HTTP: on Flex none means a cold start after half a minute without a request; Premium always has one. [0]')
  @minValue(0)
  @maxValue(20)
  alwaysReadyHttp: int?

  @description('Flex: instances that always stand ready for runs, so that a sync begins within two seconds and not within half a minute. [0]')
  @minValue(0)
  @maxValue(20)
  alwaysReadyRuns: int?

  @description('How instances are replaced at a deployment or a change of settings: RollingUpdate lets what runs come to its end within an hour (in preview), Recreate kills it. [RollingUpdate]')
  updateStrategy: 'RollingUpdate' | 'Recreate'?

  @description('Copies of the state: LRS in one building, ZRS in three zones, GZRS in another region as well. [ZRS]')
  storageRedundancy: 'LRS' | 'ZRS' | 'GZRS'?

  @description('Days for which a deleted container can be brought back. [14]')
  @minValue(1)
  @maxValue(365)
  containerRecoveryDays: int?

  @description('That nobody, an administrator included, can remove secrets for good before 90 days are over. Once on it stays on. [true]')
  purgeProtection: bool?

  @description('Days for which logs are kept. [30]')
  @minValue(30)
  @maxValue(730)
  logRetentionDays: int?

  @description('The most gigabytes of logs a day, above which they are dropped until the next. [1]')
  @minValue(1)
  @maxValue(100)
  logGigabytesPerDay: int?

  @description('Who hears of alerts by e-mail. [nobody: alerts show in the portal only]')
  alertEmails: string[]?

  @description('That three places in the world ask for /health every five minutes. Not where the app has a private address only. [true]')
  availabilityTest: bool?

  @description('Settings whose values are secrets in Key Vault, under the same name with hyphens for underscores. [those of the shipped catalogue]')
  secrets: string[]?

  @description('Other settings of the app, as in the README, by name. They win over what is set here. [PROTECT_READS and AzureWebJobsDisableHomepage true]')
  settings: settingsType?

  @description('Where clients reach the app, without a slash at the end, when it is not under its own name. [https://<app>.azurewebsites.net]')
  publicUrl: string?

  @description('Origins whose pages may call the app from a browser. [none]')
  corsOrigins: string[]?

  @description('Ranges of addresses that may call the app, such as 203.0.113.0/24. FlexiBee servers with web hooks are among them; the availability test is let in beside them. [all]')
  allowedAddresses: string[]?

  @description('A virtual network with private endpoints. [none: storage and vault are reached by their public names, by identity alone]')
  network: networkType?

  @description('Azure SQL for the aggregate base. Needs the network. [none]')
  sql: sqlType?

  @description('The platform\'s own sign-in before the app. [none: the app checks tokens itself]')
  signIn: signInType?

  @description('Tags beside azd-env-name. [none]')
  tags: { *: string }?
}

@export()
@description('Settings by name.')
type settingsType = { *: string }

@export()
@description('The virtual network and what lies behind it.')
@sealed()
type networkType = {
  @description('Its addresses, at least a /24. The app\'s subnet gets a /26, private endpoints a /27, the gateway a /27. [10.60.0.0/24]')
  addressPrefix: string?

  @description('That the app itself has a private address only. Web hooks then come by the network, and deployments too. [false]')
  privateInbound: bool?

  @description('DNS servers in place of Azure\'s own. They must forward privatelink zones to Azure. [none]')
  dnsServers: string[]?

  @description('Names of servers on-premises with their addresses, for whom no DNS server is reached: a private zone of their own. [none]')
  onPremisesNames: onPremisesNamesType?

  @description('The way on-premises. [none]')
  onPremises: wayType?
}

@export()
@description('A private DNS zone with the addresses of servers on-premises.')
@sealed()
type onPremisesNamesType = {
  @description('The zone, such as corp.example.')
  @minLength(3)
  zone: string

  @description('Address of each host: { sql1: \'10.1.2.3\' } for sql1.corp.example.')
  hosts: { *: string }
}

@export()
@description('A way on-premises: by a gateway of this network, or by that of a hub.')
@discriminator('kind')
type wayType = vpnType | expressRouteType | hubType

@export()
@description('A gateway of this network.')
@discriminator('kind')
type gatewayType = vpnType | expressRouteType

@export()
@description('A site-to-site VPN with a pre-shared key.')
@sealed()
type vpnType = {
  kind: 'vpn'

  @description('Public address of the device on-premises.')
  @minLength(7)
  gatewayAddress: string

  @description('Ranges of addresses behind it.')
  @minLength(1)
  addressPrefixes: string[]
}

@export()
@description('A circuit of ExpressRoute that is there.')
@sealed()
type expressRouteType = {
  kind: 'expressRoute'

  @description('Resource id of the circuit.')
  circuitId: string
}

@export()
@description('A peering to a hub network that has the gateway.')
@sealed()
type hubType = {
  kind: 'hub'

  @description('Resource id of the hub\'s virtual network. Whoever deploys needs the right to peer it.')
  networkId: string
}

@export()
@description('A server and a database of Azure SQL.')
@sealed()
type sqlType = {
  @description('Name of the administrator: a user, a group or an app of Microsoft Entra. There is no other login.')
  @minLength(1)
  adminName: string

  @description('Its object id.')
  @minLength(36)
  @maxLength(36)
  adminObjectId: string

  @description('What it is. [Group]')
  adminKind: 'User' | 'Group' | 'Application'?

  @description('Setting of the catalogue that gets its address. [SQL_AB]')
  setting: string?

  @description('Name of the database. [AB]')
  databaseName: string?

  @description('Service objective. Serverless with a pause is none: the app polls. [GP_S_Gen5_2]')
  sku: string?

  @description('Public addresses that reach the server as well, for its installation: { office: \'203.0.113.7\' }. [none]')
  clientAddresses: { *: string }?
}

@export()
@description('Sign-in of App Service with an app registration of Microsoft Entra.')
@sealed()
type signInType = {
  @description('Client id of the app registration.')
  @minLength(36)
  @maxLength(36)
  clientId: string

  @description('Tenant. [that of the subscription]')
  tenantId: string?

  @description('Audiences beside api://<client id> and the client id. [none]')
  allowedAudiences: string[]?

  @description('That who is not signed in gets 401 from the platform. API tokens do not pass it then. [false]')
  required: bool?
}
