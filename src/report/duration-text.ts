/** Milliseconds as a person says them: `340ms`, `3.4s`, `1m 05s`, `2h 03m`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)}ms`
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)}s`
  return wholeText(Math.round(milliseconds / 1000))
}

/** The same for running clocks, in whole seconds: a digit that flickers says nothing. */
export function elapsedText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  return seconds < 60 ? `${seconds}s` : wholeText(seconds)
}

function wholeText(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m ${two(seconds % 60)}s`
  return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`
}
