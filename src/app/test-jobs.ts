import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'

/** What a host with a few services takes, and what tsplay's own part of one scenario does; generous. */
const hostMb = 150
const scenarioMb = 100

/**
 * How many scenarios this machine can test at a time: one more than it has processors, since each waits for its hosts now and
 * then, if the memory holds them, and the hosts of one more beside them.
 */
export async function testJobs(
  hostsPerScenario: readonly number[],
  machine?: { readonly processors: number; readonly availableMb: number },
): Promise<number> {
  const { processors, availableMb } = machine ?? {
    processors: availableParallelism(),
    availableMb: await availableMemory(),
  }
  const largest = Math.max(1, ...hostsPerScenario)
  const fitting = Math.floor(availableMb / (largest * hostMb + scenarioMb))
  return Math.max(1, Math.min(processors + 1, fitting - 1))
}

/** In megabytes; without what could be freed at once it would look far too small. See proc_meminfo(5). */
async function availableMemory(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1]
  return kilobytes === undefined ? Number.POSITIVE_INFINITY : Number(kilobytes) / 1024
}
