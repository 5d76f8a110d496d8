import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Redactor } from '#base/redactor.ts'
import { quote } from '#sdk/quote.ts'

const redactorOf = (...secrets: string[]): Redactor => {
  const redactor = new Redactor()
  for (const secret of secrets) redactor.add(secret)
  return redactor
}

const secret = 's3cret/p+ss "w\'rd$`\\'

const forms: Record<string, string> = {
  'as it is': secret,
  'in base64': Buffer.from(secret).toString('base64'),
  'in base64 without padding': Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  'in base64url': Buffer.from(secret).toString('base64url'),
  'in hex': Buffer.from(secret).toString('hex'),
  'in upper-case hex': Buffer.from(secret).toString('hex').toUpperCase(),
  'percent-encoded': encodeURIComponent(secret),
  'as a form field': new URLSearchParams({ p: secret }).toString().slice(2),
  'in JSON': JSON.stringify(secret).slice(1, -1),
  'in JSON inside JSON': JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
  'quoted for a shell': quote(secret).slice(1, -1),
  'in double quotes of a shell': secret.replace(/(["$`\\])/g, '\\$1'),
}

describe('Redactor', () => {
  it.each(Object.entries(forms))('hides a secret %s', (_, form) => {
    expect(redactorOf(secret).redact(`before ${form} after`)).toBe('before *** after')
  })

  it('hides a secret that contains another one as a whole', () => {
    expect(redactorOf('pass', 'password1').redact('password1 pass')).toBe('*** ***')
  })

  it('hides the long lines of a secret with several lines, and leaves its short ones', () => {
    const redactor = redactorOf('-----BEGIN KEY-----\nMC4CAQAwBQYDK2Vw\nabc\n-----END KEY-----\n')
    expect(redactor.redact('line 2: MC4CAQAwBQYDK2Vw, line 3: abc')).toBe('line 2: ***, line 3: abc')
  })

  it('hides a secret that was read from a file with its newline', () => {
    expect(redactorOf('hunter22\n').redact('it is hunter22.')).toBe('it is ***.')
  })

  it('leaves values of fewer than four characters', () => {
    expect(redactorOf('abc', '').redact('abc abcd')).toBe('abc abcd')
  })

  it('is idle until it has something to hide', () => {
    expect(redactorOf('no').idle).toBe(true)
    expect(redactorOf('something').idle).toBe(false)
  })

  it('takes secrets while it is in use', () => {
    const redactor = redactorOf('first')
    redactor.redact('first')
    redactor.add('second')
    expect(redactor.redact('first second')).toBe('*** ***')
  })

  it('never leaves a secret, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (value, before, after) => {
        fc.pre(!'***'.includes(value) && !value.includes('*'))
        expect(redactorOf(value).redact(before + value + after)).not.toContain(value)
      }),
    )
  })
})
