// What wakes somebody. Each alert has a paragraph in docs/azure.md, under its name: what it means and
// what to do. The app itself tells of runs, companies and schedules (docs/events.md); these are for
// when it cannot, and for what is around it.

import { logAlertType, metricAlertType } from '../alert-types.bicep'

param location string
param tags object
param workspaceId string
param insightsId string
param storageId string
param vaultId string
param appHost string
@description('Whether there is an Azure SQL: what is counted must be known before anything is made.')
param hasDatabase bool
param databaseId string
param actionGroupName string
param emails string[]
param testName string
param hasTest bool
param maximumInstanceCount int
@description('Whether the app tells its measurements: the setting AZURE_MONITOR.')
param isMeasured bool

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'syncboard'
    enabled: true
    emailReceivers: [
      for (email, index) in emails: {
        name: 'email-${index}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource test 'Microsoft.Insights/webtests@2022-06-15' = if (hasTest) {
  name: testName
  location: location
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    Name: testName
    SyntheticMonitorId: testName
    Kind: 'standard'
    Enabled: true
    Frequency: 300
    Timeout: 60
    RetryEnabled: true
    Locations: [
      { Id: 'emea-nl-ams-azr' }
      { Id: 'emea-se-sto-edge' }
      { Id: 'apac-hk-hkn-azr' }
    ]
    Request: {
      RequestUrl: 'https://${appHost}/health'
      HttpVerb: 'GET'
      FollowRedirects: false
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 14
    }
  }
}

resource healthFailing 'Microsoft.Insights/metricAlerts@2018-03-01' = if (hasTest) {
  name: 'health-failing'
  location: 'global'
  tags: tags
  properties: {
    description: 'GET /health is not 200 from two places: docs/azure.md, health-failing'
    severity: 1
    enabled: true
    scopes: [test.id, insightsId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: test.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: people.id }]
  }
}

var logAlerts logAlertType[] = [
  {
    name: 'clock-silent'
    what: 'The timer that everything else hangs on has not run'
    severity: 1
    // An app that is not there at all has no rows, so that silence must be made one.
    query: 'AppRequests | where OperationName == "clock" | where Success == true | summarize Ticks = count() | where Ticks < 1'
    windowSize: 'PT15M'
    threshold: 0
  }
  {
    name: 'requests-failing'
    what: 'Requests were answered by 500 or worse'
    severity: 2
    query: 'AppRequests | where toint(ResultCode) >= 500 | where toint(ResultCode) != 503'
    windowSize: 'PT15M'
    threshold: 5
  }
  {
    name: 'functions-failing'
    what: 'Timers or functions of queues failed'
    severity: 2
    query: 'AppRequests | where Success == false | where isempty(Url)'
    windowSize: 'PT15M'
    threshold: 5
  }
  {
    name: 'messages-given-up'
    what: 'A message was given up after an hour of tries'
    severity: 2
    query: 'AppTraces | where Message has "was given up at"'
    windowSize: 'PT15M'
    threshold: 0
  }
  {
    name: 'runs-resumed'
    what: 'Runs lost their worker several times in an hour'
    severity: 3
    query: 'AppTraces | where Message startswith "Resuming "'
    windowSize: 'PT1H'
    threshold: 5
  }
  {
    name: 'settings-refused'
    what: 'A worker refused to start'
    severity: 1
    query: 'union AppTraces, AppExceptions | where Message has "are not usable" or OuterMessage has "are not usable"'
    windowSize: 'PT15M'
    threshold: 0
  }
  {
    name: 'instances-many'
    what: 'The app has nearly as many instances as it may'
    severity: 3
    query: 'AppRequests | summarize Instances = dcount(AppRoleInstance) by bin(TimeGenerated, 5m) | where Instances > ${maximumInstanceCount * 8 / 10}'
    windowSize: 'PT15M'
    threshold: 1
  }
  {
    name: 'logs-capped'
    what: 'Logs of the day are used up, so that all other alerts on logs are blind'
    severity: 2
    query: '_LogOperation | where Category =~ "Ingestion" | where Detail has "OverQuota"'
    windowSize: 'PT1H'
    threshold: 0
  }
]

