// Rooms from the floor up. A room may import the rooms named beside it, and itself.
// The order is the architecture: docs/architecture.md explains it in words.
const rooms = {
  base: [],
  model: ['base'],
  sdk: ['model', 'base'],
  lang: ['model', 'base'],
  facts: ['sdk', 'model', 'base'],
  load: ['lang', 'model', 'base'],
  compile: ['lang', 'sdk', 'model', 'base'],
  execute: ['lang', 'sdk', 'model', 'base'],
  modules: ['facts', 'sdk', 'backups', 'model', 'base'],
  transport: ['model', 'base'],
  report: ['model', 'base'],
  history: ['model', 'base'],
  backups: ['model', 'base'],
  doubles: ['model', 'base'],
  lab: ['doubles', 'model', 'base'],
  scenario: ['model', 'base'],
  app: [
    'load', 'compile', 'execute', 'modules', 'facts', 'transport', 'report', 'history', 'lab', 'scenario',
    'doubles', 'backups', 'lang', 'sdk', 'model', 'base',
  ],
  daemon: ['app', 'backups', 'model', 'base'],
  cli: ['daemon', 'app', 'model', 'base'],
}

// Each npm package lives in one room, so replacing it is one room's work.
const home = {
  '@aws-sdk': 'sdk',
  '@bomb[.]sh/tab': 'cli',
  '@marcbachmann/cel-js': 'lang',
  'age-encryption': 'load',
  ajv: 'lang',
  commander: 'cli',
  diff: 'report',
  'fastest-levenshtein': 'base',
  handlebars: 'lang',
  'ipaddr[.]js': 'lang',
  listr2: 'report',
  'node-cron': 'daemon',
  nodemailer: 'daemon',
  re2js: 'base',
  semver: 'lang',
  'ssh-config': 'transport',
  ssh2: 'transport',
  'tar-stream': 'app',
  typebox: 'sdk',
  // Doubles are programs of their own, on hosts that have nothing else of tsplay.
  yaml: '(load|doubles)',
  zx: 'transport',
}

const lookDown = Object.entries(rooms).map(([room, below]) => ({
  name: `${room}-looks-down`,
  comment: `src/${room} may import ${below.join(', ') || 'nothing'}. Need more? Ask app to hand it in.`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...below].join('|')})/` },
}))

const stayHome = Object.entries(home).map(([pkg, room]) => ({
  name: `${pkg}-lives-in-${room}`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/${room}/` },
  to: { path: `node_modules/${pkg}(/|$)` },
}))

export default {
  forbidden: [
    ...lookDown,
    ...stayHome,
    {
      name: 'every-room-is-listed',
      severity: 'error',
      comment: 'Add the room to the table, at its height.',
      from: { path: '^src/', pathNot: `^src/(main[.]ts|(${Object.keys(rooms).join('|')})/)` },
      to: {},
    },
    {
      name: 'modules-stand-alone',
      severity: 'error',
      comment: 'Share a read as a fact, a write as an sdk helper.',
      from: { path: '^src/modules/(?!index)' },
      to: { path: '^src/modules/' },
    },
    {
      name: 'pure-rooms',
      severity: 'error',
      comment: 'These rooms run without Node.',
      from: { path: '^src/(modules|facts|compile|backups|model)/' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'src-never-needs-test', severity: 'error', from: { path: '^src/' }, to: { path: '^test/' } },
    {
      name: 'no-dead-files',
      severity: 'error',
      comment: 'Nothing leads here from main.ts, nor from the main.ts that runs on lab hosts.',
      from: { path: '^src/(doubles/)?main[.]ts$' },
      to: { path: '^src/', pathNot: '^src/(sdk/|(doubles/)?main[.]ts)', reachable: false },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
  },
}
