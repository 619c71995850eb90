// Who may call the app, by address.

@export()
@description('A rule of App Service\'s access restrictions.')
type accessRuleType = {
  name: string
  action: 'Allow'
  priority: int
  @description('A range, or a service tag where `tag` says so.')
  ipAddress: string
  tag: 'ServiceTag'?
}

@export()
@description('Rules for these ranges and, since a list shuts out all others, for the app\'s own availability test. No ranges: no rule, all may.')
func accessRules(ranges string[], hasTest bool) accessRuleType[] => concat(
  // The test's addresses change; the tag stands for today's. Tests of others come from them, too, and
  // have no token of this app.
  empty(ranges) || !hasTest
    ? []
    : [
        {
          name: 'availability-test'
          action: 'Allow'
          priority: 99
          ipAddress: 'ApplicationInsightsAvailability'
          tag: 'ServiceTag'
        }
      ],
  map(ranges, (range, index) => {
    name: 'allowed-${index}'
    action: 'Allow'
    priority: 100 + index
    ipAddress: range
  })
)
