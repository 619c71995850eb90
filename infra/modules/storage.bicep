// The state: documents of runs and companies, locks, queues; and what the host keeps, and the package.
// Reached by identity alone.

param name string
param location string
param tags object
param redundancy 'LRS' | 'ZRS' | 'GZRS'
param containerRecoveryDays int
param packageContainer string
@description('False: by private endpoints only.')
param isPublic bool

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_${redundancy}' }
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    networkAcls: { defaultAction: isPublic ? 'Allow' : 'Deny', bypass: 'None' }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // No soft delete and no versions of blobs: a run's document is written up to twice a stage, a
      // cursor and the overview several times a minute, and each write would be kept. What is worth
      // keeping is copied, see docs/azure.md.
      deleteRetentionPolicy: { enabled: false }
      isVersioningEnabled: false
      containerDeleteRetentionPolicy: { enabled: true, days: containerRecoveryDays }
    }

    resource packages 'containers' = {
      name: packageContainer
      properties: { publicAccess: 'None' }
    }
  }

  resource queues 'queueServices' = {
    name: 'default'
  }
}

output id string = account.id
output name string = account.name
output blobUri string = account.properties.primaryEndpoints.blob
output queueUri string = account.properties.primaryEndpoints.queue
output tableUri string = account.properties.primaryEndpoints.table
