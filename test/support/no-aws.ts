import { afterAll, beforeAll, vi } from 'vitest'

/** Hides this machine's AWS credentials from the tests of one file, and sends what they ask to a port where nobody listens. */
export function withoutAws(): void {
  beforeAll(() => {
    for (const name of [
      'ACCESS_KEY_ID',
      'SECRET_ACCESS_KEY',
      'SESSION_TOKEN',
      'PROFILE',
      'WEB_IDENTITY_TOKEN_FILE',
    ])
      vi.stubEnv(`AWS_${name}`, undefined)
    for (const name of ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'])
      vi.stubEnv(name, undefined)
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/dev/null')
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9')
  })
  afterAll(() => {
    vi.unstubAllEnvs()
  })
}
