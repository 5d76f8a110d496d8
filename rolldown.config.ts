import { defineConfig, type RolldownPlugin } from 'rolldown'
import { keptChecks } from './scripts/kept-checks.ts'

/** The AWS SDK is optional, large and seldom used; the rest are compiled C++, which not every machine has. */
const outside = /^(node:|@aws-sdk\/)|\.node$/

/** Packages of many files that are loaded when they are first needed, each made one file: its name in `libraries/`. */
const libraries = {
  cel: '@marcbachmann/cel-js',
  handlebars: 'handlebars/dist/cjs/handlebars/compiler/base.js',
} as const

const fromFile = (code: string, [name, path]: readonly [string, string]): string =>
  code.replace(`require('${path}')`, `require('../libraries/${name}.cjs')`)

/** Where the program requires such a package, the bundle requires its file. */
const oneFileEach: RolldownPlugin = {
  name: 'one-file-each',
  transform: {
    filter: { id: /src\/lang\/(cel|handlebars)-parser\.ts$/ },
    // Lines stay where they were, so the source map is good as it is.
    handler: (text) => ({ code: Object.entries(libraries).reduce(fromFile, text), map: null }),
  },
}

/** ssh2 takes its compiled ciphers, where it has some, from its own folder. */
const compiledCiphers: RolldownPlugin = {
  name: 'compiled-ciphers',
  resolveId: (source) =>
    source.endsWith('/sshcrypto.node')
      ? { id: 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node', external: true }
      : null,
}

/**
 * What ssh2 loads for features that are not used: agents for HTTP over SSH, for which Node's own HTTP takes its time to load,
 * and a look at the processor for an order of ciphers, which tsplay has its own of.
 */
const unused: Readonly<Record<string, string>> = {
  './http-agents.js': 'module.exports = {}',
  'cpu-features': 'module.exports = () => undefined',
}
const withoutUnused: RolldownPlugin = {
  name: 'without-unused',
  resolveId: (source, importer) =>
    source in unused && importer?.includes('/ssh2/') ? `\0unused:${source}` : null,
  load: (id) => (id.startsWith('\0unused:') ? (unused[id.slice(8)] ?? null) : null),
}

/** For packages that are no ES modules and ask for their folder. */
const folders = { define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' } }

/**
 * What a command loads in any case is one file: to find and open a hundred small ones takes longer than to read a large one.
 * A group takes what its files import along, unless one with a higher priority has it.
 */
const togetherLoaded = [
  { name: 'version', test: /src\/cli\/own-version\.ts$/, priority: 4 },
  { name: 'start', test: /src\/cli\/start\.ts$/, priority: 3 },
  {
    name: 'run',
    test: /src\/(cli\/commands\/run|app\/run-playbook|load\/yaml-source|report\/lines)\.ts$/,
    priority: 2,
  },
  { name: 'module-parts', test: /src\/(sdk|facts)\//, priority: 1 },
]

/**
 * `dist/`: a few files instead of hundreds, since starting tsplay is mostly finding and reading files.
 * `sdk` is an entry of its own, so that modules of roles share its classes with tsplay; `keep-lab` is run as a
 * process of its own.
 */
const program = defineConfig({
  input: { main: 'src/main.ts', sdk: 'src/sdk/index.ts', 'keep-lab': 'src/lab/keep-lab.ts' },
  platform: 'node',
  external: (id) => outside.test(id),
  plugins: [oneFileEach, compiledCiphers, withoutUnused, keptChecks],
  transform: folders,
  // Sources say what may be loaded late; groups say what is together.
  checks: { ineffectiveDynamicImport: false },
  output: {
    dir: 'dist',
    format: 'esm',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'parts/[name]-[hash].js',
    sourcemap: true,
    codeSplitting: { groups: togetherLoaded },
  },
})

const parsers = defineConfig({
  input: libraries,
  platform: 'node',
  output: { dir: 'dist/libraries', format: 'cjs', exports: 'named', entryFileNames: '[name].cjs' },
})

/** What runs on lab hosts, a file for each family of doubles, without packages: the lab lends it to them beside Node.js. */
const doubles = defineConfig({
  input: { main: 'src/doubles/main.ts' },
  platform: 'node',
  output: {
    dir: 'dist/doubles',
    format: 'esm',
    // Of a file `.js`, Node.js would have to find out what it is.
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
  },
})

export default [program, parsers, doubles]
