/** The TCP ports of doubles that are services, not programs that one calls. */
export const servedPorts = {
  /** Pebble's. */
  'acme-api': 14_000,
  /** LocalStack's, which many people's settings name. */
  'route53-api': 4566,
} as const
