import { flagOf, numberOf, textOf } from './arguments.ts'
import type { FunctionDefinition } from './function-definition.ts'
import { strftime } from './strftime.ts'

export const timeFunctions: readonly FunctionDefinition[] = [
  {
    name: 'now',
    signature: 'now(format?, utc?)',
    summary: 'Gives the time: as ISO 8601 in UTC, or in a format of strftime (local, or UTC if asked to).',
    example: ["now('%Y-%m-%d')"],
    call: ([format, utc], { lookup }) => {
      const time = lookup.controller.now()
      if (format === undefined) return time.toISOString().replace(/\.\d+Z$/, 'Z')
      return strftime(textOf(format), time, flagOf(utc))
    },
  },
  {
    name: 'strftime',
    signature: 'strftime(format, seconds?, utc?)',
    summary: 'Formats a time given in seconds since 1970, by default now.',
    example: ["strftime('%Y-%m-%dT%H:%M', 0, true)", '1970-01-01T00:00'],
    call: ([format, seconds, utc], { lookup }) => {
      const isNow = seconds === undefined || seconds === null
      const time = isNow ? lookup.controller.now() : new Date(numberOf(seconds) * 1000)
      return strftime(textOf(format), time, flagOf(utc))
    },
  },
]
