import { setTimeout as sleep } from 'node:timers/promises'
import { type Incoming, sendRequest } from '../send-request.ts'
import { signatureOf } from './signature.ts'
import { type Element, elementsAt, parseXml, textAt, xml } from './xml.ts'

/** A hosted zone and the key that opens it. */
export interface ZoneAccess {
  readonly endpoint: string
  readonly zone: string
  readonly key: string
  readonly secret: string
}

export interface Txt {
  readonly name: string
  /** In quotes. */
  readonly value: string
}

/** Makes or removes a TXT record, and waits until all servers have the change. Throws what Route 53 refused. */
export async function changeTxt(
  access: ZoneAccess,
  action: 'UPSERT' | 'DELETE',
  { name, value }: Txt,
): Promise<void> {
  const ResourceRecordSet = {
    Name: name,
    Type: 'TXT',
    TTL: 10,
    ResourceRecords: { ResourceRecord: [{ Value: value }] },
  }
  const batch = xml('ChangeResourceRecordSetsRequest', {
    ChangeBatch: { Changes: { Change: [{ Action: action, ResourceRecordSet }] } },
  })
  const answer = await ask(access, 'POST', `hostedzone/${access.zone}/rrset`, batch)
  const id = (textAt(answer, 'ChangeInfo', 'Id') ?? '').replace('/change/', '')
  for (;;) {
    const change = await ask(access, 'GET', `change/${id}`)
    if (textAt(change, 'ChangeInfo', 'Status') === 'INSYNC') return
    await sleep(100)
  }
}

async function ask(access: ZoneAccess, method: string, path: string, body = ''): Promise<Element> {
  const url = new URL(`/2013-04-01/${path}`, access.endpoint)
  const headers = {
    host: url.host,
    'x-amz-date': new Date().toISOString().replaceAll(/[-:]|\.\d+/g, ''),
  }
  const scope = `${headers['x-amz-date'].slice(0, 8)}/us-east-1/route53/aws4_request`
  const signedHeaders = ['host', 'x-amz-date']
  const signature = signatureOf({ method, url, headers, body }, { scope, signedHeaders }, access.secret)
  const authorization = `AWS4-HMAC-SHA256 Credential=${access.key}/${scope}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`
  return answered(await sendRequest({ method, url: url.href, headers: { ...headers, authorization }, body }))
}

function answered({ status, body }: Incoming): Element {
  const document = parseXml(body)
  if (status < 400) return document
  const [error] = elementsAt(document, 'Error')
  const [code, message] = ['Code', 'Message'].map((name) => error && textAt(error, name))
  throw new Error(`${code ?? status}: ${message ?? ''}`)
}
