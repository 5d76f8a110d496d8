import { defineConfig } from 'rolldown'

/** Parts of ssh2 are compiled C++, which only a folder of its own can hold; the AWS SDK is optional, large and seldom used. */
const outside = /^(node:|ssh2$|@aws-sdk\/)/

/**
 * `dist/`: a few files instead of hundreds, since starting tsplay is mostly finding and reading files.
 * `sdk` is an entry of its own, so that modules of roles share its classes with tsplay; `keep-lab` is run as a
 * process of its own.
 */
const program = defineConfig({
  input: { main: 'src/main.ts', sdk: 'src/sdk/index.ts', 'keep-lab': 'src/lab/keep-lab.ts' },
  platform: 'node',
  external: (id) => outside.test(id),
  output: {
    dir: 'dist',
    format: 'esm',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'parts/[name]-[hash].js',
    sourcemap: true,
  },
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

export default [program, doubles]
