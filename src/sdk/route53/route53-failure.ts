import { TaskFailure } from '../module.ts'

/** What AWS answered, as a failure that says what to do. Errors that are not AWS' stay as they are. */
export function route53Failure(
  error: unknown,
  { zone, endpoint }: { zone: string; endpoint: string },
): unknown {
  if (!(error instanceof Error)) return error
  const said = messagesOf(error)
  const remedy = remedies[error.name]
  const speaker = error.name === 'CredentialsProviderError' ? 'The AWS SDK' : 'Route53'
  if (remedy !== undefined)
    return new TaskFailure(`${remedy(zone)} ${speaker} said: ${said}`, { error: error.name })
  if ('$fault' in error)
    return new TaskFailure(`Route53 refused (${error.name}): ${said}`, { error: error.name })
  if ('code' in error || error.name === 'TimeoutError') {
    return new TaskFailure(
      `Route53 was not reached at ${endpoint}: ${said}. See whether this machine has a way there.`,
      { error: error.name },
    )
  }
  return error
}

const wrongKey = () =>
  'AWS does not take the key. See that `access_key` and `secret_key`, or the environment, hold one that is in use.'

const remedies: Readonly<Record<string, (zone: string) => string>> = {
  CredentialsProviderError: () =>
    'There are no AWS credentials on this machine, so no record can be read or changed; nothing was done. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a `profile`, or give `access_key` and `secret_key` from a vault.',
  InvalidClientTokenId: wrongKey,
  UnrecognizedClientException: wrongKey,
  SignatureDoesNotMatch: wrongKey,
  IncompleteSignature: wrongKey,
  ExpiredToken: () => 'The AWS credentials have expired: get new ones, by `aws sso login` for instance.',
  AccessDenied: (zone) =>
    `The key may not do this. It needs route53:ListResourceRecordSets and route53:ChangeResourceRecordSets on arn:aws:route53:::hostedzone/${zone}, and route53:GetChange on arn:aws:route53:::change/*.`,
  NoSuchHostedZone: (zone) =>
    `There is no hosted zone ${zone} in the account of this key. \`aws route53 list-hosted-zones\` lists those there are.`,
}

/** InvalidChangeBatch has its reasons in a list, or, since 2024, in its message. */
function messagesOf(error: Error): string {
  const listed: unknown = 'messages' in error ? error.messages : undefined
  const all = Array.isArray(listed) && listed.length > 0 ? listed.map(String) : [error.message]
  return all.join('; ') || error.name
}
