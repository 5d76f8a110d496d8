import { defineFact } from '#sdk/fact.ts'

/** Installed packages that `apk upgrade` would bring up to date, by the index as it is. */
export default defineFact<readonly string[]>({
  name: 'apk-upgrades',
  summary: 'Alpine packages with newer versions.',
  script: "apk version -l '<' 2>/dev/null || :",
  reads: [{ kind: 'package' }, { kind: 'path', name: '/etc/apk' }],
  parse: ({ stdout }) =>
    stdout.split('\n').flatMap((line) => {
      const [, name] = /^(\S+)-\d\S*\s+</.exec(line) ?? []
      return name === undefined ? [] : [name]
    }),
})
