import { describe, expect, it } from 'vitest'
import { planLab } from '#lab/lab-plan.ts'
import { numberedHosts, simpleSpec } from '#lab/lab-spec.ts'

const plan = (project: string, name: string, count = 3) =>
  planLab(project, simpleSpec(name, numberedHosts(count)))

describe('the plan of a lab', () => {
  it('is the same for the same project and name, whatever its hosts', () => {
    expect(plan('/p', 'a', 3)).toEqual(plan('/p', 'a', 3))
    expect(plan('/p', 'a', 1).id).toBe(plan('/p', 'a', 9).id)
  })

  it('shares no name with another lab', () => {
    const ids = [plan('/p', 'a'), plan('/p', 'b'), plan('/q', 'a'), plan('/p', 'a-b')].map(({ id }) => id)
    expect(new Set(ids).size).toBe(4)
    expect(new Set(ids.map((id) => id.length)).size).toBe(1)
  })

  it('gives each host an address of its own', () => {
    expect(plan('/p', 'a').hosts.map(({ address }) => address)).toEqual([
      '10.10.0.11',
      '10.10.0.12',
      '10.10.0.13',
    ])
    expect(plan('/p', 'a', 240).hosts.at(-1)?.address).toBe('10.10.0.250')
  })

  it('keeps what users see in the project and what root keeps outside of it', () => {
    expect(plan('/p', 'a').folder).toBe('/p/.tsplay/lab/a')
    expect(plan('/p', 'a').hosts[0]?.directory).toMatch(
      /^\/var\/lib\/tsplay\/lab\/tsplay-[0-9a-f]{10}\/hosts\/web1$/,
    )
  })

  it('knows on which ports doubles serve this machine, too', () => {
    const spec = simpleSpec('a', [
      { ...numberedHosts(1)[0], name: 'internet', groups: [], doubles: ['acme', 'zfs'] },
    ])
    expect(planLab('/p', spec).hosts[0]?.servedPorts).toEqual([14_000])
    expect(plan('/p', 'a').hosts[0]?.servedPorts).toEqual([])
  })

  it('names interfaces that Linux takes', () => {
    for (const host of plan('/p', 'a', 240).hosts) expect(host.port.length).toBeLessThan(16)
  })
})
