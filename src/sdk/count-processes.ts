/** Words at the beginning of a command that start no program: grammar, and what shells do themselves. */
const withoutProcess = new Set(
  `: . [ { } ( ) ! alias bg break case cd command continue do done echo elif else esac eval exec exit export false fg fi
for getopts hash if in jobs kill local printf pwd read readonly return set shift test then times trap true type ulimit
umask unalias unset until wait while`.split(/\s+/),
)

const afterCommand = /(?:^|[\n;|&({]|\$\()\s*/

/**
 * How many programs a shell starts for a script, roughly: loops are counted once, each branch is counted, and words that
 * only look like commands (in quoted text, say) are not.
 */
export function countProcesses(script: string): number {
  const bare = script.replaceAll(/'[^']*'/g, 'q').replaceAll(/<<-?\s*\S+[\s\S]*/g, '')
  return bare.split(afterCommand).filter((part) => startsProgram(part)).length
}

function startsProgram(part: string): boolean {
  const words = part.trim().split(/\s+/)
  // `then cp`, `! grep`, `A=1 env`: what comes behind is the command.
  while (
    words[0] !== undefined &&
    (/^(then|do|else|elif|if|while|until|!|\{|exec|eval|command)$/.test(words[0]) || /^\w+=/.test(words[0]))
  )
    words.shift()
  const [first = ''] = words
  return /^[A-Za-z_./][\w./+-]*$/.test(first) && !withoutProcess.has(first)
}