// On what the app measures of itself (docs/telemetry.md): for when nobody listens to what it tells, and
// for what it tells nobody. Where it measures nothing these would be silent for good, and cost.
var measurementAlerts logAlertType[] = [
  {
    name: 'measurements-silent'
    what: 'Nothing was measured for an hour, so that all other alerts on measurements are blind'
    severity: 2
    query: 'AppMetrics | where Name startswith "syncboard." | summarize Measurements = count() | where Measurements < 1'
    windowSize: 'PT1H'
    threshold: 0
  }
  {
    name: 'runs-failing'
    what: 'More than two runs failed in an hour'
    severity: 2
    query: 'AppMetrics | where Name == "syncboard.runs" | where tostring(Properties.state) == "failed" | summarize Runs = sum(Sum) | where Runs > 2'
    windowSize: 'PT1H'
    threshold: 0
  }
  {
    name: 'runs-stuck'
    what: 'Runs wait, and none runs that they could wait for'
    severity: 2
    query: 'AppMetrics | where Name == "syncboard.runs.open" | summarize Waiting = maxif(Sum, tostring(Properties.state) == "waiting"), Running = maxif(Sum, tostring(Properties.state) == "running") by bin(TimeGenerated, 1m) | where Waiting > 0 and Running == 0'
    windowSize: 'PT15M'
    threshold: 9
  }
  {
    name: 'companies-trouble'
    what: 'Companies were in trouble for an hour'
    severity: 2
    query: 'AppMetrics | where Name == "syncboard.companies" | where tostring(Properties.state) == "trouble" | summarize Least = min(Sum) | where Least > 0'
    windowSize: 'PT1H'
    threshold: 0
  }
  {
    name: 'companies-behind'
    what: 'Mirrors were a quarter of an hour behind after their polls'
    severity: 3
    query: 'AppMetrics | where Name == "syncboard.company.lag" | summarize Seconds = sum(Sum), Polls = sum(ItemCount) | where Polls > 0 | where Seconds / Polls > 900'
    windowSize: 'PT1H'
    threshold: 0
  }
  {
    name: 'queues-long'
    what: 'A queue was not emptied for an hour'
    severity: 3
    query: 'AppMetrics | where Name == "syncboard.queue.messages" | where tolower(tostring(Properties.poison)) == "false" | summarize Least = min(Sum) by Queue = tostring(Properties.queue) | where Least > 100'
    windowSize: 'PT1H'
    threshold: 0
  }
  {
    name: 'pools-waiting'
    what: 'Whoever wants a connection to a database waits for one'
    severity: 3
    query: 'AppMetrics | where Name == "syncboard.pool.connections" | where tostring(Properties.state) == "waiting" | summarize Least = min(Sum), Times = count() by AppRoleInstance, Pool = tostring(Properties.pool), Database = tostring(Properties.database) | where Times >= 10 and Least > 0'
    windowSize: 'PT15M'
    threshold: 0
  }
  {
    name: 'notifications-lost'
    what: 'Events were given up that somebody should have been told'
    severity: 2
    query: 'AppMetrics | where Name == "syncboard.notifications" | where tostring(Properties.outcome) == "given up" | summarize Events = sum(Sum) | where Events > 0'
    windowSize: 'PT1H'
    threshold: 0
  }
]

resource onLogs 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in concat(logAlerts, isMeasured ? measurementAlerts : []): {
    name: alert.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.name
      description: '${alert.what}: docs/azure.md, ${alert.name}'
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT15M'
      windowSize: alert.windowSize
      autoMitigate: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: alert.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [people.id] }
      // Tables are not there before their first row.
      skipQueryValidation: true
    }
  }
]

var metricAlerts metricAlertType[] = [
  {
    name: 'storage-unavailable'
    what: 'Storage does not answer as it should'
    severity: 1
    scope: storageId
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'Availability'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: 99
    dimensions: []
  }
  {
    name: 'storage-throttled'
    what: 'Storage refuses requests, for there are too many'
    severity: 2
    scope: storageId
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'Transactions'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 100
    dimensions: [
      {
        name: 'ResponseType'
        operator: 'Include'
        values: ['ServerBusyError', 'ClientThrottlingError', 'ClientAccountRequestThrottlingError']
      }
    ]
  }
  {
    name: 'storage-refused'
    what: 'Storage refuses an identity'
    severity: 1
    scope: storageId
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'Transactions'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 20
    dimensions: [
      { name: 'ResponseType', operator: 'Include', values: ['AuthorizationError', 'AuthenticationError'] }
    ]
  }
  {
    name: 'vault-refused'
    what: 'Key Vault refuses an identity, or has not what is asked for'
    severity: 2
    scope: vaultId
    namespace: 'Microsoft.KeyVault/vaults'
    metric: 'ServiceApiResult'
    aggregation: 'Count'
    operator: 'GreaterThan'
    threshold: 5
    dimensions: [{ name: 'StatusCode', operator: 'Include', values: ['401', '403', '404'] }]
  }
]

var sqlAlerts metricAlertType[] = [
  {
    name: 'sql-busy'
    what: 'The aggregate base has used its processors up for half an hour'
    severity: 3
    scope: databaseId
    namespace: 'Microsoft.Sql/servers/databases'
    metric: 'cpu_percent'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 90
    dimensions: []
  }
  {
    name: 'sql-full'
    what: 'The aggregate base is nearly full'
    severity: 2
    scope: databaseId
    namespace: 'Microsoft.Sql/servers/databases'
    metric: 'storage_percent'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 85
    dimensions: []
  }
]

resource onMetrics 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in concat(metricAlerts, hasDatabase ? sqlAlerts : []): {
    name: alert.name
    location: 'global'
    tags: tags
    properties: {
      description: '${alert.what}: docs/azure.md, ${alert.name}'
      severity: alert.severity
      enabled: true
      scopes: [alert.scope]
      evaluationFrequency: 'PT5M'
      windowSize: alert.name == 'sql-busy' ? 'PT30M' : 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: alert.name
            metricNamespace: alert.namespace
            metricName: alert.metric
            timeAggregation: alert.aggregation
            operator: alert.operator
            threshold: alert.threshold
            dimensions: alert.dimensions
          }
        ]
      }
      actions: [{ actionGroupId: people.id }]
    }
  }
]
