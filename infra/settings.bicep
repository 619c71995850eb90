// Settings of the app. Every one is of the README's table or of the Functions host's.

@export()
@description('Those that the shipped catalogue and the app need as secrets. With another catalogue: its own.')
var shippedSecrets = [
  'API_TOKENS'
  'SQL_HCS'
  'SQL_STEK'
  'SQL_REGION'
  'SQL_MO'
  'SQL_ZAGSER'
  'SQL_AB'
  'FLEXIBEE_DEMO'
  'ABRA_GEN_DEMODATA'
  'FLEXIBEE_HOOK_SECRET'
]

@export()
@description('What is no secret and may be changed by an option. PROTECT_READS: the app has a public address, and the lists tell names of databases and companies. AzureWebJobsDisableHomepage: GET / is the operators\' page, where an older host would show its own.')
var plainSettings = {
  AzureWebJobsDisableHomepage: 'true'
  PROTECT_READS: 'true'
}

@export()
@description('How host and app reach storage, as an identity. AzureWebJobsStorage itself must not be there, not even empty: it would win.')
func storageSettings(blobUri string, queueUri string, tableUri string, clientId string) object => {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: clientId
  AzureWebJobsStorage__blobServiceUri: blobUri
  AzureWebJobsStorage__queueServiceUri: queueUri
  AzureWebJobsStorage__tableServiceUri: tableUri
}

@export()
@description('Where telemetry goes, as an identity.')
func telemetrySettings(connectionString string, clientId string) object => {
  APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
}

@export()
@description('References to secrets by name, without a version: a new one is taken within a day, or at once after a refresh.')
func secretSettings(names string[], vaultUri string) object =>
  toObject(
    names,
    name => name,
    name => '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${replace(name, '_', '-')})'
  )

@export()
@description('Address of a database of Azure SQL, as an identity: no secret.')
func sqlAddress(host string, database string, clientId string) string =>
  'Server=${host};Database=${database};Authentication=Active Directory Managed Identity;User Id=${clientId}'
