import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'

/** Set-up of the unit tests: whatever starts a process fails, so that the suite stays as fast as it is meant to be. */
function refuse(): never {
  throw new Error('A unit test starts no process. Let the name of its file end in .shell.test.ts.')
}

// Every asynchronous way to start one ends here.
Object.assign(childProcess.ChildProcess.prototype, { spawn: refuse })
Object.assign(childProcess, { spawnSync: refuse, execSync: refuse, execFileSync: refuse })
syncBuiltinESMExports()
