/**
 * SIGHUP tells a service to read its file again. Of a daemon in a terminal it means that the terminal has gone, and
 * ends it as it ends every other command. Gives what takes the handler away.
 */
export function onHangUp(reload: () => void): () => void {
  if (process.stdin.isTTY) return () => undefined
  const others = process.listeners('SIGHUP')
  process.removeAllListeners('SIGHUP')
  process.on('SIGHUP', reload)
  return () => {
    process.off('SIGHUP', reload)
    for (const one of others) process.on('SIGHUP', one)
  }
}
