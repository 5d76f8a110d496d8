import { defineFact } from '#sdk/fact.ts'

/** The environment that commands on this host see, of the user that tsplay acts as. */
export default defineFact<Readonly<Record<string, string>>>({
  name: 'env',
  summary: 'The environment variables of the acting user.',
  // A value may hold newlines: they travel as the byte 1, which no sane value holds.
  script: String.raw`cat /proc/self/environ | tr '\000\n' '\n\001'`,
  reads: [],
  parse: ({ stdout }) =>
    Object.fromEntries(
      stdout
        .split('\n')
        .filter((line) => line.includes('='))
        .map((line) => [
          line.slice(0, line.indexOf('=')),
          line.slice(line.indexOf('=') + 1).replaceAll('\x01', '\n'),
        ]),
    ),
})
