import { hostname } from 'node:os'
import { createTransport } from 'nodemailer'
import type { AlertRoute } from '#model/schedule.ts'
import type { Alert } from '#model/slot.ts'

const patienceMs = 15_000

/** Sends one alert one way. Rejects when the other side does not take it; the message names no URL, which may hold a token. */
export async function sendAlert(alert: Alert, route: AlertRoute): Promise<void> {
  switch (route.kind) {
    case 'webhook':
      return await post(route.url, JSON.stringify(webhookBody(alert)), { 'content-type': 'application/json' })
    case 'ntfy':
      return await post(route.url, alert.text, {
        title: titleOf(alert),
        priority: alert.kind === 'recovery' ? 'default' : 'high',
        tags: alert.kind === 'recovery' ? 'white_check_mark' : 'warning',
        ...(route.token !== undefined && { authorization: `Bearer ${route.token}` }),
      })
    case 'email':
      return await mail(alert, route)
  }
}

const titleOf = ({ kind, schedule }: Alert): string => `tsplay: ${schedule}: ${kind}`

const webhookBody = ({ kind, schedule, text, raisedAt }: Alert) => ({
  kind,
  schedule,
  text,
  time: new Date(raisedAt).toISOString(),
  host: hostname(),
})

async function post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(patienceMs) })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`It was answered with ${answer.status}.`)
}

async function mail(alert: Alert, { smtp, from, to }: Extract<AlertRoute, { kind: 'email' }>): Promise<void> {
  const url = new URL(smtp)
  const transport = createTransport({
    host: url.hostname,
    port: url.port === '' ? (url.protocol === 'smtps:' ? 465 : 587) : Number(url.port),
    secure: url.protocol === 'smtps:',
    connectionTimeout: patienceMs,
    socketTimeout: patienceMs,
    ...(url.username !== '' && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
  })
  try {
    await transport.sendMail({ from, to: [...to], subject: titleOf(alert), text: `${alert.text}\n` })
  } finally {
    transport.close()
  }
}
