import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunEvent } from '#model/event.ts'
import { Junit } from '#report/junit.ts'
import { element, xmlText } from '#report/xml.ts'
import { anyText } from '../support/any-text.ts'
import { fullEvents, playStart, recap, runStart, taskEnd } from '../support/events.ts'

/** Checks that tags match and that nothing stands where XML does not allow it; gives the names of the elements. */
function wellFormed(xml: string): string[] {
  const names: string[] = []
  const open: string[] = []
  const body = xml.replace(/^<\?xml [^?]*\?>/, '')
  const token = /<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
  while (token.lastIndex < body.length) {
    const at = token.lastIndex
    const match = token.exec(body)
    if (match === null) throw new Error(`not XML at: ${body.slice(at, at + 60)}`)
    const [, closing, name = '', attrs = '', empty, text = ''] = match
    if (/&(?!(amp|lt|gt|quot|#\d+);)/.test(attrs + text)) throw new Error(`bare & in ${match[0]}`)
    if (closing === '/') expect(open.pop()).toBe(name)
    else if (name !== '') {
      names.push(name)
      if (empty !== '/') open.push(name)
    }
  }
  expect(open).toEqual([])
  return names
}

describe('Junit', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tsplay-junit-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function report(events: readonly RunEvent[]): Promise<string> {
    const file = join(folder, 'deep/report.xml')
    const junit = new Junit(file)
    for (const event of events) junit.on(event)
    await junit.close()
    expect(await readdir(join(folder, 'deep'))).toEqual(['report.xml'])
    return await readFile(file, 'utf8')
  }

  it('has a suite for each play and a case for each task and host', async () => {
    const xml = await report([
      runStart(),
      playStart(['web1', 'web2', 'web3', 'web4']),
      taskEnd('web1', { durationMs: 1500 }),
      taskEnd('web2', { status: 'failed', msg: 'a < b & "c"', rc: 1, stderr: 'bad\u0000\u001b[0m' }),
      taskEnd('web3', { status: 'skipped', because: 'x is false' }),
      taskEnd('web4', { status: 'unreachable', msg: 'No route.' }),
      playStart(['db1'], { play: 'db' }),
      taskEnd('db1', { play: 'db', status: 'failed', ignored: true, msg: 'Ignored.' }),
      recap(),
    ])
    expect(wellFormed(xml).filter((name) => name === 'testcase').length).toBe(5)
    expect(xml).toContain(
      '<testsuite name="web" tests="4" failures="1" errors="1" skipped="1" time="1.537" timestamp="2026-01-02T03:04:05">',
    )
    expect(xml).toContain('<testsuite name="db" tests="1" failures="0" errors="0" skipped="0"')
    expect(xml).toContain(
      '<testcase name="nginx : Write the configuration [web1]" classname="web.web1" file="roles/nginx/tasks/main.yml" line="3" time="1.500"/>',
    )
    expect(xml).toContain(
      '<failure message="a &lt; b &amp; &quot;c&quot;" type="template">a &lt; b &amp; "c"\nrc: 1</failure>',
    )
    expect(xml).toContain('<system-err>bad\ufffd\ufffd[0m</system-err>')
    expect(xml).toContain('<skipped message="x is false"/>')
    expect(xml).toContain('<error message="No route." type="unreachable">')
  })

  it('reports mistakes of the project', async () => {
    const xml = await report(fullEvents)
    wellFormed(xml)
    expect(xml).toContain(
      '<testcase name="unknown-argument site.yml:2:7" classname="project" file="site.yml" line="2" time="0">',
    )
  })

  it('replaces an older report', async () => {
    await report([])
    await writeFile(join(folder, 'deep/report.xml'), 'old')
    expect(await report([recap()])).not.toContain('old')
  })

  it('leaves no half report where it cannot write', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(new Junit(join(folder, 'file/report.xml')).close()).rejects.toThrow()
  })
})

describe('element', () => {
  it('is XML whatever its attributes and text hold', () => {
    fc.assert(
      fc.property(anyText(), anyText(), (attribute, text) => {
        const xml = element('a', { b: attribute, c: undefined }, xmlText(text))
        wellFormed(xml)
        expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
      }),
      { numRuns: 40 },
    )
  })
})
