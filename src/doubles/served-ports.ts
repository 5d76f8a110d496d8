/** The TCP ports of doubles that are services, not programs that one calls. */
export const servedPorts = {
  /** LocalStack's, which many people's settings name. */
  'route53-api': 4566,
} as const
