import { once } from 'node:events'

/** For doubles that are services: settles when somebody ends the process, by systemd's signal or by that of a terminal. */
export async function toldToEnd(): Promise<void> {
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
}
