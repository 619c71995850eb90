// What an alert is made of.

@export()
type logAlertType = {
  name: string
  @description('In words, for its description.')
  what: string
  @description('0 is the worst, 4 the least.')
  severity: 0 | 1 | 2 | 3 | 4
  query: string
  windowSize: 'PT15M' | 'PT1H'
  @description('It fires above as many rows.')
  threshold: int
}

@export()
type metricAlertType = {
  name: string
  what: string
  severity: 0 | 1 | 2 | 3 | 4
  scope: string
  namespace: string
  metric: string
  aggregation: 'Average' | 'Count' | 'Maximum' | 'Total'
  operator: 'GreaterThan' | 'LessThan'
  threshold: int
  dimensions: { name: string, operator: 'Include', values: string[] }[]
}
