import type { Route53Client, Route53ClientConfig } from '@aws-sdk/client-route-53'
import type { Controller } from '../controller.ts'
import { TaskFailure } from '../module.ts'
import type { Route53Args } from './route53-args.ts'

/** The SDK is large and optional: it is loaded by the first task that needs it. */
export type Route53Sdk = typeof import('@aws-sdk/client-route-53')

export async function loadRoute53(): Promise<Route53Sdk> {
  try {
    return await import('@aws-sdk/client-route-53')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
    throw new TaskFailure(
      'Route53 is reached by the package @aws-sdk/client-route-53, which is not installed. It is an optional one: install tsplay with `npm install --include=optional`.',
      {},
      { cause: error },
    )
  }
}

/** It tries each request once: repeating is for those who know whether it may be repeated, and who keep time. */
export function route53Client(
  { Route53Client: Client }: Route53Sdk,
  args: Route53Args,
  env: Controller['env'],
): Route53Client {
  const endpoint = args.endpoint || env['AWS_ENDPOINT_URL_ROUTE_53'] || env['AWS_ENDPOINT_URL']
  const credentials = credentialsOf(args, env)
  const { profile } = args
  const options: Route53ClientConfig = {
    // Route53 has one region for all the world.
    region: 'us-east-1',
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 10_000, requestTimeout: 60_000 },
    ...(endpoint && { endpoint }),
    ...(credentials && { credentials }),
    ...(profile && { profile }),
  }
  return new Client(options)
}

/** Undefined: the SDK looks for them where the AWS CLI does. */
function credentialsOf(args: Route53Args, env: Controller['env']): Route53ClientConfig['credentials'] {
  const { access_key = '', secret_key = '', session_token, profile } = args
  if ((access_key === '') !== (secret_key === '')) {
    throw new TaskFailure('A key for Route53 has two parts: give both `access_key` and `secret_key`.')
  }
  if (access_key !== '') return keyOf(access_key, secret_key, session_token)
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env
  return !profile && id && secret ? keyOf(id, secret, token) : undefined
}

const keyOf = (accessKeyId: string, secretAccessKey: string, sessionToken: string | undefined) => ({
  accessKeyId,
  secretAccessKey,
  ...(sessionToken && { sessionToken }),
})
